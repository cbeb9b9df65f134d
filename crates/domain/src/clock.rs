//! The time, as an argument.

use jiff::{Timestamp, TimestampRound, Unit};

/// Tells the time. A test gives one that stands still.
pub trait Clock: Send + Sync {
    /// Now, in whole microseconds: that is what both databases store.
    fn now(&self) -> Timestamp;
}

/// The computer's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the time is read")]
    fn now(&self) -> Timestamp {
        let whole = TimestampRound::new().smallest(Unit::Microsecond).mode(jiff::RoundMode::Trunc);
        Timestamp::now().round(whole).expect("cutting off nanoseconds stays in range")
    }
}

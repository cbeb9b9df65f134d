//! Whether the database answers: what the log says of it, and which connections are to be doubted.
//!
//! Requests, probes and background work all ask through the same connections, so it is told here, once for all of them.
//! Each answer of its own is in the line of its request.

use std::{
    mem,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use crate::StorageError;

/// A connection that rested longer is tried before it is lent. Trying each, sqlx's default, costs a round trip.
pub(super) const RESTED: Duration = Duration::from_secs(1);

/// How long after it was told that the database is away it is told again, while it stays away.
const REMINDED: Duration = Duration::from_mins(1);
/// The same where it answered in between: one that comes and goes does not fill the log.
const RELAPSED: Duration = Duration::from_secs(10);

/// How one database has answered of late.
#[derive(Debug, Default)]
pub(crate) struct Outage {
    /// Whether the last that was heard was a failure: looked at with each answer, and so without a lock.
    lasts: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The last failure.
    failed: Option<Instant>,
    /// When a connection broke off last.
    cut: Option<Instant>,
    away: Told,
    unmigrated: Told,
}

impl Outage {
    /// Notes how a statement that was asked at that time was answered.
    pub(super) fn note<T>(&self, answer: &Result<T, StorageError>, asked: Instant) {
        match answer {
            Err(error) if error.is_away() => self.failed(error),
            _ => self.answered(asked),
        }
    }

    /// The first failure is told with its cause, then one a minute.
    pub(super) fn failed(&self, error: &StorageError) {
        let now = Instant::now();
        let mut state = self.state();
        let told = if matches!(error, StorageError::NotMigrated) {
            &mut state.unmigrated
        } else {
            &mut state.away
        };
        let is_told = told.fails(now);
        if !matches!(error, StorageError::NotMigrated) {
            state.failed = Some(now);
            self.lasts.store(true, Ordering::Relaxed);
        }
        drop(state);
        let error = domain::chain(error);
        if is_told {
            tracing::warn!(error = %error, "the database cannot be used");
        } else {
            tracing::debug!(error = %error, "the database cannot be used still");
        }
    }

    /// What was asked before the last failure says nothing about the time since.
    fn answered(&self, asked: Instant) {
        if !self.lasts.load(Ordering::Relaxed) {
            return;
        }
        let mut state = self.state();
        if state.failed.is_some_and(|failed| failed > asked) {
            return;
        }
        self.lasts.store(false, Ordering::Relaxed);
        if state.away.is_over() {
            drop(state);
            tracing::info!("the database answers again");
        }
    }

    /// It has all migrations.
    pub(super) fn migrated(&self) {
        if self.state().unmigrated.is_over() {
            tracing::info!("the database is migrated");
        }
    }

    /// A connection broke off: where the server has gone, others did too.
    pub(super) fn cut(&self) {
        self.state().cut = Some(Instant::now());
    }

    /// Whether a connection that has rested for so long may be dead: it rested long, or when another broke off.
    pub(super) fn doubts(&self, rested: Duration) -> bool {
        // What was given back around that time may have been tried before.
        let cut = |cut: Instant| cut.elapsed() <= rested + RESTED;
        rested > RESTED || self.state().cut.is_some_and(cut)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the log was told about one thing that lasts.
#[derive(Debug, Default)]
struct Told {
    at: Option<Instant>,
    /// Whether the log's last word is that it fails.
    fails: bool,
}

impl Told {
    /// Whether to tell of a failure.
    fn fails(&mut self, now: Instant) -> bool {
        let pause = if self.fails { REMINDED } else { RELAPSED };
        let tells = self.at.is_none_or(|at| now.duration_since(at) >= pause);
        if tells {
            *self = Self { at: Some(now), fails: true };
        }
        tells
    }

    /// Whether to tell that it works.
    fn is_over(&mut self) -> bool {
        mem::take(&mut self.fails)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_failure_is_told_then_one_a_minute_and_the_end() {
        let start = Instant::now();
        let mut told = Told::default();
        let mut fails = |seconds| told.fails(start + Duration::from_secs(seconds));
        assert_eq!(
            [0, 1, 30, 59, 60, 61, 119].map(&mut fails),
            [true, false, false, false, true, false, false]
        );
        assert_eq!([told.is_over(), told.is_over()], [true, false]);
    }

    #[test]
    fn a_relapse_is_told_and_one_that_comes_and_goes_is_not_always() {
        let start = Instant::now();
        let mut told = Told::default();
        let comes_and_goes = (0..30).map(|second| {
            let fails = told.fails(start + Duration::from_secs(second));
            (fails, told.is_over())
        });
        let lines = comes_and_goes.filter(|told| *told == (true, true)).count();
        assert_eq!(lines, 3);
        assert!(told.fails(start + Duration::from_secs(30)));
    }

    #[test]
    fn what_was_asked_before_a_failure_does_not_end_it() {
        let outage = Outage::default();
        let (away, fine) = (Err::<(), _>(StorageError::Busy(None)), Ok::<_, StorageError>(()));
        let before = Instant::now();
        outage.note(&away, before);
        outage.note(&fine, before);
        assert!(outage.lasts.load(Ordering::Relaxed));
        outage.note(&fine, Instant::now());
        assert!(!outage.lasts.load(Ordering::Relaxed));
    }

    #[test]
    fn connections_are_doubted_that_rested_when_one_broke_off() {
        let outage = Outage::default();
        let millis = Duration::from_millis;
        assert_eq!(
            [millis(0), millis(900), millis(1_100)].map(|rested| outage.doubts(rested)),
            [false, false, true]
        );
        outage.cut();
        assert!(outage.doubts(millis(0)), "it was given back just now");
        let long_ago = Instant::now().checked_sub(millis(1_500));
        outage.state().cut = long_ago;
        assert_eq!([millis(400), millis(600)].map(|rested| outage.doubts(rested)), [false, true]);
    }
}

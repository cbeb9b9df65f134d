//! How many requests an address may make.
//!
//! Source: `better-auth.md`, section 7.
//!
//! Not by a leaky bucket, such as the crate `governor` has: there, whoever was refused may try again after a part of the
//! window, while Better Auth begins to count afresh once a whole one has passed since the last request it let through.

use std::{
    collections::HashMap,
    mem,
    sync::{Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use storage::RateRule;

use crate::{
    Auth, Client,
    failure::{Failure, Refusal},
};

/// Where requests are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateLimits {
    /// Nowhere.
    Off,
    /// In this process alone.
    Memory,
    /// The strict ones in `"rateLimit"`, which replicas share; the others in this process, because counting them there
    /// would make every request a write.
    Database,
}

/// For what guesses at passwords, or makes rows.
const SIGN_IN: RateRule = RateRule { max: 3, window: SignedDuration::from_secs(10) };
/// For what sends mail.
const MAIL: RateRule = RateRule { max: 3, window: SignedDuration::from_secs(60) };
/// For the rest.
const USUAL: RateRule = RateRule { max: 100, window: SignedDuration::from_secs(10) };

/// Counters in one half of the memory: some 100 bytes each.
const HALF: usize = 20_000;

fn rule(path: &str) -> RateRule {
    const STRICT: [&str; 4] = ["/sign-in", "/sign-up", "/change-password", "/change-email"];
    match path {
        "/request-password-reset" | "/send-verification-email" => MAIL,
        path if STRICT.iter().any(|strict| path.starts_with(strict)) => SIGN_IN,
        _ => USUAL,
    }
}

/// Counts requests.
#[derive(Debug)]
pub(crate) struct Limiter {
    mode: RateLimits,
    memory: Mutex<Memory>,
}

impl Limiter {
    pub(crate) fn new(mode: RateLimits) -> Self {
        Self { mode, memory: Mutex::default() }
    }
}

/// Counters by address and path, in two halves: when the younger one is full, the older one is forgotten. So the memory is
/// bounded whoever asks, and who asks often is not forgotten.
#[derive(Debug, Default)]
struct Memory {
    young: HashMap<(String, &'static str), Counted>,
    old: HashMap<(String, &'static str), Counted>,
}

#[derive(Debug, Clone, Copy)]
struct Counted {
    count: u32,
    last: Timestamp,
}

impl Memory {
    /// As [`storage::RateLimits::take`].
    fn take(
        &mut self,
        address: String,
        path: &'static str,
        rule: RateRule,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let key = (address, path);
        let known = self.young.get(&key).or_else(|| self.old.get(&key)).copied();
        let known = known.filter(|counted| now.duration_since(counted.last) < rule.window);
        let count = known.map_or(0, |counted| counted.count);
        if let Some(counted) = known.filter(|counted| counted.count >= rule.max) {
            return Some(counted.last);
        }
        if self.young.len() >= HALF {
            self.old = mem::take(&mut self.young);
        }
        let last = known.map_or(now, |counted| counted.last.max(now));
        self.young.insert(key, Counted { count: count + 1, last });
        None
    }
}

impl Auth {
    /// Counts a request to a path of ours, or to another one: those are counted together, since anybody can invent more.
    pub(crate) async fn check_rate(
        &self,
        client: &Client,
        path: Option<&'static str>,
    ) -> Result<(), Failure> {
        if self.limiter.mode == RateLimits::Off {
            return Ok(());
        }
        let path = path.unwrap_or_default();
        let (rule, now) = (rule(path), self.clock.now());
        let address = client.stored_address();
        let address = if address.is_empty() { "no-trusted-ip".to_owned() } else { address };
        let shared = rule.max < USUAL.max && self.limiter.mode == RateLimits::Database;
        let refused = if shared {
            let key = format!("{address}|{path}");
            self.store.take(&key, &self.new_id(), rule, now).await?
        } else {
            let mut memory = self.limiter.memory.lock().unwrap_or_else(PoisonError::into_inner);
            memory.take(address, path, rule, now)
        };
        match refused {
            None => Ok(()),
            Some(last) => Err(Failure::TooMany { seconds: seconds_left(last, rule, now) }),
        }
    }
}

/// Whole seconds until the window is over.
fn seconds_left(last: Timestamp, rule: RateRule, now: Timestamp) -> u64 {
    let left = last.duration_since(now) + rule.window;
    let seconds = left.as_millis().max(1).unsigned_abs().div_ceil(1000);
    u64::try_from(seconds).unwrap_or(u64::MAX)
}

impl Refusal {
    pub(crate) const TOO_MANY: Self = Self::without_code(
        http::StatusCode::TOO_MANY_REQUESTS,
        "Too many requests. Please try again later.",
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(1_795_399_402_000 + millis).unwrap()
    }

    #[test]
    fn a_window_begins_anew_after_the_last_that_was_let_through() {
        let mut memory = Memory::default();
        let mut take =
            |millis| memory.take("192.0.2.7".to_owned(), "/sign-in/email", SIGN_IN, at(millis));
        assert_eq!([take(0), take(4_000), take(8_000)], [None; 3]);
        // Refused ones do not prolong it.
        assert_eq!([take(9_000), take(17_999)], [Some(at(8_000)); 2]);
        assert_eq!([take(18_000), take(18_001), take(18_002)], [None; 3]);
        assert_eq!(take(18_003), Some(at(18_002)));
    }

    #[test]
    fn the_wait_is_told_in_whole_seconds() {
        for (now, seconds) in [(0, 10), (1, 10), (9_000, 1), (9_999, 1)] {
            assert_eq!(seconds_left(at(0), SIGN_IN, at(now)), seconds, "{now}");
        }
    }

    #[test]
    fn memory_is_bounded_and_who_asks_often_is_remembered() {
        let mut memory = Memory::default();
        for number in 0..5 * HALF {
            memory.take(number.to_string(), "/ok", USUAL, at(0));
            if number % (HALF / 2) == 0
                && memory.take("often".to_owned(), "/ok", SIGN_IN, at(0)).is_some()
            {
                assert!(number >= HALF, "the fourth time");
            }
        }
        assert!(memory.young.len() + memory.old.len() <= 2 * HALF);
        assert!(memory.take("often".to_owned(), "/ok", SIGN_IN, at(1)).is_some());
    }
}

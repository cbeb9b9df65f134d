//! How much of what wears a process down: little with all tests, more in `make soak`.

use std::{env, path::PathBuf, time::Duration};

use crate::binary;

/// The program that is worn down: the one that was built with the tests, unless another is named.
pub fn program() -> PathBuf {
    env::var_os("SOAK_PROGRAM").map_or_else(|| binary("todo-backend"), PathBuf::from)
}

/// Rounds of the crash loop, on each database.
pub fn rounds() -> u64 {
    size("SOAK_ROUNDS", 3)
}

/// How long all connections are kept busy.
pub fn busy() -> Duration {
    Duration::from_secs(size("SOAK_SECONDS", 3))
}

/// Requests under way at once. Whoever would wait for the database for longer than 3 s is answered 503, and with a disk
/// that all tests share, a write can take one of these seconds: only in `make soak` all connections are busy at once.
pub fn at_once() -> usize {
    usize::try_from(size("SOAK_AT_ONCE", 4)).unwrap()
}

/// How often the database is stopped.
pub fn outages() -> u64 {
    size("SOAK_OUTAGES", 1)
}

fn size(variable: &str, usual: u64) -> u64 {
    env::var(variable).map_or(usual, |text| text.parse().expect("a number in SOAK_…"))
}

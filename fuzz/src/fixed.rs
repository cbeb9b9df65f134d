//! Time, chance and a database that are the same in every run, so that an input can be tried again.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicU64, Ordering},
};

use domain::{Clock, Random};
use jiff::{Timestamp, Zoned};
use storage::Store;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// The secret of the recording in the tests of `auth`.
pub const SECRET: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEF";

/// Monday, 23 November 2026, 10:00 in Berlin.
pub fn monday() -> Zoned {
    "2026-11-23T10:00:00[Europe/Berlin]".parse().expect("a time")
}

/// Stands at [`monday`].
pub struct StandingClock;

impl Clock for StandingClock {
    fn now(&self) -> Timestamp {
        monday().timestamp()
    }
}

/// The same bytes in every run (splitmix64).
#[derive(Default)]
pub struct Seeded(AtomicU64);

impl Random for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            let drawn = self.0.fetch_add(1, Ordering::Relaxed) + 1;
            let state = drawn.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (mixed >> 56) as u8;
        }
    }
}

/// Runs to its end, on this thread.
pub fn block_on<T>(work: impl Future<Output = T>) -> T {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    let runtime = RUNTIME
        .get_or_init(|| Builder::new_current_thread().enable_all().build().expect("a runtime"));
    runtime.block_on(work)
}

/// An empty database, and the folder that it goes with.
pub async fn open_database() -> (Arc<dyn Store>, TempDir) {
    let folder = TempDir::new().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("fuzz.db").display());
    storage::migrate(&url).await.expect("a migrated database");
    (storage::open(&url).await.expect("a database"), folder)
}

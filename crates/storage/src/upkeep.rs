//! Taking away what has had its time.

use async_trait::async_trait;
use domain::{ChangeNumber, UserId};
use jiff::Timestamp;

use crate::StorageError;

/// Rows that end by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Passing {
    /// Sessions, from the moment they expire.
    Sessions,
    /// Verifications, likewise.
    Verifications,
    /// Rows of rate limits, from their last request.
    RateLimits,
    /// Idempotency keys, from the moment they expire.
    IdempotencyKeys,
}

/// A log that begins with an entry from before some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldLog {
    /// Whose it is.
    pub user: UserId,
    /// Its oldest entry.
    pub oldest: ChangeNumber,
}

/// The logs of some users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldLogs {
    /// Those that begin too early.
    pub logs: Vec<OldLog>,
    /// The last user that was looked at; none when there are no more.
    pub last: Option<UserId>,
}

/// Each call is one short statement. Any number of processes may do the same at once.
#[async_trait]
pub trait Upkeep: Send + Sync {
    /// Deletes up to `limit` rows whose time was before `before`; returns how many.
    async fn sweep(
        &self,
        what: Passing,
        before: Timestamp,
        limit: u16,
    ) -> Result<u64, StorageError>;

    /// Looks at up to `limit` logs, those of the users behind `behind` in the order of their ids.
    async fn old_logs(
        &self,
        behind: Option<&UserId>,
        before: Timestamp,
        limit: u16,
    ) -> Result<OldLogs, StorageError>;

    /// Deletes up to `limit` entries from before `before` at the beginning of a log; returns how many. What is left has
    /// no gaps: an entry from before behind one that is younger, by another replica's clock, stays.
    async fn shorten(
        &self,
        log: &OldLog,
        before: Timestamp,
        limit: u16,
    ) -> Result<u64, StorageError>;
}

//! Counted requests: rows of `"rateLimit"`, which all replicas share.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use crate::StorageError;

/// So many requests in such a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateRule {
    /// How many.
    pub max: u32,
    /// In what time.
    pub window: SignedDuration,
}

/// Counting in `"rateLimit"`.
#[async_trait]
pub trait RateLimits: Send + Sync {
    /// Counts a request under `key`, unless it is one too many: then the instant of the last one that was let through
    /// comes back. The count starts afresh once a full window has passed since that one. `id` is for a new row.
    async fn take(
        &self,
        key: &str,
        id: &str,
        rule: RateRule,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StorageError>;
}

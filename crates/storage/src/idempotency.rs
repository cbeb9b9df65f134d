//! Requests that may be sent again: which keys were used, and what was answered.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use domain::{ChangeNumber, UserId};
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::StorageError;

/// A request's wish to be the one that writes under its key.
#[derive(Debug)]
pub struct Claim {
    /// Made for this request.
    pub id: Uuid,
    /// What the caller calls the request by.
    pub key: String,
    /// Of method, path and body: the same key with another one is a mistake.
    pub fingerprint: String,
    /// Names the request in the log.
    pub request_id: String,
    /// The clock's time.
    pub now: Timestamp,
    /// When the key may be used anew.
    pub expires_at: Timestamp,
    /// Whether a unit of work that holds the claim was committed.
    pub settled: Settled,
}

/// Whether a claim is stored for good.
#[derive(Debug, Default)]
pub struct Settled(AtomicBool);

impl Settled {
    /// Whether it is.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    pub(crate) fn settle(&self) {
        self.0.store(true, Ordering::Release);
    }
}

/// An answer, as it is given again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// The status code.
    pub status: u16,
    /// The headers that matter: an object of texts.
    pub headers: Value,
    /// The body; none when it is not kept, being too large or a secret.
    pub body: Option<Vec<u8>>,
}

/// A key that was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedKey {
    /// Of the request that used it.
    pub fingerprint: String,
    /// That request.
    pub request_id: String,
    /// The user's last change when it began to write.
    pub change_before: ChangeNumber,
    /// When that request came.
    pub claimed_at: Timestamp,
    /// What was answered; none while the request runs, and when the process died before the answer was stored.
    pub answer: Option<StoredAnswer>,
}

/// Keys outside of a unit of work.
#[async_trait]
pub trait Idempotency: Send + Sync {
    /// What a key was used for, if it has not expired.
    async fn used_key(
        &self,
        user: &UserId,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<UsedKey>, StorageError>;

    /// Stores what was answered to the request that made the claim, and the claim itself where no unit of work did.
    /// Returns whether the key is this claim's.
    async fn store_answer(
        &self,
        user: &UserId,
        claim: &Claim,
        answer: &StoredAnswer,
    ) -> Result<bool, StorageError>;
}

/// Keys in a unit of work.
#[async_trait]
pub trait IdempotencyWrites: Send {
    /// Takes the key together with what this unit of work writes. The user's counter row is its lock: of several
    /// requests with one key the first to commit has it.
    ///
    /// # Errors
    /// [`StorageError::KeyUsed`] when another request had it.
    async fn claim(&mut self, claim: &Arc<Claim>) -> Result<(), StorageError>;
}

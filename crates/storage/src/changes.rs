//! The change log.

use async_trait::async_trait;
use domain::{Change, ChangeNumber, NewChange, UserId};

use crate::StorageError;

/// Reading the log.
#[async_trait]
pub trait ChangeReads: Send + Sync {
    /// The log behind `after`, oldest first. Since numbers commit in order, a reader that keeps the last number it
    /// saw misses nothing.
    async fn changes_after(
        &self,
        user: &UserId,
        after: ChangeNumber,
        limit: u16,
    ) -> Result<Vec<Change>, StorageError>;

    /// The number of the user's last change; 0 before the first.
    async fn last_change(&self, user: &UserId) -> Result<ChangeNumber, StorageError>;
}

/// Writing the log.
#[async_trait]
pub trait ChangeWrites: Send {
    /// One entry, as this unit of work sees it.
    async fn change(&mut self, number: ChangeNumber) -> Result<Option<Change>, StorageError>;

    /// Appends an entry under the user's next change number.
    async fn append_change(&mut self, change: NewChange) -> Result<ChangeNumber, StorageError>;
}

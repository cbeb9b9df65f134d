//! The change log.

use async_trait::async_trait;
use domain::{Change, ChangeNumber, NewChange, TaskId, TaskNumber, UserId};

use crate::StorageError;

/// A task in the log, by either of its names. It may be deleted by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoggedTask {
    /// By the number its owner uses.
    Number(TaskNumber),
    /// By the id of links.
    Id(TaskId),
}

/// How far a log goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogRange {
    /// The oldest entry that is still there.
    pub oldest: Option<ChangeNumber>,
    /// The last number given; 0 before the first change.
    pub last: ChangeNumber,
}

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

    /// The same, of what touched one task. Looks through all of the user's log behind `after`.
    async fn changes_of_task(
        &self,
        user: &UserId,
        task: LoggedTask,
        after: ChangeNumber,
        limit: u16,
    ) -> Result<Vec<Change>, StorageError>;

    /// How far the log goes, at one moment.
    async fn log_range(&self, user: &UserId) -> Result<LogRange, StorageError>;

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

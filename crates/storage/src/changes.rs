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

/// Some entries of a log, oldest first. Less than was asked for need not be all: an entry can be large, so a page ends
/// at some 4 MiB of stored text, and holds one entry at least.
#[derive(Debug, Clone, PartialEq)]
pub struct LogPage {
    /// The entries.
    pub changes: Vec<Change>,
    /// Whether nothing lay behind them.
    pub is_last: bool,
}

/// An entry without what it touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// Its place in the log.
    pub number: ChangeNumber,
    /// The change that it took back.
    pub undoes: Option<ChangeNumber>,
    /// The request that made it.
    pub request_id: String,
}

/// Reading the log.
#[async_trait]
pub trait ChangeReads: Send + Sync {
    /// The log behind `after`. Since numbers commit in order, a reader that keeps the last number it saw misses nothing.
    async fn changes_after(
        &self,
        user: &UserId,
        after: ChangeNumber,
        limit: u16,
    ) -> Result<LogPage, StorageError>;

    /// The same, of what touched one task. Looks through all of the user's log behind `after`.
    async fn changes_of_task(
        &self,
        user: &UserId,
        task: LoggedTask,
        after: ChangeNumber,
        limit: u16,
    ) -> Result<LogPage, StorageError>;

    /// The log behind `after` in outline, oldest first: however much the entries hold, these are short.
    async fn outlines_after(
        &self,
        user: &UserId,
        after: ChangeNumber,
        limit: u16,
    ) -> Result<Vec<Outline>, StorageError>;

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

    /// The number that the next entry gets.
    fn next_change(&self) -> ChangeNumber;

    /// Appends an entry under that number.
    async fn append_change(&mut self, change: NewChange) -> Result<ChangeNumber, StorageError>;
}

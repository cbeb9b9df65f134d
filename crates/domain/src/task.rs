//! Tasks.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Description, Due, Priority, Tag, TaskId, TaskNumber, Title, Version};

/// A task as last committed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// What its owner calls it by.
    pub number: TaskNumber,
    /// What links call it by.
    pub id: TaskId,
    /// What is to be done.
    pub title: Title,
    /// More about it.
    pub description: Option<Description>,
    /// When it is due.
    pub due: Option<Due>,
    /// How important it is.
    pub priority: Option<Priority>,
    /// `None` while the task is open.
    pub completed_at: Option<Timestamp>,
    /// Sorted by name.
    pub tags: Vec<Tag>,
    /// Counts its changes.
    pub version: Version,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Task {
    /// Whether it is done.
    #[must_use]
    pub fn is_completed(&self) -> bool {
        self.completed_at.is_some()
    }

    /// The same task without what the database counts and stamps: whether a write would change anything.
    #[must_use]
    pub fn same_content(&self, other: &Self) -> bool {
        let content = |task: &Self| Self {
            version: Version(0),
            updated_at: Timestamp::UNIX_EPOCH,
            ..task.clone()
        };
        content(self) == content(other)
    }
}

/// A task to be. The number is the storage's to give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTask {
    /// Made by the caller.
    pub id: TaskId,
    /// What is to be done.
    pub title: Title,
    /// More about it.
    pub description: Option<Description>,
    /// When it is due.
    pub due: Option<Due>,
    /// How important it is.
    pub priority: Option<Priority>,
    /// Set when it is done already.
    pub completed_at: Option<Timestamp>,
    /// Tags that exist.
    pub tags: Vec<Tag>,
    /// The clock's time, in whole microseconds.
    pub now: Timestamp,
}

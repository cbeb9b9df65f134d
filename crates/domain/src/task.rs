//! Tasks.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Description, Due, Position, Priority, Recurrence, Tag, TaskId, TaskNumber, Title, Version,
};

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
    /// How it repeats. Here and below: what older entries of the change log lack.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recurrence: Option<Recurrence>,
    /// The occurrence of a recurring task before this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Previous>,
    /// The occurrence that completing this one made. Stays when this one is opened again: there is never a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<TaskNumber>,
    /// When to remind its owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind_at: Option<Timestamp>,
    /// When that was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminded_at: Option<Timestamp>,
    /// Where it was moved to by hand; `None` where its number puts it, see [`Task::position`].
    #[serde(default, rename = "position", skip_serializing_if = "Option::is_none")]
    pub moved_to: Option<Position>,
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

    /// Its place in the order made by hand.
    #[must_use]
    pub fn position(&self) -> Position {
        self.moved_to.unwrap_or_else(|| Position::of(self.number))
    }

    /// The same task without what the database counts and stamps, and without whether its owner was reminded: whether a
    /// write would change anything.
    #[must_use]
    pub fn same_content(&self, other: &Self) -> bool {
        let content = |task: &Self| Self {
            version: Version(0),
            updated_at: Timestamp::UNIX_EPOCH,
            reminded_at: None,
            ..task.clone()
        };
        content(self) == content(other)
    }

    /// Sets when to remind its owner. A reminder that was given is given again only when it is put off.
    pub fn set_reminder(&mut self, remind_at: Option<Timestamp>) {
        let put_off = match (self.remind_at, remind_at) {
            (Some(before), Some(after)) => after > before,
            _ => true,
        };
        if put_off {
            self.reminded_at = None;
        }
        self.remind_at = remind_at;
    }
}

/// The occurrence of a recurring task before another one. It may be deleted by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previous {
    /// What links call it by.
    pub id: TaskId,
    /// What its owner calls it by.
    pub number: TaskNumber,
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
    /// How it repeats.
    pub recurrence: Option<Recurrence>,
    /// The occurrence before.
    pub previous: Option<Previous>,
    /// When to remind its owner.
    pub remind_at: Option<Timestamp>,
    /// Where to put it in the order made by hand.
    pub position: Option<Position>,
    /// The clock's time, in whole microseconds.
    pub now: Timestamp,
}

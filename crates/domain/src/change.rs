//! The change log: what happened, and what is needed to show it and to undo it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ChangeNumber, Tag, Task};

/// What kind of change it was. Names are stored: never rename one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ChangeKind {
    /// Tasks were added.
    #[serde(rename = "task.created")]
    TaskCreated,
    /// Fields of tasks changed.
    #[serde(rename = "task.updated")]
    TaskUpdated,
    /// Tasks were completed.
    #[serde(rename = "task.completed")]
    TaskCompleted,
    /// Completed tasks were opened again.
    #[serde(rename = "task.reopened")]
    TaskReopened,
    /// Tasks were deleted.
    #[serde(rename = "task.deleted")]
    TaskDeleted,
    /// The time of a reminder came. Never undone.
    #[serde(rename = "task.reminded")]
    TaskReminded,
    /// A tag was made.
    #[serde(rename = "tag.created")]
    TagCreated,
    /// A tag was renamed or coloured.
    #[serde(rename = "tag.updated")]
    TagUpdated,
    /// A tag was deleted.
    #[serde(rename = "tag.deleted")]
    TagDeleted,
    /// An earlier change was taken back.
    #[serde(rename = "undone")]
    Undone,
    /// One that a newer program knows, beside which this one runs. Never undone here, and never written.
    #[serde(rename = "other")]
    Other,
}

impl ChangeKind {
    const NAMES: [(Self, &'static str); 11] = [
        (Self::TaskCreated, "task.created"),
        (Self::TaskUpdated, "task.updated"),
        (Self::TaskCompleted, "task.completed"),
        (Self::TaskReopened, "task.reopened"),
        (Self::TaskDeleted, "task.deleted"),
        (Self::TaskReminded, "task.reminded"),
        (Self::TagCreated, "tag.created"),
        (Self::TagUpdated, "tag.updated"),
        (Self::TagDeleted, "tag.deleted"),
        (Self::Undone, "undone"),
        (Self::Other, "other"),
    ];

    /// The stored name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    /// The kind of a stored name.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        Self::NAMES.iter().find(|(_, known)| *known == name).map_or(Self::Other, |(kind, _)| *kind)
    }
}

/// Through which door a change came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The HTTP API, which the pages use too.
    Api,
    /// The chatbot.
    Chat,
    /// The program itself, in the background.
    System,
    /// One that a newer program has.
    Other,
}

impl Source {
    /// The stored name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Chat => "chat",
            Self::System => "system",
            Self::Other => "other",
        }
    }

    /// The source of a stored name.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        let mut known = [Self::Api, Self::Chat, Self::System].into_iter();
        known.find(|source| source.name() == name).unwrap_or(Self::Other)
    }
}

/// The tasks and tags that a change touched, as they were before it or after it. What is in only one of the two was made
/// or deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Tasks, by number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<Task>,
    /// Tags, by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

impl From<Task> for Snapshot {
    fn from(task: Task) -> Self {
        Self { tasks: vec![task], tags: Vec::new() }
    }
}

impl From<Vec<Task>> for Snapshot {
    fn from(tasks: Vec<Task>) -> Self {
        Self { tasks, tags: Vec::new() }
    }
}

/// One entry of the change log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its place in the user's log.
    pub number: ChangeNumber,
    /// What happened.
    pub kind: ChangeKind,
    /// What it touched, as it was.
    pub before: Snapshot,
    /// What it touched, as it became.
    pub after: Snapshot,
    /// The door it came through.
    pub source: Source,
    /// The request that made it.
    pub request_id: String,
    /// The change that it took back.
    pub undoes: Option<ChangeNumber>,
    /// When.
    pub created_at: Timestamp,
}

/// An entry to be appended; the number is the storage's to give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewChange {
    /// What happened.
    pub kind: ChangeKind,
    /// What it touched, as it was.
    pub before: Snapshot,
    /// What it touched, as it became.
    pub after: Snapshot,
    /// The door it came through.
    pub source: Source,
    /// The request that made it.
    pub request_id: String,
    /// The change that it takes back.
    pub undoes: Option<ChangeNumber>,
    /// The clock's time, in whole microseconds.
    pub now: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_names_lead_back() {
        for (kind, name) in ChangeKind::NAMES {
            assert_eq!(kind.name(), name);
            assert_eq!(ChangeKind::from_name(name), kind);
            assert_eq!(serde_json::to_value(kind).unwrap(), name);
        }
        for source in [Source::Api, Source::Chat, Source::System] {
            assert_eq!(Source::from_name(source.name()), source);
        }
        assert_eq!(ChangeKind::from_name("task.snoozed"), ChangeKind::Other);
        assert_eq!(Source::from_name("mail"), Source::Other);
    }
}

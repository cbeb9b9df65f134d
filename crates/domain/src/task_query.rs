//! Which tasks, in which order.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::{Due, Position, Priority, TagId, TagName, Task, TaskNumber, Title};

/// Which tasks to list. The default is every task, the newest first.
#[derive(Debug, Clone, Default)]
pub struct TaskQuery {
    /// Open or done only.
    pub status: Option<Status>,
    /// This priority only.
    pub priority: Option<Priority>,
    /// Tasks that have every one of these tags.
    pub tags: Vec<TagId>,
    /// Tasks that have every one of these tags, by name in any letter case; a name no tag has matches nothing.
    pub tag_names: Vec<TagName>,
    /// Words found anywhere in title, description or tag names, whatever their case and accents; `%` and `_` mean
    /// themselves.
    pub search: Option<String>,
    /// By when they are due.
    pub due: Option<DueFilter>,
    /// The order.
    pub sort: Sort,
    /// Continues behind this row of the page before.
    pub after: Option<Cursor>,
    /// At most so many; [`TaskQuery::MOST`] when not given.
    pub limit: Option<u16>,
}

impl TaskQuery {
    /// How many tasks one list holds at the most.
    pub const MOST: u16 = 1_000;
    /// How many words of a search count.
    pub const MOST_WORDS: usize = 50;
}

/// Open or done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Not yet completed.
    Open,
    /// Completed.
    Done,
}

/// Tasks by when they are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueFilter {
    /// Without any due date.
    None,
    /// Due at or behind `from` and before `before`.
    Between {
        /// The first moment that counts.
        from: Option<DueBound>,
        /// The first moment that no longer counts.
        before: Option<DueBound>,
    },
}

/// A moment to compare due dates with: a day for tasks due on a day, an instant for those due at one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueBound {
    /// Compared with calendar days.
    pub day: Date,
    /// Compared with instants.
    pub at: Timestamp,
}

impl DueBound {
    /// The beginning of a day where `viewer` is. The far ends of the calendar stand for themselves.
    #[must_use]
    pub fn start_of(day: Date, viewer: &TimeZone) -> Self {
        let far = if day.year() < 0 { Timestamp::MIN } else { Timestamp::MAX };
        let at = day.to_zoned(viewer.clone()).map_or(far, |start| start.timestamp());
        Self { day, at }
    }

    /// What lies before both.
    #[must_use]
    pub fn earlier(self, other: Self) -> Self {
        Self { day: self.day.min(other.day), at: self.at.min(other.at) }
    }

    /// Now where `viewer` is: what is before it is past. Today's tasks are not past, but 9:00 is at 10:00.
    #[must_use]
    pub fn now(now: Timestamp, viewer: &TimeZone) -> Self {
        Self { day: now.to_zoned(viewer.clone()).date(), at: now }
    }
}

/// The order of a list. Every order ends in the number, so that no two rows tie. Tasks without a value come last in both
/// directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// Largest or latest first.
    pub descending: bool,
}

impl Default for Sort {
    fn default() -> Self {
        Self { by: SortBy::Created, descending: true }
    }
}

/// What a list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortBy {
    /// When it was made.
    Created,
    /// When it last changed.
    Updated,
    /// When it is due; on one day, timed tasks first.
    Due,
    /// High first when ascending.
    Priority,
    /// By folded title (see [`crate::fold`]), then code point.
    Title,
    /// By hand: see [`Task::position`].
    Position,
}

/// The sort keys of the last row of a page. Holds values, not the row: that may change or go meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Breaks every tie.
    pub number: TaskNumber,
    /// The key of [`SortBy::Created`].
    pub created_at: Timestamp,
    /// The key of [`SortBy::Updated`].
    pub updated_at: Timestamp,
    /// The key of [`SortBy::Due`].
    pub due: Option<Due>,
    /// The key of [`SortBy::Priority`].
    pub priority: Option<Priority>,
    /// The key of [`SortBy::Title`].
    pub title: Title,
    /// The key of [`SortBy::Position`]; none in a cursor of an older program.
    #[serde(default)]
    pub position: Option<Position>,
}

impl From<&Task> for Cursor {
    fn from(last: &Task) -> Self {
        Self {
            number: last.number,
            created_at: last.created_at,
            updated_at: last.updated_at,
            due: last.due.clone(),
            priority: last.priority,
            title: last.title.clone(),
            position: Some(last.position()),
        }
    }
}

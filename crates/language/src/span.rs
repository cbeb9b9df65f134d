//! Parts of a sentence with a meaning of their own.

use std::ops::Range;

use domain::{Priority, RecurrenceRule, TaskNumber};
use jiff::civil::{Date, DateTime, Time};

/// A part of a sentence and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Bytes of the text as typed; the ends lie between characters.
    pub range: Range<usize>,
    /// What it means.
    pub value: Value,
}

/// What a part of a sentence means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A day.
    Date(Date),
    /// A clock time, also one said as a part of the day.
    Time(Time),
    /// Both at once, counted from now ("in 2 hours").
    DateTime(DateTime),
    /// On which days it repeats.
    Repeat(RecurrenceRule),
    /// An importance; `None` is p4, no priority.
    Priority(Option<Priority>),
    /// The name of a tag, as typed, without a sigil.
    Tag(String),
    /// What stood behind ` // `.
    Description(String),
    /// The number of a task.
    Number(TaskNumber),
}

impl Value {
    /// A word for it, stable for styling and for API answers.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Date(_) => "date",
            Self::Time(_) => "time",
            Self::DateTime(_) => "date_time",
            Self::Repeat(_) => "repeat",
            Self::Priority(_) => "priority",
            Self::Tag(_) => "tag",
            Self::Description(_) => "description",
            Self::Number(_) => "number",
        }
    }
}

//! What a sentence can mean.

use std::fmt;

use domain::{Due, Priority, RecurrenceRule, Status, TaskNumber};
use jiff::civil::Date;

use crate::Span;

/// What a sentence means: one command or several, in the order said.
#[derive(Debug, Clone, PartialEq)]
pub struct Understanding {
    /// Never empty. [`Command::NotUnderstood`] stands alone: a sentence that is half understood does nothing.
    pub commands: Vec<Understood>,
}

/// One command, and what it was read from.
#[derive(Debug, Clone, PartialEq)]
pub struct Understood {
    /// What is to be done.
    pub command: Command,
    /// The parts of the sentence that have a meaning of their own, in their order.
    pub spans: Vec<Span>,
    /// From 0, a guess, to 1, beyond doubt.
    pub confidence: f32,
}

/// What the text of the quick-add box means: always a task.
#[derive(Debug, Clone, PartialEq)]
pub struct QuickAdd {
    /// The task.
    pub add: Add,
    /// The parts that became something else than title, in their order.
    pub spans: Vec<Span>,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Add a task.
    Add(Add),
    /// Show tasks.
    List(List),
    /// Mark tasks as done.
    Complete(Target),
    /// Mark tasks as open again.
    Reopen(Target),
    /// Delete tasks.
    Delete(Target),
    /// Take back the last changes.
    Undo {
        /// How many, at least 1.
        count: u8,
    },
    /// Say what can be said.
    Help,
    /// Answer a greeting.
    Greeting,
    /// Answer thanks.
    Thanks,
    /// Do nothing, and say why.
    NotUnderstood(NotUnderstood),
}

/// A task to add.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Add {
    /// Exactly as typed. Empty when the sentence has none: the caller asks for one.
    pub title: String,
    /// When it is due.
    pub due: Option<Due>,
    /// On which days it repeats; then it is due on the first of them, unless another day was said.
    pub recurrence: Option<RecurrenceRule>,
    /// How important it is.
    pub priority: Option<Priority>,
    /// Names as typed, without a sigil, each once.
    pub tags: Vec<String>,
    /// What stood behind ` // `.
    pub description: Option<String>,
}

/// Which tasks to show. Every part given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct List {
    /// Open or done only; `None` shows both.
    pub status: Option<Status>,
    /// When they are due.
    pub due: Option<DueRange>,
    /// This priority only.
    pub priority: Option<Priority>,
    /// Names of tags, as typed.
    pub tags: Vec<String>,
    /// Words to search for, as typed.
    pub words: Option<String>,
    /// "how many": the number is wanted, not the tasks.
    pub count_only: bool,
}

/// When the tasks to show are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueRange {
    /// Before now.
    Overdue,
    /// From the first to the last day, both included.
    Days {
        /// The first day.
        first: Date,
        /// The last day.
        last: Date,
    },
}

/// Which tasks a command is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// By number, each once, in the order said.
    Numbers(Vec<TaskNumber>),
    /// By words of the title, as typed; [`crate::find`] looks for them.
    Words(String),
    /// "it": what the conversation was about last.
    It,
}

/// A sentence that does nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotUnderstood {
    /// Why.
    pub reason: Reason,
    /// Sentences that would be understood and may be meant, the likeliest first.
    pub suggestions: Vec<String>,
}

/// Why a sentence does nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// It is not about tasks, or its meaning is not clear enough to act.
    OutOfScope,
    /// It is clear, and cannot be done yet.
    NotYet(Feature),
    /// It names a day that does not exist; the text says so to the user.
    BadDate(String),
    /// It would change tasks chosen by a filter ("everything", "all overdue").
    ManyAtOnce,
    /// It does not say which task.
    NoTarget,
}

/// What is understood and cannot be done yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feature {
    /// New title, date, priority or tags for a task that exists.
    Change,
    /// Tasks that repeat in a way that no rule can say yet.
    Repeat,
    /// A reminder some time before a task is due.
    Remind,
    /// Doing again what was undone.
    Redo,
    /// "the second one", by place in a list.
    Position,
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Change => "changing a task",
            Self::Repeat => "repeating a task that way",
            Self::Remind => "reminders before a task is due",
            Self::Redo => "redoing what was undone",
            Self::Position => "naming a task by its place in the list",
        })
    }
}

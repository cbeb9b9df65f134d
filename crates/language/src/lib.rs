//! A sentence to typed commands, with spans.
//!
//! Pure: nothing here waits, reads a file or asks the time, and the same text means the same every time.

mod command;
mod matching;
mod policy;
mod span;

use std::ops::Range;

pub use self::{
    command::{
        Add, Command, DueRange, Feature, List, NotUnderstood, QuickAdd, Reason, Target,
        Understanding, Understood,
    },
    matching::{Found, find},
    policy::{Context, DateOrder, DayHours, Policy},
    span::{Span, Value},
};

/// What a sentence said to the chatbot means.
#[must_use]
pub fn understand(text: &str, _context: &Context<'_>) -> Understanding {
    let reason = Reason::OutOfScope;
    let command = match text.trim().strip_prefix("add ") {
        Some(title) => Command::Add(Add { title: title.to_owned(), ..Add::default() }),
        None => Command::NotUnderstood(NotUnderstood { reason, suggestions: Vec::new() }),
    };
    Understanding { commands: vec![Understood { command, spans: Vec::new(), confidence: 1.0 }] }
}

/// What the text of the quick-add box means: always a task, so verbs of commands are text here.
///
/// `ignore` holds byte ranges of the text that stay text, because the user said so.
#[must_use]
pub fn quick_add(text: &str, _ignore: &[Range<usize>], _context: &Context<'_>) -> QuickAdd {
    let title = text.trim().to_owned();
    QuickAdd { add: Add { title, ..Add::default() }, spans: Vec::new() }
}

/// When something is due, said by itself ("next friday 5pm", "2027-01-27"); `None` when the text says anything else.
#[must_use]
pub fn due(_text: &str, _context: &Context<'_>) -> Option<domain::Due> {
    None
}

//! A sentence to typed commands, with spans.
//!
//! Pure: nothing here waits, reads a file or asks the time, and the same text means the same every time.
//!
//! How it works: the text is cut into tokens once (`token`). Finders (`find`) propose claims: these tokens may be a date,
//! a time, a tag. A chart (`chart`) chooses the claims that explain most without overlapping. In the chat the command
//! comes from verb frames (`frame`), clause by clause (`chat`, `clause`). What nobody claimed is the title, as typed.

mod add;
mod chart;
mod chat;
mod clause;
mod command;
mod due;
mod find;
mod frame;
mod list;
mod matching;
mod policy;
mod span;
mod suggest;
mod target;
mod title;
mod token;
mod words;

use std::ops::Range;

use domain::Due;

use self::find::Scan;
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
pub fn understand(text: &str, context: &Context<'_>) -> Understanding {
    let tokens = token::tokenise(text);
    chat::read(&Scan { typed: text, tokens: &tokens, context: *context })
}

/// What the text of the quick-add box means: always a task, so verbs of commands are text here.
///
/// `ignore` holds byte ranges of the text that stay text, because the user said so.
#[must_use]
pub fn quick_add(text: &str, ignore: &[Range<usize>], context: &Context<'_>) -> QuickAdd {
    let tokens = token::tokenise(text);
    add::quick(&Scan { typed: text, tokens: &tokens, context: *context }, ignore)
}

/// When something is due, said by itself ("next friday 5pm", "2027-01-27"); `None` when the text says anything else.
#[must_use]
pub fn due(text: &str, context: &Context<'_>) -> Option<Due> {
    let said = quick_add(text, &[], context);
    let only =
        said.add.title.is_empty() && said.add.tags.is_empty() && said.add.description.is_none();
    said.add.due.filter(|_| only)
}

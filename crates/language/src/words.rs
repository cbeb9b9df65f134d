//! The words of English, as tables, and nowhere else: a second language is a second set of these files.

mod dates;
mod frames;
mod talk;
mod tasks;

pub(crate) use self::{dates::*, frames::*, talk::*, tasks::*};

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

/// What a word stands for.
pub(crate) fn look_up<T: Copy>(table: &[(&str, T)], text: &str) -> Option<T> {
    table.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning)
}

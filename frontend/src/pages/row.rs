//! A task as lists and receipts show it.

use api::{TagInTask, TaskBody};
use askama::Template;
use jiff::Zoned;

use crate::{
    due::Due,
    view::{Place, View, encoded},
};

/// One row of a list.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "row.html")]
#[expect(clippy::struct_excessive_bools, reason = "each says by itself whether something is shown")]
pub(crate) struct Row {
    pub number: i64,
    pub title: String,
    pub done: bool,
    pub due: Option<Due>,
    pub priority: Option<Priority>,
    pub tags: Vec<Chip>,
    /// Whether there is more to read on its page.
    pub has_description: bool,
    /// Whether completing it makes the next one.
    pub repeats: bool,
    /// Its page.
    pub address: String,
    /// Whether the heading above says the day.
    pub day_is_known: bool,
}

/// What stands beside the title.
#[derive(Template)]
#[template(path = "meta.html")]
pub(crate) struct Meta<'a> {
    row: &'a Row,
}

/// The row without its buttons, for a receipt.
#[derive(Template)]
#[template(path = "card.html")]
pub(crate) struct Card<'a> {
    row: &'a Row,
}

/// How much a task matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Priority {
    High,
    Medium,
    Low,
}

/// A tag, as a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chip {
    pub name: String,
    pub address: String,
    pub colour: Colour,
}

/// A tag's colour: one that the user chose, or one of ours by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Colour {
    Chosen(String),
    Hue(usize),
}

/// How many colours we have; `tasks.css` names each.
const HUES: usize = 8;
/// What the backend gives a tag for which nobody chose.
const GREY: &str = "#6b7280";

impl Priority {
    pub(crate) fn new(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::High),
            2 => Some(Self::Medium),
            3 => Some(Self::Low),
            _ => None,
        }
    }
}

impl Colour {
    pub(crate) fn new(name: &str, colour: &str) -> Self {
        let digits = colour.strip_prefix('#').unwrap_or_default();
        let valid = digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        if valid && !colour.eq_ignore_ascii_case(GREY) {
            return Self::Chosen(colour.to_owned());
        }
        let letters = name.to_lowercase();
        let sum =
            letters.bytes().fold(7_usize, |sum, byte| sum.wrapping_mul(31) + usize::from(byte));
        Self::Hue(sum % HUES)
    }
}

impl Chip {
    pub(crate) fn new(tag: &TagInTask) -> Self {
        Self {
            colour: Colour::new(&tag.name, &tag.color),
            address: View::Tag(tag.name.clone()).address(),
            name: tag.name.clone(),
        }
    }
}

impl Row {
    pub(crate) fn new(task: &TaskBody, now: &Zoned) -> Self {
        Self {
            number: task.number,
            title: task.title.clone(),
            done: task.completed,
            due: task.due_date.as_ref().map(|due| Due::new(due, now)),
            priority: task.priority.and_then(Priority::new),
            tags: task.tags.iter().map(Chip::new).collect(),
            has_description: task.description.as_ref().is_some_and(|text| !text.is_empty()),
            repeats: task.recurrence_rule.is_some(),
            address: View::Task(task.number).address(),
            day_is_known: false,
        }
    }

    /// With a link that finds the way back to the list it stands on.
    pub(crate) fn from(mut self, place: &Place) -> Self {
        if *place != View::Today.into() {
            self.address = format!("{}?back={}", self.address, encoded(&place.address()));
        }
        self
    }

    fn meta(&self) -> Meta<'_> {
        Meta { row: self }
    }

    pub(crate) fn card(&self) -> Card<'_> {
        Card { row: self }
    }

    /// The due date in words, as far as the heading above does not say it.
    pub(crate) fn due_text(&self) -> Option<(&Due, &str)> {
        let due = self.due.as_ref()?;
        let text = if self.day_is_known { due.time.as_deref()? } else { due.text.as_str() };
        Some((due, text))
    }

    /// Whether its time has passed while it is open.
    pub(crate) fn overdue(&self) -> bool {
        !self.done && self.due.as_ref().is_some_and(Due::overdue)
    }
}

//! What htmx gets after a change: the parts of the page that it touched.

use askama::Template;

use super::{
    chat::Talk,
    chat::Turn,
    list::List,
    shell::{Side, Toast},
};

/// Several parts in one answer, each with the place where it goes.
#[derive(Template, Default)]
#[template(path = "update.html")]
pub(crate) struct Update {
    pub list: Option<List>,
    pub side: Option<Side>,
    pub toast: Option<Toast>,
    /// What the quick-add box says; an empty text takes the last error away.
    pub quick_error: Option<String>,
    /// What was said in the chat.
    pub said: Option<Said>,
    /// The change of a receipt that was just undone.
    pub undone: Option<i64>,
}

/// New turns of the chat.
pub(crate) struct Said {
    pub turns: Vec<Turn>,
    /// Its box, choices and error.
    pub talk: Talk,
}

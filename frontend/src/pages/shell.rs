//! What stands around every page of a signed-in user.

use askama::Template;

use super::{home::Home, row::Colour};
use crate::{flash::Flash, view::View, zone::Offer};

/// Navigation, account, toasts; the page itself stands in the middle.
pub(crate) struct Shell {
    pub side: Side,
    pub toast: Toast,
    pub offer: Option<Offer>,
    /// Whether the chat stands beside the page where there is room.
    pub panel: bool,
    /// The address of this page, to come back to.
    pub back: String,
}

/// The navigation.
#[derive(Template)]
#[template(path = "side.html")]
pub(crate) struct Side {
    pub view: View,
    /// How many tasks are for today, such as `200+`; empty for none.
    pub today: String,
    /// How many are open.
    pub all: String,
    pub tags: Vec<SideTag>,
    pub name: String,
    pub email: String,
}

/// A tag in the navigation.
pub(crate) struct SideTag {
    pub name: String,
    pub address: String,
    pub open: u64,
    pub colour: Colour,
    pub current: bool,
}

/// What just happened, with a way back; or what did not.
#[derive(Template, Default)]
#[template(path = "toast.html")]
pub(crate) struct Toast {
    pub flash: Option<Flash>,
    /// More about it, such as when an added task is due.
    pub detail: Option<String>,
    /// What went wrong instead.
    pub notice: Option<String>,
    pub back: String,
}

impl Side {
    pub(crate) fn new(home: &Home, view: &View) -> Self {
        let tag = |tag: &api::TagWithCount| {
            let current = matches!(view, View::Tag(name) if name.to_lowercase() == tag.tag.name.to_lowercase());
            SideTag {
                address: View::Tag(tag.tag.name.clone()).address(),
                open: tag.open_task_count,
                colour: Colour::new(&tag.tag.name, &tag.tag.color),
                name: tag.tag.name.clone(),
                current,
            }
        };
        let for_today = home.open.iter().filter(|task| home.is_for_today(task));
        let last_is_for_today = home.open.last().is_some_and(|task| home.is_for_today(task));
        let more = home.next.is_some();
        Self {
            view: view.clone(),
            today: count(for_today.count(), more && last_is_for_today),
            all: count(home.open.len(), more),
            tags: home.tags.iter().map(tag).collect(),
            name: home.user.name.clone(),
            email: home.user.email.clone(),
        }
    }

    /// Whether the page called `view` is shown.
    pub(crate) fn at(&self, view: &str) -> bool {
        match &self.view {
            View::Today => view == "today",
            View::All { .. } => view == "all",
            View::Chat => view == "chat",
            View::Tag(_) | View::Task(_) => false,
        }
    }

    /// What the user is called, or the address where there is no name.
    fn called(&self) -> &str {
        if self.name.trim().is_empty() { &self.email } else { &self.name }
    }

    fn initial(&self) -> String {
        self.called().trim().chars().next().unwrap_or('?').to_uppercase().to_string()
    }
}

/// A number beside a link: with a sign where there are more than were counted.
fn count(number: usize, more: bool) -> String {
    match (number, more) {
        (0, _) => String::new(),
        (_, false) => number.to_string(),
        (_, true) => format!("{number}+"),
    }
}

impl Shell {
    pub(crate) fn new(home: &Home, view: &View, flash: Option<Flash>, back: &str) -> Self {
        Self {
            side: Side::new(home, view),
            toast: Toast { flash, back: back.to_owned(), ..Toast::default() },
            offer: home.offer.clone(),
            panel: *view != View::Chat,
            back: back.to_owned(),
        }
    }
}

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
    pub today: usize,
    pub all: usize,
    /// Whether there are more open tasks than were counted.
    pub more: bool,
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
        Self {
            view: view.clone(),
            today: home.open.iter().filter(|task| home.is_for_today(task)).count(),
            all: home.open.len(),
            more: home.next.is_some(),
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

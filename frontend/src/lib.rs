//! The web application: pages rendered from the backend's API, their assets, and the way through to the backend.
//!
//! It holds no data. Whether the backend is elsewhere or in this process, [`api::Transport`] knows.

mod actions;
pub mod assets;
mod cookies;
mod due;
mod extract;
mod flash;
mod forward;
mod forwarded;
mod health;
mod pages;
mod patience;
mod router;
mod security;
mod streams;
mod view;
mod visit;
mod words;
mod zone;

pub use self::router::{Settings, router};

/// A sign of the sprite, as templates write it: `{{ crate::icon("check") }}`.
#[derive(Debug, Clone, Copy)]
struct Icon(&'static str);

/// The sign called `name`. Meaning stands in the text beside it, so screen readers skip it.
fn icon(name: &'static str) -> Icon {
    Icon(name)
}

impl std::fmt::Display for Icon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (sprite, name) = (assets::url("icons.svg"), self.0);
        write!(f, "<svg class=\"icon\" aria-hidden=\"true\"><use href=\"{sprite}#{name}\"/></svg>")
    }
}

impl askama::filters::HtmlSafe for Icon {}

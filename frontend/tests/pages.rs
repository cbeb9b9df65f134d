//! The routes over a fake backend, as a browser meets them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

#[path = "it/assets.rs"]
mod assets;
#[path = "it/browser.rs"]
mod browser;
#[path = "fake/mod.rs"]
mod fake;
#[path = "it/forms.rs"]
mod forms;
#[path = "it/forward.rs"]
mod forward;
#[path = "it/sign_in.rs"]
mod sign_in;
#[path = "it/views.rs"]
mod views;

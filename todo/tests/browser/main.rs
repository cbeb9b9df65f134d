//! The program as people use it: the real binary, a real browser.
//!
//! Chromium and its driver come from the system's packages; `make test` installs them. What the browser itself finds
//! wrong with a page, such as something that the Content-Security-Policy refused, fails the test.

mod account;
mod app;
mod browser;
mod every_page;
mod find;
mod list;
mod pages;
mod people;
mod plan;
mod without_scripts;

//! The API over real HTTP, on both databases. Modules are named for the paths they test.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod changes;
mod chat;
mod health;
mod load;
mod openapi;
mod settings;
mod support;
mod tags;
mod tasks;
mod tokens;

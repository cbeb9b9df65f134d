//! The API over real HTTP, on both databases. Modules are named for the paths they test.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod background;
mod batch;
mod changes;
mod chat;
mod events;
mod health;
mod load;
mod openapi;
mod portability;
mod recurrence;
mod reminders;
mod settings;
mod streams;
mod support;
mod tags;
mod tasks;

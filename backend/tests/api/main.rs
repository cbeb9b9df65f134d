//! The API over real HTTP, on both databases. Modules are named for the paths they test.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod auth;
mod background;
mod batch;
mod caching;
mod changes;
mod chat;
mod contract;
mod events;
mod guide;
mod health;
mod idempotency;
mod lists;
mod load;
mod official;
mod openapi;
mod outage;
mod portability;
mod recurrence;
mod reminders;
mod rules;
mod schemathesis;
mod settings;
mod stream_ends;
mod streams;
mod support;
mod tags;
mod tasks;
mod tokens;
mod undo;
mod walk;

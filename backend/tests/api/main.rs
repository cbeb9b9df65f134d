//! The API over real HTTP, on both databases. Modules are named for the paths they test.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod caching;
mod changes;
mod chat;
mod guide;
mod health;
mod idempotency;
mod load;
mod official;
mod openapi;
mod outage;
mod rules;
mod schemathesis;
mod settings;
mod support;
mod tags;
mod tasks;
mod walk;

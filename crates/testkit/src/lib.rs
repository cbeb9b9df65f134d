//! What tests of several crates need. Everything here panics rather than fails: that is how a test fails.

#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a test fails by panicking")]

mod balancer;
mod database;
mod postgres;
mod process;
mod proxy;

pub use self::{
    balancer::Balancer,
    database::{Backend, TestDatabase},
    postgres::PostgresServer,
    process::{Process, ended, stopped_at},
    proxy::Proxy,
};

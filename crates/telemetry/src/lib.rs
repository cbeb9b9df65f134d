//! What an operator sees of a server: its log, one line a request, and how it starts and stops.

mod connections;
mod healthcheck;
mod log;
mod requests;
mod server;
mod workers;

pub use self::{
    healthcheck::{Unwell, healthcheck, report_health},
    log::LogArguments,
    requests::{Queries, log_requests, note_user},
    server::{Hold, Shutdown, serve},
    workers::{WorkerArguments, Workers, run},
};

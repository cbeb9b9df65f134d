//! What an operator sees of a server: its log, one line a request, and how it starts and stops.

mod log;
mod requests;
mod server;

pub use self::{
    log::LogArguments,
    requests::{Queries, log_requests, note_user},
    server::{Shutdown, serve},
};

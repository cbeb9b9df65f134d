//! `/api/export` and `/api/import`: a user's data comes and goes whole.

mod conversations;
pub(crate) mod export;
pub(crate) mod import;
mod json;
mod pages;
mod source_id;
mod vtodo;

/// The most tasks, and the most conversations, of one file: what they become takes some 100 MiB.
const MOST_TASKS: usize = 20_000;

/// The most warnings that are told.
const MOST_WARNINGS: usize = 100;

/// How many rows of an export are read at once.
const PAGE: u16 = 200;

//! `/api/export` and `/api/import`: a user's data comes and goes whole.

pub(crate) mod export;
pub(crate) mod import;
mod json;
mod source_id;
mod vtodo;

/// The most tasks of one file: what they become takes some 100 MiB.
const MOST_TASKS: usize = 20_000;

/// The most warnings that are told.
const MOST_WARNINGS: usize = 100;

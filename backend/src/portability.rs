//! `/api/export` and `/api/import`: a user's data comes and goes whole.

pub(crate) mod export;
pub(crate) mod import;
mod json;
mod source_id;
mod vtodo;

/// The most tags of a task.
const MOST_TAGS: usize = 50;

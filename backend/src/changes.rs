//! `/api/changes`: the log of what happened, as a list or as a stream, and undo.

pub(crate) mod list;
pub(crate) mod sessions;
mod stream;
pub(crate) mod undo;

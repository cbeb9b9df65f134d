//! `/api/changes`: the log of what happened, and undo.

pub(crate) mod list;
pub(crate) mod undo;

//! `/api/chat`: talk to the assistant, and what was said.

pub(crate) mod history;
pub(crate) mod turn;

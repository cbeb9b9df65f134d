//! What the program does, one command a file.

pub(crate) mod credentials;
pub(crate) mod healthcheck;
pub(crate) mod migrate;
pub(crate) mod serve;
pub(crate) mod smoke;

//! `todo`: the whole application in one process.
fn main() {}

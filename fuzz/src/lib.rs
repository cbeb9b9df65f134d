//! What several targets need.

mod fixed;
mod seeds;

pub use self::{
    fixed::{SECRET, Seeded, StandingClock, block_on, monday, open_database},
    seeds::{first_columns, seeds},
};

//! The visit of one user to a running application, step by step: pages, sign-in, tasks, chat, and gone again.
//!
//! [`visit`] takes every [`Step`]. Who wants them in groups, with time between, takes them with [`take`] and ends with
//! [`Step::Leave`]: the [`Visitor`] keeps its user and its tasks until then.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use smoke::{Step, Visitor};
//!
//! let mut visitor = Visitor::to("http://frontend:3000")?;
//! let visited = smoke::take(&mut visitor, Step::AUTH, |taken| println!("{taken}")).await;
//! // … the database is started anew …
//! let left = visitor.take(Step::Leave).await;
//! visited?;
//! println!("{}", left?);
//! # Ok(())
//! # }
//! ```

mod account;
mod answer;
mod chat;
mod failure;
mod pages;
mod step;
mod tasks;
mod visitor;

pub use self::{
    failure::{Failure, Surprise},
    step::{Step, Taken, take, visit},
    visitor::Visitor,
};

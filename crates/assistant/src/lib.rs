//! A chat turn: what was said, what it means, what was done, what is answered.
//!
//! [`turn`] stores the user's message, lets the language engine say what it means, runs the tools through `service`, and
//! stores the answer with what was executed. Nothing is kept between turns: what "it" means lies with the stored answer,
//! so a conversation goes on after a restart and on another replica. What was done is told from results, never from
//! intentions.

mod receipt;
mod reply;
mod resolve;
mod state;
mod tools;
mod turn;

pub use self::turn::{Caller, Turn, turn};

//! The endpoints and `authenticate`, driven through the public interface on both databases.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod authenticate;
mod bodies;
mod delete_user;
mod harness;
mod jwt;
mod origins;
mod outage;
mod passwords;
mod rate_limits;
mod replay;
mod sessions;
mod sign_in;
mod sign_out;
mod sign_up;
mod tokens;
mod users;

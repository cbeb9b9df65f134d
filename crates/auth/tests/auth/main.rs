//! The endpoints and `authenticate`, driven through the public interface on both databases.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod arbitrary;
mod authenticate;
mod bodies;
mod delete_user;
mod harness;
mod hashes;
mod jwt;
mod keys;
mod origins;
mod outage;
mod passwords;
mod rate_limits;
mod replay;
mod sessions;
mod sign_in;
mod sign_out;
mod sign_up;
mod takeover;
mod tokens;
mod users;

//! Sign-in as Better Auth 1.7.25 does it, on the tables that Better Auth made.
//!
//! [`Auth::answer`] is everything under `/api/auth`; [`Auth::authenticate`] tells the rest of the API who sent a request
//! and is the only source of an [`Actor`]. The contract, with the recording it was read from, is `better-auth.md`; section
//! numbers in this crate are those of that document.
//!
//! The crate knows requests and responses (`http`) but no web framework, and no connection: what the caller knows of that,
//! it says in a [`Client`].

mod actor;
mod api_token;
mod auth;
mod authenticate;
mod body;
mod call;
mod client;
mod cookie;
mod email;
mod endpoints;
mod failure;
mod hash_pool;
mod hash_share;
mod jwt;
mod key_fault;
mod keyring;
mod origin;
mod origin_rules;
mod password;
mod rate_limit;
mod reply;
mod sealed;
mod session;
mod shape;
mod signature;
mod signing_key;
mod wire;

pub use crate::{
    actor::Actor,
    api_token::{NewToken, TokenDraft, TokenError},
    auth::{Auth, AuthSettings},
    authenticate::{AuthError, Authenticated, Credential, StoredSettings},
    body::BodyError,
    client::Client,
    failure::internal_error,
    key_fault::KeyFault,
    origin::{InvalidOrigin, Origin},
    rate_limit::RateLimits,
};

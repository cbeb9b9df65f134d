//! The HTTP API.
//!
//! [`router`] has every route; each lies in a file of its own under the folder of what it is about. A handler reads the
//! request, calls one function of `service` or `assistant`, and maps the result. `http-api.md` has the rules that hold
//! for every operation: they are kept in `extract.rs`, `error.rs` and `signed_in.rs`.

mod app;
mod auth_routes;
mod background;
mod caching;
mod changes;
mod chat;
mod connection;
mod due;
mod error;
mod extract;
mod health;
mod idempotency;
mod official;
mod openapi;
mod portability;
mod queries;
mod router;
mod settings;
mod signed_in;
mod streamed;
mod tags;
mod tasks;
mod tokens;
mod user_settings;
mod version;

pub use self::{
    app::App,
    background::{run as run_background, run_once as run_background_once},
    openapi::document,
    router::{count_queries, router},
    settings::{
        AuthArguments, BackendArguments, BackendSettings, DatabaseArguments, DatabaseSettings,
        HttpArguments, HttpSettings,
    },
};

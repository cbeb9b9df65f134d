//! `/api/tokens`: keys that a user makes for programs of theirs. One file an operation; what several need stands here.
//!
//! A token acts for its user everywhere but under `/api/auth`; one for reading only in requests that change nothing (GET,
//! HEAD). No token makes or deletes tokens.

pub(crate) mod add;
pub(crate) mod delete;
pub(crate) mod list;

use api::{Instant, TokenBody, TokenScope};
use storage::ApiToken;

fn body(token: ApiToken) -> TokenBody {
    TokenBody {
        id: token.id,
        name: token.name,
        scope: match token.scope {
            storage::TokenScope::Read => TokenScope::Read,
            storage::TokenScope::Write => TokenScope::Write,
        },
        created_at: Instant(token.created_at),
        expires_at: token.expires_at.map(Instant),
        last_used_day: token.last_used_day.map(|day| day.to_string()),
    }
}

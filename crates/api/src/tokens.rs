//! Bodies of API tokens.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Instant;

/// What a token allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenScope {
    /// Requests that change nothing.
    Read,
    /// Every request.
    Write,
}

/// A token to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewToken {
    /// What it is for: 1 to 100 characters.
    #[schema(min_length = 1)]
    pub name: String,
    /// What it allows.
    pub scope: TokenScope,
    /// When it ends. If absent: never, or with the JWT that makes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Instant>,
}

/// A token, without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenBody {
    /// Its id.
    pub id: Uuid,
    /// What it is for.
    pub name: String,
    /// What it allows.
    pub scope: TokenScope,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
    /// When it ends, if it does.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Instant>,
    /// The last day, in UTC, on which it was used.
    #[schema(format = Date)]
    pub last_used_day: Option<String>,
}

/// A new token, with its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewTokenBody {
    /// What a program sends as its bearer token. It is told this once.
    pub token: String,
    /// The token.
    #[serde(flatten)]
    pub details: TokenBody,
}

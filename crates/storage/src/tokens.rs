//! API tokens: keys that a user makes for programs of theirs.

use std::sync::Arc;

use async_trait::async_trait;
use domain::UserId;
use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use crate::{Claim, StorageError, UserSettings};

/// What a token allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenScope {
    /// Reading.
    Read,
    /// Reading and changing.
    Write,
}

/// A token as its owner sees it later: all but the token itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Its id; version 7.
    pub id: Uuid,
    /// What the user calls it.
    pub name: String,
    /// What it allows.
    pub scope: TokenScope,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends, if it does.
    pub expires_at: Option<Timestamp>,
    /// The last day, in UTC, on which it was used.
    pub last_used_day: Option<Date>,
}

/// Whom a token names, with what every request wants to know of them: one statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenOwner {
    /// The user.
    pub user_id: UserId,
    /// The token; it may have expired.
    pub token: ApiToken,
    /// What the user has chosen.
    pub settings: UserSettings,
}

/// Reading and writing API tokens. They are found by the SHA-256 of the token, in hex.
#[async_trait]
pub trait ApiTokens: Send + Sync {
    /// A user's tokens, the oldest first; expired ones too.
    async fn api_tokens(&self, user: &UserId) -> Result<Vec<ApiToken>, StorageError>;

    /// Stores a token unless the user has `most` already; whether it is stored. The request's key, if it came with one,
    /// goes with it.
    ///
    /// # Errors
    /// [`StorageError::KeyUsed`] when another request has come with that key.
    async fn insert_api_token(
        &self,
        user: &UserId,
        token: &ApiToken,
        hash: &str,
        most: u32,
        claim: Option<&Arc<Claim>>,
    ) -> Result<bool, StorageError>;

    /// Deletes a token of a user; whether there was one. The request's key goes with it, as above.
    ///
    /// # Errors
    /// [`StorageError::KeyUsed`] when another request has come with that key.
    async fn delete_api_token(
        &self,
        user: &UserId,
        id: Uuid,
        claim: Option<&Arc<Claim>>,
    ) -> Result<bool, StorageError>;

    /// Whom the token of a hash names.
    async fn token_owner(&self, hash: &str) -> Result<Option<TokenOwner>, StorageError>;

    /// Notes that a token was used on a day; nothing is written when that or a later day is noted already.
    async fn note_token_use(&self, hash: &str, day: Date) -> Result<(), StorageError>;
}

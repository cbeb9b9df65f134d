//! API tokens: `todo_…`, which a user makes for programs of theirs.
//!
//! Source: `http-api.md`, tokens. They are no part of Better Auth, and mean nothing under `/api/auth`.

use jiff::{Timestamp, tz::TimeZone};
use sha2::{Digest, Sha256};
use storage::{ApiToken, StorageError, TokenOwner, TokenScope};
use uuid::Uuid;

use crate::{Actor, Auth};

/// What every token begins with, so that people and scanners for lost secrets know one when they see it.
pub(crate) const PREFIX: &str = "todo_";
/// Random characters of `A-Za-z0-9` after it: 238 bits.
const LENGTH: usize = 40;
/// As many tokens may a user have.
const MOST: u32 = 100;

/// A token as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenDraft {
    /// What the user calls it; checked by the caller.
    pub name: String,
    /// What it allows.
    pub scope: TokenScope,
    /// When it ends, if it does.
    pub expires_at: Option<Timestamp>,
}

/// A new token, and the only time that its text is seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// `todo_` and 40 characters.
    pub text: String,
    /// What is stored of it.
    pub token: ApiToken,
}

/// Why there is no new token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The user has as many as anybody may have.
    #[error("at most 100 tokens: delete one first")]
    TooMany,
    /// The database did not do its part.
    #[error("cannot store the token")]
    Storage(#[from] StorageError),
}

impl Auth {
    /// A user's tokens, the oldest first.
    ///
    /// # Errors
    /// What keeps them from being read.
    pub async fn api_tokens(&self, actor: &Actor) -> Result<Vec<ApiToken>, StorageError> {
        self.store.api_tokens(actor.user_id()).await
    }

    /// Makes a token.
    ///
    /// # Errors
    /// See [`TokenError`].
    pub async fn new_api_token(
        &self,
        actor: &Actor,
        draft: TokenDraft,
    ) -> Result<NewToken, TokenError> {
        let now = self.clock.now();
        let text = format!("{PREFIX}{}", domain::token(&*self.random, LENGTH));
        let token = ApiToken {
            id: domain::uuid_v7(&*self.random, now),
            name: draft.name,
            scope: draft.scope,
            created_at: now,
            expires_at: draft.expires_at,
            last_used_day: None,
        };
        let user = actor.user_id();
        let (hash, claim) = (hash(&text), actor.claim());
        if !self.store.insert_api_token(user, &token, &hash, MOST, claim).await? {
            return Err(TokenError::TooMany);
        }
        tracing::info!(user.id = %user, token.id = %token.id, "API token made");
        Ok(NewToken { text, token })
    }

    /// Deletes a token; whether the user had it.
    ///
    /// # Errors
    /// What keeps it from being deleted.
    pub async fn delete_api_token(&self, actor: &Actor, id: Uuid) -> Result<bool, StorageError> {
        let hit = self.store.delete_api_token(actor.user_id(), id, actor.claim()).await?;
        if hit {
            tracing::info!(user.id = %actor.user_id(), token.id = %id, "API token deleted");
        }
        Ok(hit)
    }

    /// Whom a token names, unless it has expired. Its first use on a day is noted.
    pub(crate) async fn token_owner(&self, text: &str) -> Result<Option<TokenOwner>, StorageError> {
        let now = self.clock.now();
        let hash = hash(text);
        let owner = self.store.token_owner(&hash).await?;
        let owner =
            owner.filter(|owner| owner.token.expires_at.is_none_or(|expires_at| expires_at > now));
        if let Some(owner) = &owner {
            let today = now.to_zoned(TimeZone::UTC).date();
            if owner.token.last_used_day.is_none_or(|day| day < today) {
                self.store.note_token_use(&hash, today).await?;
            }
        }
        Ok(owner)
    }
}

/// What is stored and looked for. The token is random, so that a fast hash does.
fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

//! The keys that sign JWTs: rows of `"jwks"`.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::StorageError;

/// A row of `"jwks"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jwk {
    /// What a token's `kid` names: 32 random characters.
    pub id: String,
    /// The public key: a JWK as JSON text.
    pub public_key: String,
    /// The private key as JSON text of a JWK, encrypted, and written as a JSON string.
    pub private_key: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops signing, if it does.
    pub expires_at: Option<Timestamp>,
    /// Its algorithm; none means `EdDSA`.
    pub alg: Option<String>,
    /// Its curve, where the algorithm has several.
    pub crv: Option<String>,
}

/// Reading and writing `"jwks"`.
#[async_trait]
pub trait Keys: Send + Sync {
    /// Every key, the newest first.
    async fn jwks(&self) -> Result<Vec<Jwk>, StorageError>;

    /// Stores a key unless there is one that can sign by the same algorithm at `now`. Processes that do so at the same
    /// time store one between them.
    async fn insert_jwk_if_needed(&self, key: &Jwk, now: Timestamp) -> Result<(), StorageError>;
}

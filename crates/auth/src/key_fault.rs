//! Why tokens cannot be signed.

use storage::StorageError;

/// Why tokens cannot be signed.
#[derive(Debug, thiserror::Error)]
pub enum KeyFault {
    /// `BETTER_AUTH_SECRETS` was used before, which is not read here.
    #[error(
        "the key in \"jwks\" is encrypted with one of several rotated secrets ($ba$…), which this program does not \
         know: give the database back to Better Auth with one secret, or delete the rows of \"jwks\", which ends \
         every token that was issued"
    )]
    Rotated,
    /// The secret is not the one that the database was used with.
    #[error(
        "BETTER_AUTH_SECRET is not the secret that the key in \"jwks\" is encrypted with: give the one that this \
         database was used with, or delete the rows of \"jwks\", which ends every token that was issued"
    )]
    OtherSecret,
    /// It opens, and is no key.
    #[error("the key in \"jwks\" is no Ed25519 key")]
    Malformed,
    /// The keys cannot be read.
    #[error("the keys cannot be read")]
    Storage(#[from] StorageError),
}

impl KeyFault {
    /// The same fault once more, of those that a key can have.
    pub(crate) fn known(&self) -> Self {
        match self {
            Self::Rotated => Self::Rotated,
            Self::OtherSecret => Self::OtherSecret,
            Self::Malformed | Self::Storage(_) => Self::Malformed,
        }
    }
}

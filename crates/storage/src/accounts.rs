//! Better Auth's tables: who may sign in, and who is signed in. `better-auth.md`, section 9, has the columns.

use async_trait::async_trait;
use domain::{UserId, ZoneName};
use jiff::Timestamp;

use crate::StorageError;

/// A row of `"user"`. All times here and below are whole milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// 32 random characters.
    pub id: UserId,
    /// What the user is called; may be empty.
    pub name: String,
    /// Lower case; unique.
    pub email: String,
    /// Whether the address was confirmed.
    pub email_verified: bool,
    /// The address of a picture.
    pub image: Option<String>,
    /// When the user signed up.
    pub created_at: Timestamp,
    /// When the row last changed.
    pub updated_at: Timestamp,
}

/// What a sign-up stores: the user and the `credential` row of `"account"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// The user.
    pub account: Account,
    /// The id of the row of `"account"`: 32 random characters.
    pub credential_id: String,
    /// The password's hash, in Better Auth's form.
    pub password: String,
}

/// A user and the hash to compare a password with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// The user.
    pub account: Account,
    /// The password's hash; none for a user who never had a password.
    pub password: Option<String>,
}

/// A row of `"session"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// 32 random characters.
    pub id: String,
    /// 32 random characters: what cookie and bearer token carry.
    pub token: String,
    /// Whose it is.
    pub user_id: UserId,
    /// When it ends.
    pub expires_at: Timestamp,
    /// The client's address, if known.
    pub ip_address: Option<String>,
    /// The client's `User-Agent`, if sent.
    pub user_agent: Option<String>,
    /// When the user signed in.
    pub created_at: Timestamp,
    /// When it was last extended.
    pub updated_at: Timestamp,
}

/// Whom a session's token names, with what every request wants to know of them: one statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The session; it may have expired.
    pub session: Session,
    /// Its user.
    pub account: Account,
    /// The user's time zone, if one is stored.
    pub zone: Option<ZoneName>,
    /// What the user chose of the policy, as [`crate::UserSettings::policy`] has it.
    pub policy: Option<String>,
}

/// A row of `"account"`: a way in which a user may sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedAccount {
    /// 32 random characters.
    pub id: String,
    /// The user's id at the provider; for a password, the user's own.
    pub account_id: String,
    /// `credential` for a password.
    pub provider_id: String,
    /// Whose it is.
    pub user_id: UserId,
    /// What the provider allows, separated by commas.
    pub scope: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What changes about a user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserEdit {
    /// Another name.
    pub name: Option<String>,
    /// Another picture, or none.
    pub image: Option<Option<String>>,
}

/// Another password.
#[derive(Debug, Clone, Copy)]
pub struct PasswordChange<'a> {
    /// The hash that was verified.
    pub old: &'a str,
    /// The hash to store.
    pub new: &'a str,
}

/// Reading and writing Better Auth's tables. Each call stands alone: one statement or one transaction.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Stores user, credential and first session.
    ///
    /// # Errors
    /// [`StorageError::Exists`] when the address is taken.
    async fn sign_up(&self, new: NewAccount, session: &Session) -> Result<(), StorageError>;

    /// The user of an address, which is given in lower case.
    async fn credential_by_email(&self, email: &str) -> Result<Option<Credential>, StorageError>;

    /// The user of an id.
    async fn credential(&self, user: &UserId) -> Result<Option<Credential>, StorageError>;

    /// Stores a session if its user still has the password of that hash, whether or not somebody is changing it at this
    /// moment; whether it is stored.
    async fn sign_in(&self, session: &Session, password: &str) -> Result<bool, StorageError>;

    /// Whom a token names.
    async fn signed_in(&self, token: &str) -> Result<Option<SignedIn>, StorageError>;

    /// Moves the end of a session; nothing happens when it is gone.
    async fn extend_session(
        &self,
        token: &str,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StorageError>;

    /// Ends a session; nothing happens when it is gone.
    async fn delete_session(&self, token: &str) -> Result<(), StorageError>;

    /// A user's sessions that end after `now`, in the order in which they began.
    async fn sessions(&self, user: &UserId, now: Timestamp) -> Result<Vec<Session>, StorageError>;

    /// Ends the session of a token if it is that user's; nothing happens otherwise.
    async fn delete_session_of(&self, user: &UserId, token: &str) -> Result<(), StorageError>;

    /// Ends a user's sessions, all but that of the token `but`. One that begins later goes on: who signs in then knows the
    /// password.
    async fn delete_sessions(&self, user: &UserId, but: Option<&str>) -> Result<(), StorageError>;

    /// The ways in which a user may sign in.
    async fn linked_accounts(&self, user: &UserId) -> Result<Vec<LinkedAccount>, StorageError>;

    /// Stores the hash of another password in place of the one that was verified; whether that one was still there. With
    /// `session`, all of the user's sessions end and that one begins, in the same transaction.
    async fn change_password(
        &self,
        user: &UserId,
        change: PasswordChange<'_>,
        session: Option<&Session>,
        now: Timestamp,
    ) -> Result<bool, StorageError>;

    /// Changes a user; nothing happens when there is none.
    async fn edit_user(
        &self,
        user: &UserId,
        edit: UserEdit,
        now: Timestamp,
    ) -> Result<(), StorageError>;

    /// Notes that a user's address was confirmed.
    async fn verify_email(&self, user: &UserId, now: Timestamp) -> Result<(), StorageError>;

    /// Deletes the user and every row that is theirs, in all tables, in one transaction.
    async fn delete_user(&self, user: &UserId) -> Result<(), StorageError>;
}

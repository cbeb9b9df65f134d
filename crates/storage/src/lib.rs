//! Rows in Postgres or SQLite, behind object-safe traits.
//!
//! [`Store`] reads; [`Store::begin`] starts a unit of work, [`Write`], which is stored whole or not at all.
//! Both are made of narrow traits, one per file, and each is implemented once, in the file of the same name under `sql/`:
//! the SQL text serves both databases, and what differs stands in `sql/dialect.rs`.
//!
//! Better Auth's tables are reached through [`Accounts`], [`Keys`] and [`RateLimits`] alone, which the crate `auth` uses.

mod accounts;
mod address;
mod changes;
mod conversations;
mod error;
mod feed;
mod idempotency;
mod keys;
mod patience;
mod queries;
mod rate_limits;
mod reminders;
mod settings;
mod sql;
mod tags;
mod tasks;
mod tokens;
mod upkeep;

use std::sync::Arc;

use async_trait::async_trait;
use domain::UserId;
use sqlx::{Postgres, Sqlite};

pub use crate::{
    accounts::{
        Account, Accounts, Credential, LinkedAccount, NewAccount, PasswordChange, Session,
        SignedIn, UserEdit,
    },
    address::Address,
    changes::{ChangeReads, ChangeWrites, LogPage, LogRange, LoggedTask, Outline},
    conversations::{
        Conversation, ConversationReads, ConversationSummary, ConversationWrites, Message,
        NewConversation, NewMessage, Role,
    },
    error::StorageError,
    feed::{News, TakenBack},
    idempotency::{Claim, Idempotency, IdempotencyWrites, Settled, StoredAnswer, UsedKey},
    keys::{Jwk, Keys},
    patience::{Patience, as_patiently, in_time, with_patience},
    queries::{count_queries, note_queries},
    rate_limits::{RateLimits, RateRule},
    reminders::{DueReminder, ReminderReads},
    settings::{Settings, SettingsWrites, UserSettings},
    tags::{TagReads, TagWithCount, TagWrites},
    tasks::{Side, TaskPage, TaskReads, TaskWrites},
    tokens::{ApiToken, ApiTokens, TokenOwner, TokenScope},
    upkeep::{OldLog, OldLogs, Passing, Upkeep},
};
use crate::{address::Scheme, sql::SqlStore};

/// Everything that can be read, and the door to writing. Every method takes the owner, so no caller can forget it.
#[async_trait]
pub trait Store:
    TaskReads
    + TagReads
    + ReminderReads
    + ChangeReads
    + ConversationReads
    + Accounts
    + Settings
    + Idempotency
    + Keys
    + RateLimits
    + ApiTokens
    + Upkeep
{
    /// Starts a unit of work and takes the owner's counter row: writes of one user happen one after the other,
    /// so they never deadlock and their change numbers become visible in order.
    ///
    /// # Errors
    /// [`StorageError::Busy`] when the row or a connection is not had in time.
    async fn begin(&self, user: &UserId) -> Result<Box<dyn Write>, StorageError> {
        self.begin_giving(user, Numbers::ONE_CHANGE).await
    }

    /// The same, where it is known which numbers will be given.
    ///
    /// # Errors
    /// As [`Store::begin`].
    async fn begin_giving(
        &self,
        user: &UserId,
        numbers: Numbers,
    ) -> Result<Box<dyn Write>, StorageError>;

    /// News of the user's log, whoever writes to it: this process, or another on the same database.
    fn subscribe(&self, user: &UserId) -> News;

    /// Whether the database answers and has every migration this program knows.
    ///
    /// # Errors
    /// [`StorageError::NotMigrated`], or what kept it from answering.
    async fn ready(&self) -> Result<(), StorageError>;
}

/// How many numbers a unit of work will most likely give: they are counted up as it begins. Where it gives others, one more
/// statement corrects that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbers {
    /// Of new tasks.
    pub tasks: i64,
    /// Of new conversations.
    pub conversations: i64,
    /// Of entries in the change log.
    pub changes: i64,
}

impl Numbers {
    /// What most units of work give: they change things that are there.
    pub const ONE_CHANGE: Self = Self { tasks: 0, conversations: 0, changes: 1 };
    /// What a unit of work gives that is not logged.
    pub const NONE: Self = Self { tasks: 0, conversations: 0, changes: 0 };
}

/// Everything that can be written, for the user who was named to [`Store::begin`]. Dropped without `commit`, nothing
/// happened.
#[async_trait]
pub trait Write:
    TaskWrites + TagWrites + ChangeWrites + ConversationWrites + SettingsWrites + IdempotencyWrites
{
    /// Makes it all durable and visible at once.
    ///
    /// # Errors
    /// [`StorageError::Broken`] after any failed statement, [`StorageError::Busy`] when the outcome is unknown.
    async fn commit(self: Box<Self>) -> Result<(), StorageError>;
}

/// Whether it is an address that [`open`] understands. Asks no database: nothing may be there yet.
///
/// # Errors
/// [`StorageError::UnknownScheme`], [`StorageError::Address`].
pub fn check(address: &Address) -> Result<(), StorageError> {
    match address.scheme()? {
        Scheme::Postgres => _ = address.postgres()?,
        Scheme::Sqlite => _ = address.sqlite()?,
    }
    Ok(())
}

/// Prepares the database: `postgres://…` or `sqlite://path`. Does not migrate, and does not wait for Postgres: one that
/// is away is asked again by each call.
///
/// # Errors
/// What [`check`] says; for SQLite what keeps the file from being opened.
pub async fn open(address: impl Into<Address>) -> Result<Arc<dyn Store>, StorageError> {
    let address = address.into();
    let listen = Some(address.clone().direct());
    open_listening(address, listen).await
}

/// The same, where Postgres tells of other processes' changes over an address of its own. Without one, behind a pooler
/// that lends connections by the transaction, it is asked once a second while somebody listens.
///
/// # Errors
/// What [`open`] says.
pub async fn open_listening(
    address: impl Into<Address>,
    listen: Option<Address>,
) -> Result<Arc<dyn Store>, StorageError> {
    let address = address.into();
    Ok(match address.scheme()? {
        Scheme::Postgres => Arc::new(SqlStore::<Postgres>::open(&address, listen).await?),
        Scheme::Sqlite => Arc::new(SqlStore::<Sqlite>::open(&address, listen).await?),
    })
}

/// Whether the database can be reached and is ready, asked on a connection of its own: [`Store::ready`] waits for one of
/// the pool and no longer knows why there is none.
///
/// # Errors
/// What the resolver, the network or the database says; [`StorageError::NotMigrated`].
pub async fn probe(address: impl Into<Address>) -> Result<(), StorageError> {
    let address = address.into();
    match address.scheme()? {
        Scheme::Postgres => sql::probe::<Postgres>(&address).await,
        Scheme::Sqlite => sql::probe::<Sqlite>(&address).await,
    }
}

/// Brings the schema up to date. Any number of processes may call it at once. Migrations of a newer program that are
/// applied already stay.
///
/// # Errors
/// [`StorageError::Migrate`] when a migration fails or one that was applied has changed since; what keeps the database
/// from being reached.
pub async fn migrate(address: impl Into<Address>) -> Result<(), StorageError> {
    let address = address.into();
    match address.scheme()? {
        Scheme::Postgres => sql::migrate::<Postgres>(&address).await,
        Scheme::Sqlite => sql::migrate::<Sqlite>(&address).await,
    }
}

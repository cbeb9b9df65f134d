//! Where Postgres and SQLite differ, and the one list of what both can bind and read.

use std::sync::Arc;

use domain::Snapshot;
use serde_json::Value;
use sqlx::{
    Database, Encode, Executor, FromRow, IntoArguments, Type,
    migrate::{MigrateError, Migrator},
    types::Json,
};
use uuid::Uuid;

use crate::{Address, feed::Feed};

use super::{
    accounts::{CredentialRow, LinkedRow, SessionRow, SignedInRow},
    changes::{ChangeRow, PagedRow},
    conversations::{ConversationRow, MessageRow, SummaryRow},
    feed::Others,
    idempotency::UsedKeyRow,
    keys::JwkRow,
    loan::Lender,
    tags::{TagCountRow, TagRow},
    task_row::{ListedRow, TaskRow},
    time::{DbDate, DbTime},
    tokens::{ApiTokenRow, TokenOwnerRow},
    upkeep::OldestRow,
};

/// Connections to read with and to write with; on Postgres the same pool.
pub(crate) struct Pools<DB: Database> {
    pub readers: Lender<DB>,
    pub writers: Lender<DB>,
}

/// The real differences. A new type in a query is one more line in the list; a new row likewise.
pub(crate) trait Dialect:
    Database<Arguments: IntoArguments<Self> + Clone>
    + Binds<bool>
    + Binds<i16>
    + Binds<i64>
    + Binds<String>
    + Binds<Uuid>
    + Binds<DbTime>
    + Binds<DbDate>
    + Binds<Json<Snapshot>>
    + Binds<Json<Value>>
    + Binds<Option<i16>>
    + Binds<Option<i64>>
    + Binds<f64>
    + Binds<Option<f64>>
    + Binds<Option<Uuid>>
    + Binds<Option<String>>
    + Binds<Option<DbTime>>
    + Binds<Option<DbDate>>
    + Binds<Option<Json<Value>>>
    + Binds<Option<Vec<u8>>>
    + Reads<(i64,)>
    + Reads<(Option<i64>,)>
    + Reads<(Uuid,)>
    + Reads<(i64, i64)>
    + Reads<(i64, i64, i64)>
    + Reads<(String, i64)>
    + Reads<(Option<String>,)>
    + Reads<(Option<i64>, Option<i64>)>
    + Reads<(Option<String>, Option<String>)>
    + Reads<(String, i64)>
    + Reads<TaskRow>
    + Reads<ListedRow>
    + Reads<TagRow>
    + Reads<TagCountRow>
    + Reads<ChangeRow>
    + Reads<PagedRow>
    + Reads<(i64, Option<i64>, String)>
    + Reads<ConversationRow>
    + Reads<SummaryRow>
    + Reads<MessageRow>
    + Reads<UsedKeyRow>
    + Reads<CredentialRow>
    + Reads<SignedInRow>
    + Reads<OldestRow>
    + Reads<SessionRow>
    + Reads<LinkedRow>
    + Reads<JwkRow>
    + Reads<ApiTokenRow>
    + Reads<TokenOwnerRow>
{
    /// Begins a unit of work.
    const BEGIN: &'static str;

    /// Begins a transaction that no other migrating process can be in.
    const BEGIN_MIGRATION: &'static str;

    /// Behind a query: the rows it finds stay as they are until the transaction ends. SQLite has one writer, beside whom
    /// nothing changes.
    const FOR_SHARE: &'static str;

    /// The tags of the row of `task` at hand, by name, as a JSON array of `[id, name, color, microseconds]`.
    const TAGS: &'static str;

    /// The tags of the tasks in `page`, as a JSON array of `[id, name, color, microseconds, numbers]`; null or empty when
    /// they have none. Their links are grouped first, so that no planner begins with all of a user's tags.
    const TAGS_OF_PAGE: &'static str;

    /// The condition that a side of a change, `before` or `after`, holds a task with a value in a member: what stands before
    /// the value and behind it.
    fn holds_task(side: &'static str, member: &'static str) -> [String; 2];

    /// Lends a connection as what executes queries. `&mut DB::Connection: Executor` cannot be had by a bound here,
    /// since its lifetime would have to stand inside the trait's parameter.
    fn on(connection: &mut Self::Connection) -> impl Executor<'_, Database = Self>;

    fn connect(address: &Address) -> impl Future<Output = sqlx::Result<Pools<Self>>> + Send;

    /// One connection outside of any pool, at once or not at all: unlike a pool it says why there is none.
    fn connect_alone(
        address: &Address,
    ) -> impl Future<Output = sqlx::Result<Self::Connection>> + Send;

    /// Tells other processes of what this one commits, and never ends; none where they see it by themselves.
    fn announce(
        feed: &Arc<Feed>,
        listen: Address,
    ) -> Option<impl Future<Output = ()> + Send + 'static>;

    /// Hears of what other processes commit; never ends.
    fn hear(others: &Others<Self>) -> impl Future<Output = ()> + Send;

    /// The migrations in this program.
    fn migrator() -> Migrator;

    /// Applies what is missing. The caller holds the lock.
    fn apply_migrations(
        connection: &mut Self::Connection,
    ) -> impl Future<Output = Result<(), MigrateError>> + Send;
}

/// `Binds<T>` above implies `T: Encode + Type` wherever `DB: Dialect` stands, so that no `impl` repeats the list.
///
/// Rust implies a trait's bounds on *itself* (supertraits, their associated types), never those on other types. So the
/// other type becomes an associated type of a supertrait, and `Is = T` says that it is the type we mean.
pub(crate) trait Binds<T>:
    Same<T, Is = T, Is: for<'q> Encode<'q, Self> + Type<Self>> + Database
{
}

impl<DB: Database, T: for<'q> Encode<'q, DB> + Type<DB>> Binds<T> for DB {}

/// The same for rows.
pub(crate) trait Reads<T>:
    Same<T, Is = T, Is: for<'r> FromRow<'r, <Self as Database>::Row>> + Database
{
}

impl<DB: Database, T: for<'r> FromRow<'r, DB::Row>> Reads<T> for DB {}

pub(crate) trait Same<T> {
    type Is;
}

impl<DB, T> Same<T> for DB {
    type Is = T;
}

//! The one implementation for both databases: one SQL text, generic over [`Dialect`].

mod accounts;
mod changes;
mod conversations;
mod dialect;
mod migrate;
mod postgres;
mod settings;
mod sqlite;
mod tags;
mod task_list;
mod tasks;
mod time;

use std::time::Duration;

use async_trait::async_trait;
use domain::UserId;
use sqlx::{Pool, Transaction, pool::PoolConnection};

pub(crate) use self::migrate::migrate;
use self::{dialect::Dialect, dialect::Pools};
use crate::{StorageError, Store, Write, queries::note_query};

/// What one statement may take before the caller is told that the database is busy.
const STATEMENT_LIMIT: Duration = Duration::from_secs(5);

/// Awaits one statement for at most [`STATEMENT_LIMIT`], and counts it. A limit on our side, because a pooler in front
/// of Postgres does not pass session settings on.
async fn in_time<T>(answer: impl Future<Output = sqlx::Result<T>>) -> Result<T, StorageError> {
    note_query();
    match tokio::time::timeout(STATEMENT_LIMIT, answer).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(StorageError::Busy(None)),
    }
}

pub(crate) struct SqlStore<DB: Dialect> {
    pools: Pools<DB>,
}

impl<DB: Dialect> SqlStore<DB> {
    pub(crate) async fn open(url: &str) -> Result<Self, StorageError> {
        Ok(Self { pools: DB::connect(url).await? })
    }

    async fn reader(&self) -> Result<PoolConnection<DB>, StorageError> {
        Ok(self.pools.readers.acquire().await?)
    }

    /// For a write of one statement, which needs no unit of work.
    async fn writer(&self) -> Result<PoolConnection<DB>, StorageError> {
        Ok(self.pools.writers.acquire().await?)
    }
}

#[async_trait]
impl<DB: Dialect> Store for SqlStore<DB> {
    async fn begin(&self, user: &UserId) -> Result<Box<dyn Write>, StorageError> {
        Ok(Box::new(SqlWrite::begin(&self.pools.writers, user).await?))
    }

    async fn ready(&self) -> Result<(), StorageError> {
        migrate::ready(self).await
    }
}

/// The last numbers given to one user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Counter {
    task: i64,
    conversation: i64,
    change: i64,
}

/// A transaction that holds the user's counter row.
pub(crate) struct SqlWrite<DB: Dialect> {
    tx: Transaction<'static, DB>,
    health: Health,
    user: UserId,
    /// What the row says.
    stored: Counter,
    /// What was given out; `commit` brings the row in line.
    given: Counter,
}

impl<DB: Dialect> SqlWrite<DB> {
    /// Counts the change number up at once: most units of work append one change and so need no second statement.
    async fn begin(writers: &Pool<DB>, user: &UserId) -> Result<Self, StorageError> {
        let mut tx = in_time(writers.begin_with(DB::BEGIN)).await?;
        let take = sqlx::query_as(
            "insert into counter (user_id, task, conversation, change) values ($1, 0, 0, 1) \
             on conflict (user_id) do update set change = counter.change + 1 \
             returning task, conversation, change",
        );
        let row = in_time(take.bind(&user.0).fetch_one(DB::on(&mut tx))).await?;
        let (task, conversation, change) = row;
        let stored = Counter { task, conversation, change };
        Ok(Self {
            tx,
            health: Health { intact: true },
            user: user.clone(),
            stored,
            given: Counter { change: change - 1, ..stored },
        })
    }

    async fn settle_counter(&mut self) -> Result<(), StorageError> {
        if self.given != self.stored {
            let update = sqlx::query(
                "update counter set task = $2, conversation = $3, change = $4 where user_id = $1",
            )
            .bind(&self.user.0)
            .bind(self.given.task)
            .bind(self.given.conversation)
            .bind(self.given.change);
            self.health.answer(update.execute(DB::on(&mut self.tx))).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl<DB: Dialect> Write for SqlWrite<DB> {
    async fn commit(mut self: Box<Self>) -> Result<(), StorageError> {
        self.health.check()?;
        self.settle_counter().await?;
        in_time(self.tx.commit()).await
    }
}

/// Whether every statement of a unit of work was answered, and without an error.
///
/// Needed because the databases disagree on COMMIT after a failed statement: Postgres rolls back and reports success,
/// SQLite stores the rest. Here both refuse.
struct Health {
    intact: bool,
}

impl Health {
    fn check(&self) -> Result<(), StorageError> {
        if self.intact { Ok(()) } else { Err(StorageError::Broken) }
    }

    async fn answer<T>(
        &mut self,
        statement: impl Future<Output = sqlx::Result<T>>,
    ) -> Result<T, StorageError> {
        self.check()?;
        self.intact = false; // and so it stays if the caller stops waiting for us
        let answer = in_time(statement).await?;
        self.intact = true;
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use std::{future, time::Duration};

    use super::{Health, StorageError};

    #[tokio::test]
    async fn an_abandoned_statement_breaks_the_unit_of_work() {
        let mut health = Health { intact: true };
        health.answer(future::ready(Ok(()))).await.unwrap();
        let statement = health.answer(future::pending::<sqlx::Result<()>>());
        assert!(tokio::time::timeout(Duration::ZERO, statement).await.is_err());
        let next = health.answer(future::ready(Ok(()))).await;
        assert!(matches!(next, Err(StorageError::Broken)));
    }
}

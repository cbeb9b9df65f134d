//! The one implementation for both databases: one SQL text, generic over [`Dialect`].

mod accounts;
mod changes;
mod conversations;
mod dialect;
mod keys;
mod loan;
mod migrate;
mod postgres;
mod rate_limits;
mod settings;
mod sqlite;
mod tags;
mod task_list;
mod task_row;
mod tasks;
mod time;
mod tokens;

use async_trait::async_trait;
use domain::UserId;
use sqlx::Pool;

pub(crate) use self::migrate::{migrate, probe};
use self::{
    dialect::{Dialect, Pools},
    loan::Loan,
};
use crate::{Address, StorageError, Store, Write};

pub(crate) struct SqlStore<DB: Dialect> {
    pools: Pools<DB>,
}

impl<DB: Dialect> SqlStore<DB> {
    pub(crate) async fn open(address: &Address) -> Result<Self, StorageError> {
        Ok(Self { pools: DB::connect(address).await? })
    }

    async fn reader(&self) -> Result<Loan<DB>, StorageError> {
        Loan::of(&self.pools.readers).await
    }

    /// For a write of one statement, which needs no unit of work.
    async fn writer(&self) -> Result<Loan<DB>, StorageError> {
        Loan::of(&self.pools.writers).await
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
    loan: Loan<DB>,
    user: UserId,
    /// What the row says.
    stored: Counter,
    /// What was given out; `commit` brings the row in line.
    given: Counter,
}

impl<DB: Dialect> SqlWrite<DB> {
    /// Counts the change number up at once: most units of work append one change and so need no second statement.
    async fn begin(writers: &Pool<DB>, user: &UserId) -> Result<Self, StorageError> {
        let mut loan = Loan::begin(writers).await?;
        let take = sqlx::query_as(
            "insert into counter (user_id, task, conversation, change) values ($1, 0, 0, 1) \
             on conflict (user_id) do update set change = counter.change + 1 \
             returning task, conversation, change",
        );
        let (task, conversation, change) = loan.one(take.bind(&user.0)).await?;
        let stored = Counter { task, conversation, change };
        Ok(Self {
            loan,
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
            self.loan.execute(update).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl<DB: Dialect> Write for SqlWrite<DB> {
    async fn commit(mut self: Box<Self>) -> Result<(), StorageError> {
        self.settle_counter().await?;
        self.loan.commit().await
    }
}

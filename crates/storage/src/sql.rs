//! The one implementation for both databases: one SQL text, generic over [`Dialect`].

mod accounts;
mod changes;
mod conversations;
mod dialect;
mod feed;
mod idempotency;
mod keys;
mod loan;
mod migrate;
mod outage;
mod postgres;
mod postgres_feed;
mod rate_limits;
mod settings;
mod sqlite;
mod sqlite_feed;
mod tags;
mod task_list;
mod task_row;
mod tasks;
mod time;
mod tokens;
mod upkeep;

use std::sync::Arc;

use async_trait::async_trait;
use domain::{ChangeNumber, UserId};
use tokio::task::JoinSet;

pub(crate) use self::migrate::{migrate, probe};
use self::{
    dialect::{Dialect, Pools},
    loan::Loan,
};
use crate::{Address, Claim, News, Numbers, StorageError, Store, Write, feed::Feed};

pub(crate) struct SqlStore<DB: Dialect> {
    pools: Pools<DB>,
    feed: Arc<Feed>,
    _others: JoinSet<()>,
}

impl<DB: Dialect> SqlStore<DB> {
    /// News of changes comes over `listen`; without it the database is asked.
    pub(crate) async fn open(
        address: &Address,
        listen: Option<Address>,
    ) -> Result<Self, StorageError> {
        let (pools, feed) = (DB::connect(address).await?, Arc::default());
        let others = feed::connect(&feed, &pools.readers, address, listen);
        Ok(Self { pools, feed, _others: others })
    }

    async fn reader(&self) -> Result<Loan<DB>, StorageError> {
        Loan::of(&self.pools.readers).await
    }

    /// For a write of one statement, which needs no unit of work.
    async fn writer(&self) -> Result<Loan<DB>, StorageError> {
        Loan::once(&self.pools.writers).await
    }
}

#[async_trait]
impl<DB: Dialect> Store for SqlStore<DB> {
    async fn begin_giving(
        &self,
        user: &UserId,
        numbers: Numbers,
    ) -> Result<Box<dyn Write>, StorageError> {
        Ok(Box::new(SqlWrite::begin(self, user, numbers).await?))
    }

    fn subscribe(&self, user: &UserId) -> News {
        self.feed.subscribe(user)
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
    feed: Arc<Feed>,
    user: UserId,
    /// What the row says.
    stored: Counter,
    /// What was given out; `commit` brings the row in line.
    given: Counter,
    /// The last change before this unit of work.
    last_change: i64,
    /// The key that goes with it.
    claim: Option<Arc<Claim>>,
}

impl<DB: Dialect> SqlWrite<DB> {
    /// Counts up at once what will be given, so that most units of work need no second statement for it.
    async fn begin(
        store: &SqlStore<DB>,
        user: &UserId,
        numbers: Numbers,
    ) -> Result<Self, StorageError> {
        let mut loan = Loan::begin(&store.pools.writers).await?;
        let take = sqlx::query_as(
            "insert into counter (user_id, task, conversation, change) values ($1, $2, $3, $4) \
             on conflict (user_id) do update set task = counter.task + excluded.task, \
             conversation = counter.conversation + excluded.conversation, \
             change = counter.change + excluded.change returning task, conversation, change",
        );
        let Numbers { tasks, conversations, changes } = numbers;
        let take = take.bind(&user.0).bind(tasks).bind(conversations).bind(changes);
        let (task, conversation, change) = loan.one(take).await?;
        let given = Counter {
            task: task - tasks,
            conversation: conversation - conversations,
            change: change - changes,
        };
        Ok(Self {
            loan,
            feed: store.feed.clone(),
            user: user.clone(),
            stored: Counter { task, conversation, change },
            last_change: given.change,
            given,
            claim: None,
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
        self.loan.commit().await?;
        if self.given.change > self.last_change {
            self.feed.committed(&self.user, ChangeNumber(self.given.change));
        }
        if let Some(claim) = self.claim {
            claim.settled.settle();
        }
        Ok(())
    }
}

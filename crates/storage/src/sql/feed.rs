//! News of changes between processes: what both databases have in common.

use std::{collections::HashMap, sync::Arc, time::Duration};

use domain::{ChangeNumber, UserId};
use sqlx::QueryBuilder;
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

use super::{
    Dialect,
    loan::{Lender, Loan},
};
use crate::{Address, StorageError, feed::Feed};

/// How often the numbers are compared however well news travels: lost news costs so much delay, never a change.
const COMPARED: Duration = Duration::from_secs(15);
/// How often they are compared where no news travels.
const POLLED: Duration = Duration::from_secs(1);
/// The users of one question: a statement has room for many more.
const ASKED_AT_ONCE: usize = 500;

/// The ways to and from other processes, until it is dropped. They cost nothing while nobody listens or writes.
pub(super) fn connect<DB: Dialect>(
    feed: &Arc<Feed>,
    readers: &Lender<DB>,
    address: &Address,
    listen: Option<Address>,
) -> JoinSet<()> {
    let mut ways = JoinSet::new();
    if let Some(announcing) = listen.clone().and_then(|listen| DB::announce(feed, listen)) {
        feed.keep_mail();
        ways.spawn(announcing);
    }
    let others =
        Others { feed: feed.clone(), readers: readers.clone(), address: address.clone(), listen };
    ways.spawn(others.follow());
    ways
}

/// What listening to other processes needs.
pub(crate) struct Others<DB: Dialect> {
    pub feed: Arc<Feed>,
    readers: Lender<DB>,
    pub address: Address,
    /// Where a connection can be had that is ours alone.
    pub listen: Option<Address>,
}

impl<DB: Dialect> Others<DB> {
    async fn follow(self) {
        loop {
            self.feed.somebody().await;
            tokio::select! {
                () = DB::hear(&self) => {}
                () = self.compare_every(COMPARED) => {}
                () = self.feed.nobody() => {}
            }
        }
    }

    /// Instead of hearing anything.
    pub(super) async fn poll(&self) {
        self.compare_every(POLLED).await;
    }

    async fn compare_every(&self, pause: Duration) {
        let mut ticks = interval(pause);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.compare().await;
        }
    }

    /// Asks once for all users with listeners how far their logs are. A database that is away is asked again soon.
    pub(super) async fn compare(&self) {
        for users in self.feed.users().chunks(ASKED_AT_ONCE) {
            let Ok(numbers) = self.numbers(users).await else { return };
            let numbers: HashMap<_, _> = numbers.into_iter().collect();
            for (user, heard) in users {
                let number = ChangeNumber(numbers.get(&user.0).copied().unwrap_or(0));
                // What was heard of was committed before we asked.
                if number < *heard {
                    self.feed.taken_back(user);
                } else {
                    self.feed.tell(user, number);
                }
            }
        }
    }

    async fn numbers(
        &self,
        users: &[(UserId, ChangeNumber)],
    ) -> Result<Vec<(String, i64)>, StorageError> {
        let mut select =
            QueryBuilder::<DB>::new("select user_id, change from counter where user_id in (");
        let mut list = select.separated(", ");
        for (user, _) in users {
            list.push_bind(&user.0);
        }
        select.push(")");
        Loan::of(&self.readers).await?.all(select.build_query_as()).await
    }
}

/// Pauses that grow while something fails.
#[derive(Debug)]
pub(super) struct BackOff {
    pause: Duration,
}

impl BackOff {
    const FIRST: Duration = Duration::from_millis(100);
    const LONGEST: Duration = Duration::from_secs(10);

    pub(super) fn new() -> Self {
        Self { pause: Self::FIRST }
    }

    pub(super) async fn wait(&mut self) {
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(Self::LONGEST);
    }

    /// It worked. Returns whether it had failed.
    pub(super) fn mended(&mut self) -> bool {
        std::mem::replace(&mut self.pause, Self::FIRST) != Self::FIRST
    }

    /// Whether this failure is the first of its row.
    pub(super) fn is_new(&self) -> bool {
        self.pause == Self::FIRST
    }
}

//! News of changes, within a process and between processes: two stores on one database are what two replicas are.

use std::{sync::Arc, time::Duration};

use domain::{ChangeNumber, UserId};
use rstest::rstest;
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};
use storage::{Address, LogRange, News, Store, TakenBack};
use testkit::{Backend, TestDatabase};
use tokio::time::{sleep, timeout};

use crate::{add, created, new_task, store, user};

/// Sooner than numbers are compared anyway: what came in this time was told.
const SOON: Duration = Duration::from_secs(5);

/// Follows a user's log by its last number, as a stream does.
struct Reader {
    store: Arc<dyn Store>,
    news: News,
    user: UserId,
    seen: Vec<i64>,
}

impl Reader {
    fn of(store: &Arc<dyn Store>, user: &UserId) -> Self {
        let (store, user) = (store.clone(), user.clone());
        Self { news: store.subscribe(&user), store, user, seen: Vec::new() }
    }

    async fn reads_to(&mut self, last: i64) {
        while self.seen.last() != Some(&last) {
            let after = ChangeNumber(self.seen.last().copied().unwrap_or(0));
            let log = self.store.changes_after(&self.user, after, 10).await.unwrap().changes;
            if log.is_empty() {
                let news = timeout(SOON, self.news.behind(after)).await;
                news.unwrap_or_else(|_| panic!("no news behind {after} in time")).unwrap();
            }
            self.seen.extend(log.into_iter().map(|change| change.number.0));
        }
        assert!(self.seen.iter().copied().eq(1..=last), "{:?}", self.seen);
    }
}

async fn another(database: &TestDatabase) -> Arc<dyn Store> {
    storage::open(&database.url).await.unwrap()
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn what_one_process_writes_another_hears_of(#[case] backend: Backend) {
    let (here, database) = store(backend).await;
    let there = another(&database).await;
    let (ada, bob) = (user("ada"), user("bob"));
    let mut readers = [&here, &there].map(|store| Reader::of(store, &ada));
    let mut news_of_bob = there.subscribe(&bob);
    for last in 1..=3 {
        add(&*here, &ada, new_task("one")).await.unwrap();
        for reader in &mut readers {
            timeout(Duration::from_secs(2), reader.reads_to(last)).await.unwrap();
        }
    }
    // Nothing appended, and nothing committed, is no news.
    here.begin(&bob).await.unwrap().commit().await.unwrap();
    let task = add(&*there, &ada, new_task("x")).await.unwrap();
    let mut work = here.begin(&bob).await.unwrap();
    work.append_change(created(&task)).await.unwrap();
    drop(work);
    readers[0].reads_to(4).await;
    let silence = timeout(Duration::from_millis(300), news_of_bob.behind(ChangeNumber(0))).await;
    assert!(silence.is_err(), "news of bob, who changed nothing");
}

#[tokio::test]
async fn a_listener_that_is_cut_off_loses_nothing() {
    let (here, database) = store(Backend::Postgres).await;
    let there = another(&database).await;
    let ada = user("ada");
    let mut reader = Reader::of(&there, &ada);
    let mut admin = PgConnection::connect(&database.url).await.unwrap();
    for round in 0..5 {
        add(&*here, &ada, new_task("before")).await.unwrap();
        reader.reads_to(2 * round + 1).await;
        let kill = "select pg_terminate_backend(pid) from pg_stat_activity \
             where datname = current_database() and pid <> pg_backend_pid() \
             and (query ilike 'listen%' or query like '%pg_notify%')";
        let somebody_listened = async {
            while admin.execute(kill).await.unwrap().rows_affected() == 0 {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(SOON, somebody_listened).await.unwrap();
        add(&*here, &ada, new_task("meanwhile")).await.unwrap();
        reader.reads_to(2 * round + 2).await;
    }
}

#[tokio::test]
async fn news_that_was_lost_comes_late() {
    let (here, database) = store(Backend::Postgres).await;
    let there = another(&database).await;
    let ada = user("ada");
    let mut reader = Reader::of(&there, &ada);
    add(&*here, &ada, new_task("told")).await.unwrap();
    reader.reads_to(1).await;
    // As a process leaves it that is killed after its commit, before it tells of it.
    let untold = "insert into change \
            (user_id, number, kind, before, after, source, request_id, created_at) \
            select user_id, 2, kind, before, after, source, request_id, created_at from change; \
         update counter set change = 2";
    PgConnection::connect(&database.url).await.unwrap().execute(untold).await.unwrap();
    let news = timeout(Duration::from_secs(20), reader.news.behind(ChangeNumber(1))).await;
    news.expect("numbers are compared each 15 seconds").unwrap();
    reader.reads_to(2).await;
}

#[tokio::test]
async fn without_a_direct_address_the_database_is_asked() {
    let (here, database) = store(Backend::Postgres).await;
    let there = storage::open_listening(Address::from(&database.url), None).await.unwrap();
    let ada = user("ada");
    let mut reader = Reader::of(&there, &ada);
    for last in 1..=2 {
        add(&*here, &ada, new_task("one")).await.unwrap();
        timeout(Duration::from_secs(2), reader.reads_to(last)).await.unwrap();
    }
}

#[tokio::test]
async fn a_name_longer_than_a_message_is_heard_of_too() {
    let (here, database) = store(Backend::Postgres).await;
    let there = another(&database).await;
    let long = user(&"ada".repeat(2_700));
    let mut reader = Reader::of(&there, &long);
    for last in 1..=2 {
        add(&*here, &long, new_task("one")).await.unwrap();
        reader.reads_to(last).await;
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_see_concurrent_writers_without_a_gap(#[case] backend: Backend) {
    const WRITERS: i64 = 8;
    const EACH: i64 = 15;
    let (here, database) = store(backend).await;
    let there = another(&database).await;
    let ada = user("ada");
    let readers = [&here, &there].map(|store| {
        let mut reader = Reader::of(store, &ada);
        tokio::spawn(async move { reader.reads_to(WRITERS * EACH).await })
    });
    let writers = (0..WRITERS).map(|writer| {
        let store = if writer % 2 == 0 { here.clone() } else { there.clone() };
        let ada = ada.clone();
        tokio::spawn(async move {
            for _ in 0..EACH {
                add(&*store, &ada, new_task("one")).await.unwrap();
            }
        })
    });
    for task in writers.chain(readers).collect::<Vec<_>>() {
        task.await.unwrap();
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_log_knows_its_range(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let ada = user("ada");
    let range = async || store.log_range(&ada).await.unwrap();
    assert_eq!(range().await, LogRange { oldest: None, last: ChangeNumber(0) });
    for _ in 0..2 {
        add(&*store, &ada, new_task("one")).await.unwrap();
    }
    let one_to_two = LogRange { oldest: Some(ChangeNumber(1)), last: ChangeNumber(2) };
    assert_eq!(range().await, one_to_two);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_database_that_was_taken_back_is_noticed(#[case] backend: Backend) {
    let (here, database) = store(backend).await;
    // Numbers are compared once a second, instead of when a connection is new.
    let there = storage::open_listening(Address::from(&database.url), None).await.unwrap();
    let ada = user("ada");
    for _ in 0..3 {
        add(&*here, &ada, new_task("one")).await.unwrap();
    }
    let mut reader = Reader::of(&there, &ada);
    reader.reads_to(3).await;
    reader.news.reached(ChangeNumber(3));
    let restored = "delete from change where number > 1; update counter set change = 1";
    match backend {
        Backend::Sqlite => {
            let mut database = SqliteConnection::connect(&database.url).await.unwrap();
            database.execute(restored).await.unwrap();
        }
        Backend::Postgres => {
            let mut database = PgConnection::connect(&database.url).await.unwrap();
            database.execute(restored).await.unwrap();
        }
    }
    let told = timeout(SOON, reader.news.behind(ChangeNumber(3))).await.unwrap();
    assert_eq!(told, Err(TakenBack));
    let mut reader = Reader { news: there.subscribe(&ada), ..reader };
    reader.seen = vec![1];
    add(&*here, &ada, new_task("two")).await.unwrap();
    reader.reads_to(2).await;
}

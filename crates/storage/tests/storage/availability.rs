//! A Postgres that goes away, behind a proxy that fails when told.

use std::{
    cell::RefCell,
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use domain::TaskNumber;
use rstest::rstest;
use serde_json::Value;
use storage::{Patience, StorageError, Store, with_patience};
use testkit::{Backend, Proxy, TestDatabase};
use tokio::task::JoinSet;

use crate::user;

/// How many connections the store makes at most.
const CONNECTIONS: usize = 16;

/// Asserts that a call says that the database is busy, after at most so many seconds.
async fn busy<T>(seconds: u64, call: impl Future<Output = Result<T, StorageError>>) {
    let start = Instant::now();
    let error = call.await.err().unwrap();
    assert!(matches!(error, StorageError::Busy(_)), "{error:?}");
    let slack = Duration::from_secs(2);
    assert!(start.elapsed() < Duration::from_secs(seconds) + slack, "{:?}", start.elapsed());
}

/// Calls until the database answers.
async fn healed(store: &dyn Store) {
    let start = Instant::now();
    while let Err(error) = store.ready().await {
        assert!(matches!(error, StorageError::Busy(_)), "{error:?}");
        assert!(start.elapsed() < Duration::from_secs(20), "{error:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_away_is_asked_again_by_each_call() {
    let database = TestDatabase::migrated(Backend::Postgres).await;
    let mut proxy = Proxy::to(&database.url).await;
    let store = storage::open(&proxy.url).await.unwrap();
    let ada = user("ada");
    tokio::join!(
        busy(3, store.ready()),
        busy(3, store.task(&ada, TaskNumber(1))),
        busy(3, store.begin(&ada)),
        busy(3, storage::migrate(&proxy.url)),
    );

    proxy.up().await;
    store.ready().await.unwrap();
    let mut work = store.begin(&ada).await.unwrap();

    proxy.down().await;
    busy(3, work.task(TaskNumber(1))).await;
    assert!(matches!(work.commit().await, Err(StorageError::Broken)));
    busy(3, store.ready()).await;

    proxy.up().await;
    healed(&*store).await;
    store.begin(&ada).await.unwrap().commit().await.unwrap();
}

#[tokio::test]
async fn silent_connections_are_not_waited_for() {
    let database = TestDatabase::migrated(Backend::Postgres).await;
    let mut proxy = Proxy::to(&database.url).await;
    proxy.up().await;
    let store = storage::open(&proxy.url).await.unwrap();
    let mut open = Vec::new();
    for number in 0..CONNECTIONS {
        open.push(store.begin(&user(&number.to_string())).await.unwrap());
    }

    proxy.silence();
    let mut calls = JoinSet::new();
    for mut work in open.drain(..CONNECTIONS / 2) {
        calls.spawn(async move { busy(5, work.task(TaskNumber(1))).await });
    }
    for work in open {
        calls.spawn(busy(5, work.commit()));
    }
    calls.join_all().await;

    healed(&*store).await;
    store.begin(&user("ada")).await.unwrap().commit().await.unwrap();
}

/// Has the store make all the connections that it can.
async fn all_connected(store: &dyn Store) {
    let mut open = Vec::new();
    for number in 0..CONNECTIONS {
        open.push(store.begin(&user(&number.to_string())).await.unwrap());
    }
    for work in open {
        work.commit().await.unwrap();
    }
}

#[rstest]
#[case::at_once(Duration::ZERO)]
#[case::within_the_second(Duration::from_millis(500))]
#[case::later(Duration::from_millis(1_500))]
#[tokio::test]
async fn connections_that_died_fail_nobody(#[case] pause: Duration) {
    let database = TestDatabase::migrated(Backend::Postgres).await;
    let mut proxy = Proxy::to(&database.url).await;
    proxy.up().await;
    let store = storage::open(&proxy.url).await.unwrap();
    let ada = user("ada");
    for first in 0..4 {
        all_connected(&*store).await;
        proxy.down().await;
        proxy.up().await;
        tokio::time::sleep(pause).await;
        for round in 0..3 * CONNECTIONS {
            match (first + round) % 4 {
                0 => _ = store.task(&ada, TaskNumber(1)).await.unwrap(),
                1 => store.begin(&ada).await.unwrap().commit().await.unwrap(),
                2 => store.delete_session("nobody's").await.unwrap(),
                _ => store.ready().await.unwrap(),
            }
        }
    }
}

#[tokio::test]
async fn connections_that_died_fail_none_of_many_at_once() {
    let database = TestDatabase::migrated(Backend::Postgres).await;
    let mut proxy = Proxy::to(&database.url).await;
    proxy.up().await;
    let store = storage::open(&proxy.url).await.unwrap();
    for _ in 0..5 {
        all_connected(&*store).await;
        proxy.down().await;
        proxy.up().await;
        let mut calls = JoinSet::new();
        for number in 0..4 * CONNECTIONS {
            let (store, user) = (store.clone(), user(&number.to_string()));
            calls.spawn(async move {
                store.settings(&user).await.unwrap();
                store.begin(&user).await.unwrap().commit().await.unwrap();
                store.delete_session("nobody's").await.unwrap();
            });
        }
        calls.join_all().await;
    }
}

#[tokio::test]
async fn patience_bounds_the_sum_of_slow_statements() {
    let database = TestDatabase::migrated(Backend::Postgres).await;
    let mut proxy = Proxy::to(&database.url).await;
    proxy.up().await;
    let store = storage::open(&proxy.url).await.unwrap();
    let ada = user("ada");
    store.begin(&ada).await.unwrap().commit().await.unwrap();
    proxy.delay(Duration::from_millis(400));
    let work = async {
        loop {
            store.begin(&ada).await?.commit().await?;
        }
    };
    busy::<()>(2, with_patience(Patience::InAll(Duration::from_secs(2)), work)).await;

    let work = async {
        for _ in 0..4 {
            store.begin(&ada).await?.commit().await?;
        }
        Ok::<_, StorageError>(())
    };
    with_patience(Patience::SinceAnswer(Duration::from_secs(2)), work).await.unwrap();
    proxy.pass(1);
    let work = async { store.begin(&ada).await };
    busy(2, with_patience(Patience::SinceAnswer(Duration::from_secs(2)), work)).await;
    proxy.pass_all();
    healed(&*store).await;
}

thread_local! {
    /// What the test on this thread has logged.
    static LOG: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

struct Log;

impl io::Write for Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        LOG.with_borrow_mut(|log| log.write(line))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The level and the message of each line.
fn logged() -> Vec<(String, String)> {
    let text = LOG.with_borrow(|log| String::from_utf8(log.clone()).unwrap());
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    lines.map(|line| (text(&line["level"]), text(&line["fields"]["message"]))).collect()
}

/// Keeps what this test logs from now on. It has one thread, and so its own lines.
fn keep_log() {
    let lines = tracing_subscriber::fmt().json().with_writer(|| Log);
    let _ = lines.try_init(); // another test was faster
    LOG.with_borrow_mut(Vec::clear); // making a database was slow, say
}

/// The log has one outage, and nothing else.
fn assert_told_once() {
    let line = |level: &str, message: &str| (level.to_owned(), message.to_owned());
    let away = line("WARN", "the database cannot be used");
    assert_eq!(logged(), [away, line("INFO", "the database answers again")]);
}

/// What everybody asks fails for everybody.
async fn nobody_is_served(store: &Arc<dyn Store>) {
    let mut calls = JoinSet::new();
    for number in 0..2 * CONNECTIONS {
        let (store, user) = (store.clone(), user(&number.to_string()));
        calls.spawn(async move {
            store.settings(&user).await.unwrap_err();
            store.begin(&user).await.err().unwrap();
        });
    }
    calls.join_all().await;
}

#[tokio::test]
async fn an_outage_is_told_once_and_so_is_its_end() {
    let database = TestDatabase::migrated(Backend::Postgres).await;
    keep_log();
    let mut proxy = Proxy::to(&database.url).await;
    proxy.up().await;
    let store = storage::open(&proxy.url).await.unwrap();
    all_connected(&*store).await;
    let mut work = store.begin(&user("ada")).await.unwrap();
    assert_eq!(logged(), []);

    proxy.down().await;
    work.task(TaskNumber(1)).await.unwrap_err();
    drop(work);
    nobody_is_served(&store).await;
    proxy.up().await;
    healed(&*store).await;
    store.begin(&user("ada")).await.unwrap().commit().await.unwrap();
    assert_told_once();
}

#[tokio::test]
async fn silence_is_told_once_and_so_is_its_end() {
    let database = TestDatabase::migrated(Backend::Postgres).await;
    keep_log();
    let mut proxy = Proxy::to(&database.url).await;
    proxy.up().await;
    let store = storage::open(&proxy.url).await.unwrap();
    all_connected(&*store).await;
    proxy.pass(0);
    nobody_is_served(&store).await;
    proxy.pass_all();
    healed(&*store).await;
    all_connected(&*store).await;
    assert_told_once();
}

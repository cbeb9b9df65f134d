//! A Postgres that goes away, behind a proxy that fails when told.

use std::{
    future,
    net::SocketAddr,
    time::{Duration, Instant},
};

use domain::TaskNumber;
use storage::{StorageError, Store};
use testkit::{Backend, TestDatabase};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
};

use crate::user;

/// How many connections the store makes at most.
const CONNECTIONS: usize = 16;

/// Passes connections on to a server, once it is told to.
struct Proxy {
    url: String,
    address: SocketAddr,
    server: SocketAddr,
    serving: Option<JoinHandle<()>>,
    silence: watch::Sender<()>,
}

impl Proxy {
    /// In front of the server of `url`, and down.
    async fn to(url: &str) -> Self {
        let (start, rest) = url.rsplit_once('@').unwrap();
        let (server, database) = rest.split_once('/').unwrap();
        let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        Self {
            url: format!("{start}@{address}/{database}"),
            address,
            server: server.parse().unwrap(),
            serving: None,
            silence: watch::channel(()).0,
        }
    }

    async fn up(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        let (server, silence) = (self.server, self.silence.clone());
        self.serving = Some(tokio::spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (client, _) = listener.accept().await.unwrap();
                connections.spawn(pass(client, server, silence.subscribe()));
            }
        }));
    }

    /// Ends all connections and refuses more.
    async fn down(&mut self) {
        let serving = self.serving.take().unwrap();
        serving.abort();
        assert!(serving.await.unwrap_err().is_cancelled());
    }

    /// Keeps all connections open and passes nothing more on; new ones work.
    fn silence(&self) {
        self.silence.send_replace(());
    }
}

async fn pass(mut client: TcpStream, server: SocketAddr, mut silence: watch::Receiver<()>) {
    let mut server = TcpStream::connect(server).await.unwrap();
    tokio::select! {
        _ = copy_bidirectional(&mut client, &mut server) => {}
        _ = silence.changed() => future::pending().await,
    }
}

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

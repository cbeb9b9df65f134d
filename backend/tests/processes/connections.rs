//! As many connections as a busy deployment has, all of them busy.

use std::{
    fs,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::body::Body;
use http::Method;
use http_body_util::BodyExt;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::Backend;
use tokio::{
    net::TcpStream,
    sync::{Mutex, Semaphore},
    task::JoinSet,
};

use crate::{
    caller::{Call, Caller},
    crowd::Durable,
    dice::Dice,
    size,
};

const CONNECTIONS: usize = 512;
const USERS: usize = 16;
/// In KiB. At most 63 MiB were seen, of which one password hash at sign-up takes 32 MiB and half of the rest is the program
/// itself, built for debugging. Twice that is still far below what a leak of a request's memory makes of it in 30 s.
const MOST_MEMORY: u64 = 128 << 10;

/// One case at a time: each needs half of the files that a process may have open by default.
static ALONE: Mutex<()> = Mutex::const_new(());

/// What a connection saw.
#[derive(Default)]
struct Told {
    answers: usize,
    slowest: Duration,
}

/// A connection that is kept: it is not opened again when it breaks off.
struct Connection {
    caller: Arc<Caller>,
    requests: SendRequest<Body>,
    host: SocketAddr,
    name: String,
}

impl Connection {
    async fn open(caller: Arc<Caller>, host: SocketAddr, name: String) -> Self {
        let stream =
            TcpStream::connect(host).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        let (requests, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        Self { caller, requests, host, name }
    }

    async fn send(&mut self, method: Method, path: String, body: Value) -> Value {
        let call = Call { id: self.name.clone(), key: None, method, path, body };
        let mut request = self.caller.request(&call);
        *request.uri_mut() = call.path.parse().unwrap();
        let host = self.host.to_string().parse().unwrap();
        request.headers_mut().insert(http::header::HOST, host);
        self.requests.ready().await.unwrap_or_else(|error| panic!("{}: {error}", self.name));
        let answer = self.requests.send_request(request).await;
        let answer = answer.unwrap_or_else(|error| panic!("{call:?}: {error}"));
        let status = answer.status();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        assert!(status.is_success(), "{call:?}: {status} {}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).unwrap_or_default()
    }

    /// Six lists, three new tasks and one completed of ten requests.
    async fn work(mut self, turns: Arc<Semaphore>, end: Instant) -> Told {
        let (mut dice, mut told, mut last) = (Dice::of(&self.name), Told::default(), None);
        while told.answers == 0 || Instant::now() < end {
            let _turn = turns.acquire().await.unwrap();
            let start = Instant::now();
            match (dice.below(10), last.take()) {
                (0..6, _) => {
                    self.send(Method::GET, "/api/tasks?limit=50".to_owned(), Value::Null).await;
                }
                (6, Some(number)) => {
                    let path = format!("/api/tasks/{number}/complete");
                    self.send(Method::POST, path, Value::Null).await;
                }
                _ => {
                    let title = format!("{}.{}", self.name, told.answers);
                    let body = json!({ "title": title, "tags": ["busy"] });
                    let added = self.send(Method::POST, "/api/tasks".to_owned(), body).await;
                    last = added["number"].as_i64();
                }
            }
            told.answers += 1;
            told.slowest = told.slowest.max(start.elapsed());
        }
        told
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_and_twelve_connections_are_served(#[case] backend: Backend) {
    let _alone = ALONE.lock().await;
    let files = told_of("self/limits", "Max open files");
    assert!(files >= 1_024, "{files} open files are too few for this test: `ulimit -n 1024`");
    let database = Durable::start(backend).await;
    let process = database.serve();
    let host: SocketAddr = process.base.strip_prefix("http://").unwrap().parse().unwrap();
    let mut users = Vec::new();
    for user in 0..USERS {
        users.push(Arc::new(Caller::sign_up(&process.base, &format!("user{user}")).await));
    }
    let mut connections = Vec::new();
    for place in 0..CONNECTIONS {
        let (user, name) = (users[place % USERS].clone(), format!("c{place}"));
        connections.push(Connection::open(user, host, name).await);
    }
    let end = Instant::now() + size::busy();
    let turns = Arc::new(Semaphore::new(size::at_once().min(CONNECTIONS)));
    let work: JoinSet<_> =
        connections.into_iter().map(|one| one.work(turns.clone(), end)).collect();
    let told = work.join_all().await;

    let answers: usize = told.iter().map(|told| told.answers).sum();
    let slowest = told.iter().map(|told| told.slowest).max().unwrap();
    let memory = told_of(&format!("{}/status", process.id()), "VmHWM:");
    eprintln!(
        "found: {backend:?}: {CONNECTIONS} connections, {answers} answers, slowest {slowest:.1?}, {} MiB",
        memory >> 10
    );
    assert!(memory < MOST_MEMORY, "{memory} KiB");
}

/// The first number behind a word in a file of `/proc`.
fn told_of(file: &str, word: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{file}")).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(word)).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

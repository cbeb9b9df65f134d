//! The change stream through the processes of a deployment.

use std::time::{Duration, Instant};

use axum::body::Body;
use http::{Request, Response, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::json;
use testkit::{Backend, Process, TestDatabase};
use tokio::time::timeout;

use crate::{ANY_PORT, Http, SECRET, binary, http, post};

/// Less than the 15 s in which numbers are compared anyway.
const SOON: Duration = Duration::from_secs(8);

/// A stream of changes, and what came of it.
pub(crate) struct Stream {
    body: Incoming,
    read: String,
}

impl Stream {
    pub(crate) async fn open(http: &Http, base: &str, cookie: &str, last_event: &str) -> Self {
        let request = Request::get(format!("{base}/api/changes"))
            .header(header::COOKIE, cookie)
            .header(header::ACCEPT, "text/event-stream")
            .header(header::ACCEPT_ENCODING, "gzip, br")
            .header("last-event-id", last_event)
            .body(Body::empty())
            .unwrap();
        let answer: Response<Incoming> = http.request(request).await.unwrap();
        assert_eq!(answer.status(), 200);
        assert!(!answer.headers().contains_key(header::CONTENT_ENCODING));
        assert_eq!(answer.headers()["x-accel-buffering"], "no");
        Self { body: answer.into_body(), read: String::new() }
    }

    /// Whether more came; not at the end.
    pub(crate) async fn more(&mut self) -> bool {
        match timeout(SOON, self.body.frame()).await.expect("nothing came in time") {
            Some(Ok(frame)) => {
                self.read += std::str::from_utf8(frame.data_ref().unwrap()).unwrap();
                true
            }
            _ => false,
        }
    }

    pub(crate) async fn reads_to(&mut self, number: i64) {
        while !self.read.contains(&format!("id: {number}\nevent: change\n")) {
            assert!(self.more().await, "the stream ended: {}", self.read);
        }
    }

    /// The numbers of all changes that came. Half an event is none.
    pub(crate) fn seen(&self) -> Vec<i64> {
        let whole = self.read.rsplit_once("\n\n").map_or("", |(whole, _)| whole);
        let events = whole.split("\n\n").filter(|event| event.contains("event: change"));
        let id = |event: &str| event.strip_prefix("id: ")?.split('\n').next()?.parse().ok();
        events.map(|event| id(event).unwrap()).collect()
    }

    /// Reads to the end, and returns the numbers of all changes.
    async fn numbers(mut self) -> (Vec<i64>, String) {
        while self.more().await {}
        (self.seen(), self.read)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_passes_the_frontend_and_moves_to_another_replica() {
    let database = TestDatabase::migrated(Backend::Postgres).await;
    let settings = [("DATABASE_URL", &*database.url), SECRET, ANY_PORT];
    let [one, two] =
        [(); 2].map(|()| Process::start(&binary("todo-backend"), &["serve"], &settings));
    let [front_one, front_two] = [&one, &two].map(|backend| {
        Process::start(&binary("todo-frontend"), &[], &[("BACKEND_URL", &*backend.base), ANY_PORT])
    });
    let http = http();
    let account = json!({ "name": "ada", "email": "ada@example.com", "password": "correct horse" });
    let answer = post(&http, &front_one.base, "/api/auth/sign-up/email", "", account).await;
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let add = async |base: &str| {
        let added = post(&http, base, "/api/tasks", &cookie, json!({ "title": "x" })).await;
        assert_eq!(added.status(), 201);
    };

    let mut stream = Stream::open(&http, &front_one.base, &cookie, "0").await;
    for (number, base) in [(1, &front_one.base), (2, &front_two.base), (3, &two.base)] {
        add(base).await;
        let start = Instant::now();
        stream.reads_to(number).await;
        assert!(start.elapsed() < Duration::from_secs(2), "{number}: {:?}", start.elapsed());
    }

    // A replica that stops ends its streams at once, with a hint, and the client goes on at the other.
    let start = Instant::now();
    assert_eq!(one.stop(), Some(0));
    assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
    let (seen, text) = stream.numbers().await;
    assert_eq!(seen, [1, 2, 3]);
    assert!(text.trim_end().rsplit('\n').next().unwrap().starts_with("retry: "), "{text}");
    add(&two.base).await;
    let mut stream = Stream::open(&http, &front_two.base, &cookie, "3").await;
    add(&two.base).await;
    stream.reads_to(5).await;

    // A frontend that stops does not wait for its streams, and half an event is none.
    let start = Instant::now();
    assert_eq!(front_two.stop(), Some(0));
    assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
    assert_eq!(stream.numbers().await.0, [4, 5]);
    assert_eq!((front_one.stop(), two.stop()), (Some(0), Some(0)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_on_one_file_hear_of_each_other() {
    let database = TestDatabase::migrated(Backend::Sqlite).await;
    let settings = [("DATABASE_URL", &*database.url), SECRET, ANY_PORT];
    let [one, two] =
        [(); 2].map(|()| Process::start(&binary("todo-backend"), &["serve"], &settings));
    let http = http();
    let account = json!({ "name": "ada", "email": "ada@example.com", "password": "correct horse" });
    let answer = post(&http, &one.base, "/api/auth/sign-up/email", "", account).await;
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let add = async |base: &str| {
        let added = post(&http, base, "/api/tasks", &cookie, json!({ "title": "x" })).await;
        assert_eq!(added.status(), 201);
    };
    let mut stream = Stream::open(&http, &two.base, &cookie, "0").await;
    for (number, base) in [(1, &one.base), (2, &two.base), (3, &one.base)] {
        add(base).await;
        let start = Instant::now();
        stream.reads_to(number).await;
        // The file is looked at once a second.
        assert!(start.elapsed() < Duration::from_secs(3), "{number}: {:?}", start.elapsed());
    }
    drop(one); // kill -9
    add(&two.base).await;
    stream.reads_to(4).await;
    assert_eq!(two.stop(), Some(0));
    assert_eq!(stream.numbers().await.0, [1, 2, 3, 4]);
}

//! The change stream out of the one process, and between two of them over one file.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::{Duration, Instant},
};

use api::{Http, Transport};
use axum::body::Body;
use http::{Request, Response, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::timeout;

/// `todo serve`, until it is forgotten.
struct Todo {
    process: Child,
    base: String,
}

impl Todo {
    fn start(folder: &Path) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_todo"))
            .args(["serve", "--listen=127.0.0.1:0", "--data-dir"])
            .arg(folder)
            .env_clear()
            .env("LOG_FORMAT", "text")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(process.stderr.take().unwrap());
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                let base = line.split_once("open ").and_then(|(_, rest)| rest.split(' ').next());
                if let Some(base) = base {
                    let _ = tell.send(base.to_owned());
                }
            }
        });
        let base = told.recv_timeout(Duration::from_secs(30)).unwrap();
        Self { process, base }
    }

    async fn send(
        &self,
        path: &str,
        token: &str,
        accept: &str,
        body: Option<Value>,
    ) -> Response<Body> {
        let request = Request::builder()
            .method(if body.is_some() { "POST" } else { "GET" })
            .uri(path)
            .header(header::HOST, self.base.trim_start_matches("http://"))
            .header(header::ORIGIN, &self.base)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::ACCEPT, accept)
            .header(header::ACCEPT_ENCODING, "gzip, br")
            .header(header::CONTENT_TYPE, "application/json");
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        Http::new(&self.base).unwrap().send(request.body(body).unwrap()).await.unwrap()
    }
}

impl Drop for Todo {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_of_any_process_come_at_once_and_the_end_does_not_wait() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let (mut one, two) = (Todo::start(&data), Todo::start(&data));
    let account = json!({ "name": "ada", "email": "ada@example.com", "password": "correct horse" });
    let answer = one.send("/api/auth/sign-up/email", "", "*/*", Some(account)).await;
    let answer = answer.into_body().collect().await.unwrap().to_bytes();
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    let token = answer["token"].as_str().unwrap();

    let stream = one.send("/api/changes", token, "text/event-stream", None).await;
    assert_eq!(stream.status(), 200);
    assert!(!stream.headers().contains_key(header::CONTENT_ENCODING));
    let (mut stream, mut read) = (stream.into_body(), String::new());
    for (number, writer) in [(1, &one), (2, &two), (3, &two), (4, &one)] {
        let added = writer.send("/api/tasks", token, "*/*", Some(json!({ "title": "x" }))).await;
        assert_eq!(added.status(), 201);
        let start = Instant::now();
        while !read.contains(&format!("id: {number}\nevent: change\n")) {
            let frame = timeout(Duration::from_secs(8), stream.frame()).await.expect("late");
            let frame = frame.expect("the stream ended").unwrap();
            read += std::str::from_utf8(frame.data_ref().unwrap()).unwrap();
        }
        assert!(start.elapsed() < Duration::from_secs(2), "{number}: {:?}", start.elapsed());
    }

    let start = Instant::now();
    let id = one.process.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    let rest = timeout(Duration::from_secs(8), stream.collect()).await.expect("no end").unwrap();
    let rest = String::from_utf8(rest.to_bytes().to_vec()).unwrap();
    assert!(rest.contains("retry: "), "{rest}");
    assert!(one.process.wait().unwrap().success());
    assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
}

//! `todo-backend` and `todo-frontend` as two processes on Postgres, as a deployment runs them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod caller;
mod commands;
mod connections;
mod crowd;
mod dice;
mod killed;
mod ledger;
mod outages;
mod replicas;
mod size;
mod streams;
mod writer;

use std::path::PathBuf;

use axum::body::Body;
use http::{Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::{Value, json};
use sqlx::{Connection, Executor, PgConnection, Row};
use testkit::{Backend, Process, TestDatabase, ended};

const SECRET: (&str, &str) = ("BETTER_AUTH_SECRET", "0123456789abcdefghijklmnopqrstuvwxyzABCDEF");
const ANY_PORT: (&str, &str) = ("LISTEN", "127.0.0.1:0");

/// A program of the workspace: they lie in one folder.
fn binary(program: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_BIN_EXE_todo-backend")).with_file_name(program);
    assert!(path.exists(), "{program} is not built: run `cargo test --workspace`");
    path
}

type Http = Client<HttpConnector, Body>;

fn http() -> Http {
    Client::builder(TokioExecutor::new()).build_http()
}

async fn text(answer: Response<Incoming>) -> String {
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(body.to_vec()).unwrap()
}

async fn get(http: &Http, uri: &str, cookie: &str) -> (StatusCode, String) {
    let request = Request::get(uri).header(header::COOKIE, cookie).body(Body::empty()).unwrap();
    let answer = http.request(request).await.unwrap();
    (answer.status(), text(answer).await)
}

/// A request as a page of this origin makes it.
async fn post(
    http: &Http,
    base: &str,
    path: &str,
    cookie: &str,
    body: Value,
) -> Response<Incoming> {
    let request = Request::post(format!("{base}{path}"))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ORIGIN, base)
        .header(header::COOKIE, cookie)
        .body(Body::from(body.to_string()))
        .unwrap();
    http.request(request).await.unwrap()
}

#[test]
fn wrong_settings_are_told_together_and_end_it_with_2() {
    let wrong = [("LISTEN", "here"), ("AUTH_SIGN_UP", "maybe"), ("LOG_FORMAT", "xml")];
    let (code, message) = ended(&binary("todo-backend"), &["serve"], &wrong);
    assert_eq!(code, Some(2), "{message}");
    for name in ["LISTEN", "AUTH_SIGN_UP", "LOG_FORMAT", "DATABASE_URL", "BETTER_AUTH_SECRET"] {
        assert!(message.contains(&format!("\n  {name}: ")), "{name}: {message}");
    }
    let wrong = [("LISTEN", "here"), ("BACKEND_URL", "nowhere"), ("TRUSTED_PROXIES", "x")];
    let (code, message) = ended(&binary("todo-frontend"), &[], &wrong);
    assert_eq!(code, Some(2), "{message}");
    for name in ["LISTEN", "BACKEND_URL", "TRUSTED_PROXIES"] {
        assert!(message.contains(&format!("\n  {name}: ")), "{name}: {message}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn smoke_visits_the_application() {
    let database = TestDatabase::migrated(Backend::Postgres).await;
    let settings = [("DATABASE_URL", &*database.url), SECRET, ANY_PORT];
    let backend = Process::start(&binary("todo-backend"), &["serve"], &settings);
    let frontend =
        Process::start(&binary("todo-frontend"), &[], &[("BACKEND_URL", &*backend.base), ANY_PORT]);

    let (code, said) = ended(&binary("todo-backend"), &["smoke", &frontend.base], &[]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(said.lines().count(), 13, "a line a step: {said}");
    let mut users = PgConnection::connect(&database.url).await.unwrap();
    let count = users.fetch_one(r#"select count(*) from "user""#).await.unwrap();
    assert_eq!(count.get::<i64, _>(0), 0, "nobody stays behind");

    // The backend alone has no pages.
    let (code, said) = ended(&binary("todo-backend"), &["smoke", &backend.base], &[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("page: GET / should give 200, gave 404 (request "), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn smoke_goes_by_the_name_that_browsers_use() {
    let database = TestDatabase::migrated(Backend::Postgres).await;
    let name = ("BETTER_AUTH_URL", "https://todo.example.com");
    let settings = [("DATABASE_URL", &*database.url), SECRET, ANY_PORT, name];
    let backend = Process::start(&binary("todo-backend"), &["serve"], &settings);
    let frontend =
        Process::start(&binary("todo-frontend"), &[], &[("BACKEND_URL", &*backend.base), ANY_PORT]);

    let (code, said) =
        ended(&binary("todo-backend"), &["smoke", &frontend.base, "--origin", name.1], &[]);
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = ended(&binary("todo-backend"), &["smoke", &frontend.base], &[]);
    assert_eq!(code, Some(1), "its own name is a stranger's there: {said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_serve_one_application() {
    let database = TestDatabase::empty(Backend::Postgres).await;
    let url = ("DATABASE_URL", &*database.url);
    let backend = Process::start(&binary("todo-backend"), &["serve"], &[url, SECRET, ANY_PORT]);
    let frontend =
        Process::start(&binary("todo-frontend"), &[], &[("BACKEND_URL", &*backend.base), ANY_PORT]);
    let (http, base) = (http(), &*frontend.base);

    // Without the migration it says so; with it, it is ready without a restart.
    let (status, body) = get(&http, &format!("{}/readyz", backend.base), "").await;
    assert_eq!((status.as_u16(), body.contains("not migrated")), (503, true), "{body}");
    let (code, message) = ended(&binary("todo-backend"), &["migrate"], &[url]);
    assert_eq!(code, Some(0), "{message}");
    let (status, body) = get(&http, &format!("{}/readyz", backend.base), "").await;
    assert_eq!(status, 200, "{body}");

    let account = |name: &str| json!({ "name": name, "email": format!("{name}@example.com"), "password": "correct horse" });
    let sign_up = async |name: &str| {
        let answer = post(&http, base, "/api/auth/sign-up/email", "", account(name)).await;
        assert_eq!(answer.status(), 200);
        let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    };
    let (ada, bob) = (sign_up("ada").await, sign_up("bob").await);
    let added = post(&http, base, "/api/tasks", &ada, json!({ "title": "<b>pay rent</b>" })).await;
    assert_eq!(added.status(), 201);
    let (status, page) = get(&http, &format!("{base}/all"), &ada).await;
    assert_eq!(status, 200);
    assert!(page.contains("pay rent") && !page.contains("<b>pay rent"), "{page}");
    let (_, page) = get(&http, &format!("{base}/all"), &bob).await;
    assert!(!page.contains("pay rent"), "a second user sees nothing of the first");

    // 64 connections at once, through both processes.
    let callers = (0..64).map(|caller| {
        let (base, ada) = (base.to_owned(), ada.clone());
        tokio::spawn(async move {
            let http = self::http();
            let body = json!({ "title": format!("caller {caller}") });
            let added = post(&http, &base, "/api/tasks", &ada, body).await;
            assert_eq!(added.status(), 201, "{}", text(added).await);
            assert_eq!(get(&http, &format!("{base}/all"), &ada).await.0, 200);
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }
    let (_, tasks) = get(&http, &format!("{base}/api/tasks"), &ada).await;
    assert_eq!(serde_json::from_str::<Vec<Value>>(&tasks).unwrap().len(), 65);

    // Told to stop, both end well; what was acknowledged is there for the next process.
    let address = backend.base.strip_prefix("http://").unwrap().to_owned();
    assert_eq!(backend.stop(), Some(0));
    let (status, _) = get(&http, &format!("{base}/api/tasks"), &ada).await;
    assert_eq!(status, 502, "the backend is away");
    assert_eq!(get(&http, &format!("{base}/healthz"), "").await.0, 200);
    let same_port = ("LISTEN", &*address);
    let backend = Process::start(&binary("todo-backend"), &["serve"], &[url, SECRET, same_port]);
    let (status, tasks) = get(&http, &format!("{base}/api/tasks"), &ada).await;
    assert_eq!(status, 200, "{tasks}");
    assert_eq!(serde_json::from_str::<Vec<Value>>(&tasks).unwrap().len(), 65);
    assert_eq!((frontend.stop(), backend.stop()), (Some(0), Some(0)));
}

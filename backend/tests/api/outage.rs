//! A database that stops: every operation says so in time, and service comes back by itself.

use std::time::{Duration, Instant};

use axum::body::Body;
use http::Method;
use serde_json::{Value, json};
use sqlx::{Connection, Executor, SqliteConnection};
use testkit::{Backend, PostgresServer, TestDatabase};
use tokio::task::JoinSet;

use crate::{
    support::{Answer, JSON, TestApp, User},
    walk::{Owned, fixture, guarded},
};

/// How long a caller may be left without an answer.
const PATIENCE: Duration = Duration::from_secs(8);

/// What `/api/auth` asks the database for.
fn sign_in_operations() -> Vec<(Method, &'static str, Value)> {
    let account = json!({ "name": "new", "email": "new@example.com", "password": "correct horse" });
    vec![
        (Method::POST, "/api/auth/sign-up/email", account.clone()),
        (Method::POST, "/api/auth/sign-in/email", account),
        (Method::GET, "/api/auth/get-session", Value::Null),
        (Method::POST, "/api/auth/sign-out", Value::Null),
        (Method::POST, "/api/auth/delete-user", json!({ "password": "correct horse" })),
    ]
}

/// Sends every operation of the document, and those of sign-in, at once; each is answered in time.
async fn everything(owned: &Owned) -> Vec<(String, Answer)> {
    let mut calls = JoinSet::new();
    let mut call = |method: Method, path: String, body: Value, user: User| {
        calls.spawn(async move {
            let start = Instant::now();
            let headers: &[_] = if body.is_null() { &[] } else { &[JSON] };
            let sent = if body.is_null() { Body::empty() } else { body.to_string().into() };
            let answer = user.send(method.clone(), &path, headers, sent).await;
            assert!(start.elapsed() < PATIENCE, "{method} {path} took {:?}", start.elapsed());
            (format!("{method} {path}"), answer)
        });
    };
    for operation in guarded().0 {
        let (path, body, _) = fixture(&operation, owned);
        call(operation.method, path, body, owned.user.clone());
    }
    for (method, path, body) in sign_in_operations() {
        call(method, path.to_owned(), body, owned.user.clone());
    }
    calls.join_all().await
}

/// Everything says that the database is away, but the process says that it lives.
async fn is_away(app: &TestApp, owned: &Owned) {
    for (name, answer) in everything(owned).await {
        assert_eq!(answer.status, 503, "{name}: {}", answer.json);
        assert_eq!(answer.header("retry-after"), "1", "{name}");
    }
    let nobody = app.nobody();
    assert_eq!(nobody.get("/healthz").await.status, 200);
    let ready = nobody.get("/readyz").await;
    assert_eq!((ready.status, &ready.json["status"]), (503, &"database unreachable".into()));
    assert_eq!(nobody.get("/health").await.json["database"], "unreachable");
    assert_eq!(nobody.get("/api/version").await.status, 200);
}

/// Waits until service is back, and looks whether all is as it was.
async fn is_back(app: &TestApp, owned: &Owned, before: &[Value]) {
    let start = Instant::now();
    while app.nobody().get("/readyz").await.status != 200
        || owned.user.get("/api/tasks").await.status != 200
    {
        assert!(start.elapsed() < Duration::from_secs(20), "service does not come back");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(owned.all().await, before);
    assert_eq!(owned.user.post("/api/tasks/1/complete", Value::Null).await.status, 200);
    owned.user.post("/api/tasks/1/reopen", Value::Null).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_stops_or_falls_silent_and_comes_back() {
    let mut server = PostgresServer::start().await;
    storage::migrate(&server.url()).await.unwrap();
    let app = TestApp::over(TestDatabase::at(&server.url())).await;
    let owned = Owned::by(app.user("owner").await).await;

    let before = owned.all().await;
    server.stop();
    is_away(&app, &owned).await;
    server.start_again().await;
    is_back(&app, &owned, &before).await;

    let before = owned.all().await;
    server.freeze();
    is_away(&app, &owned).await;
    server.thaw();
    is_back(&app, &owned, &before).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_file_keeps_writers_out_and_readers_in() {
    let database = TestDatabase::migrated(Backend::Sqlite).await;
    let mut other = SqliteConnection::connect(&database.url).await.unwrap();
    let app = TestApp::over(database).await;
    let owned = Owned::by(app.user("owner").await).await;
    let before = owned.all().await;

    other.execute("begin immediate").await.unwrap();
    for (name, answer) in everything(&owned).await {
        if name.starts_with("GET") {
            assert_eq!(answer.status, 200, "{name}: {}", answer.json);
        } else if answer.status >= 400 && !name.contains("sign-in") {
            assert_eq!(answer.status, 503, "{name}: {}", answer.json);
            assert_eq!(answer.header("retry-after"), "1", "{name}");
        }
        assert_eq!(answer.header("x-change-number"), "", "{name}");
    }
    assert_eq!(app.nobody().get("/readyz").await.status, 200);
    other.execute("rollback").await.unwrap();
    is_back(&app, &owned, &before).await;
}

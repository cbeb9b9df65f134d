//! What ends a stream of `/api/changes`, what it outlives, and what a client finds that comes again.

use std::time::Duration;

use axum::body::Body;
use http::Method;
use jiff::ToSpan;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::{Backend, PostgresServer, TestDatabase};
use tokio::time::sleep;

use crate::{
    events::Events,
    support::{Answer, TestApp, User},
};

const CHANGES: &str = "/api/changes";

async fn from_start(user: &User) -> Events {
    user.stream("/api/changes?after=0", &[]).await
}

async fn refused(user: &User, last_event: &str) -> Answer {
    let headers = [("accept", "text/event-stream"), ("last-event-id", last_event)];
    user.send(Method::GET, CHANGES, &headers, Body::empty()).await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn it_ends_with_whatever_opened_it(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let ada = app.user("ada").await;
    ada.add("one").await;
    let body = json!({ "name": "script", "scope": "read" });
    let token = ada.post("/api/tokens", body).await.json;
    let jwt = ada.get("/api/auth/token").await.json["token"].clone();
    let callers = [
        ada.with_token(token["token"].as_str().unwrap()),
        app.signed_in("ada").await,
        ada.with_token(jwt.as_str().unwrap()),
    ];
    let mut streams = Vec::new();
    for caller in [&callers[0], &callers[1], &callers[2], &ada] {
        let mut stream = from_start(caller).await;
        assert_eq!(stream.numbers(1).await, [1]);
        streams.push(stream);
    }
    let (mut stays, by_jwt) = (streams.pop().unwrap(), streams.pop().unwrap());
    let (by_session, by_token) = (streams.pop().unwrap(), streams.pop().unwrap());

    let path = format!("/api/tokens/{}", token["id"].as_str().unwrap());
    assert_eq!(ada.delete(&path).await.status, 204);
    by_token.rest().await;
    // From another device.
    let revoked =
        ada.post("/api/auth/revoke-session", json!({ "token": callers[1].token() })).await;
    assert_eq!(revoked.status, 200, "{:?}", revoked.json);
    by_session.rest().await;
    app.wait(16.minutes());
    by_jwt.rest().await;
    ada.add("two").await;
    assert_eq!(stays.numbers(1).await, [2]);
    for caller in callers {
        assert_eq!(refused(&caller, "1").await.status, 401);
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_reminder_arrives(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let there = app.replica().await;
    let user = app.user("ada").await;
    user.post("/api/tasks", json!({ "title": "call", "remind_at": "2026-11-23T10:05:00Z" })).await;
    let mut stream = user.stream("/api/changes?after=1", &[]).await;
    app.wait(5.minutes());
    backend::run_background_once(there.app()).await;
    let event = stream.event().await.unwrap();
    assert_eq!((&*event.id, &event.data["kind"]), ("2", &json!("task.reminded")));
    assert_eq!(event.data["after"]["tasks"][0]["title"], "call");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_falls_behind_what_is_kept_ends(#[case] backend: Backend) {
    const WRITTEN: usize = 700;
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let description = "x".repeat(10_000);
    let added = user.post("/api/tasks", json!({ "title": "x", "description": description })).await;
    assert_eq!(added.change(), 1);
    // The client reads nothing, and more is written than its connection holds.
    let stream = from_start(&user).await;
    for round in 1..WRITTEN {
        user.patch("/api/tasks/1", json!({ "title": round.to_string() })).await;
    }
    sleep(Duration::from_millis(500)).await; // it has read as far ahead as it does
    app.sql(&format!("delete from change where number < {WRITTEN}")).await;
    let seen = stream.rest().await;
    let last = seen.iter().rfind(|event| event.name == "change").unwrap();
    assert!(last.id.parse::<usize>().unwrap() < WRITTEN - 1, "it was not far behind");
    let gone = refused(&user, &last.id).await;
    assert_eq!((gone.status, &gone.json["code"]), (410, &json!("changes_gone")));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn what_cannot_be_read_ends_it(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    user.add("one").await;
    app.sql(r#"update change set after = '{"tasks": 7}'"#).await;
    assert_eq!(from_start(&user).await.rest().await.len(), 1, "the hint of the beginning alone");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn so_many_and_no_more(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    let mut streams = Vec::new();
    for _ in 0..100 {
        streams.push(ada.stream(CHANGES, &[]).await);
    }
    let full = refused(&ada, "0").await;
    assert_eq!((full.status, &full.json["code"]), (429, &json!("too_many_streams")));
    assert_eq!(full.header("retry-after"), "10");
    from_start(&bob).await;
    drop(streams.pop());
    let mut tries = 0;
    while refused_at_all(&ada).await {
        tries += 1;
        assert!(tries < 50, "the one that was closed still counts");
        sleep(Duration::from_millis(100)).await;
    }
}

/// A number that nobody has seen: a stream that had room is refused for that.
async fn refused_at_all(user: &User) -> bool {
    match refused(user, "9").await.status {
        429 => true,
        status => {
            assert_eq!(status, 410);
            false
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_goes_on_when_the_database_comes_back() {
    let mut server = PostgresServer::start().await;
    storage::migrate(&server.url()).await.unwrap();
    let app = TestApp::over(TestDatabase::at(&server.url())).await;
    let other = app.replica().await;
    let user = app.user("ada").await;
    user.add("before").await;
    let mut stream = from_start(&user).await;
    assert_eq!(stream.numbers(1).await, [1]);
    server.stop();
    assert_eq!(user.get("/api/tasks").await.status, 503);
    server.start_again().await;
    let elsewhere = user.moved_to(&other);
    let mut written = 0;
    while written < 3 {
        let added = elsewhere.post("/api/tasks", json!({ "title": "meanwhile" })).await;
        match added.status {
            201 => written += 1,
            status => assert_eq!((status, &added.json["code"]), (503, &Value::from("unavailable"))),
        }
    }
    assert_eq!(stream.numbers(3).await, [2, 3, 4]);
}

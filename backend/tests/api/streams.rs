//! `/api/changes` as a stream.

use std::time::{Duration, Instant};

use axum::body::Body;
use http::Method;
use jiff::ToSpan;
use rstest::rstest;
use serde_json::json;
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};
use testkit::Backend;
use tokio::time::{sleep, timeout};

use crate::support::{Answer, TestApp, User};

const CHANGES: &str = "/api/changes";

/// What a request for a stream is refused with.
async fn refused(user: &User, path: &str, last_event: &str) -> Answer {
    let headers = [("accept", "text/event-stream"), ("last-event-id", last_event)];
    user.send(Method::GET, path, &headers, Body::empty()).await
}

/// Deletes the oldest entries of every log, as retention does.
async fn forget(app: &TestApp, up_to: i64) {
    let url = app.database_url();
    let delete = sqlx::query("delete from change where number <= $1");
    if url.starts_with("sqlite") {
        let mut database = SqliteConnection::connect(url).await.unwrap();
        database.execute(delete.bind(up_to)).await.unwrap();
    } else {
        let mut database = PgConnection::connect(url).await.unwrap();
        let delete = sqlx::query("delete from change where number <= $1");
        database.execute(delete.bind(up_to)).await.unwrap();
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_stream_says_what_the_list_says(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let (user, other) = (app.user("ada").await, app.user("bob").await);
    user.add("before").await;
    let mut now = user.stream(CHANGES, &[]).await;
    for (name, value) in [
        ("content-type", "text/event-stream"),
        ("cache-control", "no-store, no-transform"),
        ("x-accel-buffering", "no"),
    ] {
        assert_eq!(now.headers[name], value);
    }
    assert_eq!(now.any().await.unwrap().retry, Some(2_000));
    let start = now.event().await.unwrap();
    assert_eq!((&*start.name, &*start.id, start.data), ("start", "1", json!({ "number": 1 })));
    let mut all = user.stream("/api/changes?after=0", &[]).await;
    assert_eq!(all.numbers(1).await, [1]);

    other.add("nobody else's business").await;
    user.post("/api/tasks", json!({ "title": "<b>", "description": "two\n\nlines" })).await;
    let log = user.get(CHANGES).await.json;
    for stream in [&mut now, &mut all] {
        let event = stream.event().await.unwrap();
        assert_eq!((&*event.id, &*event.name, &event.data), ("2", "change", &log[1]));
    }
    user.delete("/api/tasks/1").await;
    assert_eq!((now.numbers(1).await, all.numbers(1).await), (vec![3], vec![3]));
    while !now.any().await.unwrap().is_comment {}
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_stream_resumes_behind_the_last_event(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    for _ in 0..45 {
        user.add("more than two pages").await;
    }
    let mut stream = user.stream("/api/changes?after=2", &[("last-event-id", "4")]).await;
    assert_eq!(stream.any().await.unwrap().retry, Some(2_000));
    assert!(stream.numbers(41).await.into_iter().eq(5..=45), "the header wins");
    let mut stream = user.stream("/api/changes?after=45", &[]).await;
    user.add("one").await;
    assert_eq!(stream.numbers(1).await, [46]);
    for (path, last_event, field) in [
        ("/api/changes?after=x", "", "after"),
        ("/api/changes?limit=5", "", "limit"),
        (CHANGES, "x", "Last-Event-ID"),
        (CHANGES, "-1", "Last-Event-ID"),
    ] {
        let wrong = refused(&user, path, last_event).await;
        assert_eq!((wrong.status, &wrong.json["errors"][0]["field"]), (422, &field.into()));
    }
    assert_eq!(refused(&app.nobody(), CHANGES, "").await.status, 401);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn what_the_log_lacks_is_gone(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    for _ in 0..5 {
        user.add("task").await;
    }
    forget(&app, 3).await;
    for after in [0, 2, 6] {
        let path = format!("/api/changes?after={after}");
        let of_a_task = user.get(&format!("{path}&task=5")).await;
        for gone in [user.get(&path).await, refused(&user, &path, "").await, of_a_task] {
            assert_eq!((gone.status, &gone.json["code"]), (410, &"changes_gone".into()), "{after}");
            let detail = gone.json["detail"].as_str().unwrap();
            assert!(detail.contains("the oldest that is kept is 4, the last is 5"), "{detail}");
        }
    }
    assert_eq!(refused(&user, CHANGES, "2").await.status, 410);
    let log = user.get(CHANGES).await.json;
    assert_eq!((&log[0]["number"], log.as_array().unwrap().len()), (&4.into(), 2));
    assert_eq!(user.get("/api/changes?after=3").await.json, log);
    assert_eq!(user.get("/api/changes?after=3&task=5").await.json, json!([log[1]]));
    assert_eq!(user.get("/api/changes?task=1").await.json, json!([]), "as far back as it goes");
    assert_eq!(user.get("/api/changes?after=5").await.json, json!([]));
    forget(&app, 5).await;
    assert_eq!(user.get("/api/changes?after=4").await.status, 410);
    assert_eq!(user.get(CHANGES).await.json, json!([]));
    let mut stream = user.stream("/api/changes?after=5", &[]).await;
    user.add("task").await;
    assert_eq!(stream.numbers(1).await, [6]);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_stream_ends_with_its_session(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let (ada, bob, eve) = (app.user("ada").await, app.user("bob").await, app.user("eve").await);
    let streams = [&ada, &ada, &bob, &eve].map(|user| user.stream(CHANGES, &[]));
    let [one, two, of_bob, of_eve] = streams;
    let (one, two, of_bob, mut of_eve) = tokio::join!(one, two, of_bob, of_eve);
    ada.post("/api/auth/sign-out", json!({})).await;
    one.rest().await;
    two.rest().await;
    let deleted = bob.post("/api/auth/delete-user", json!({ "password": "correct horse" })).await;
    assert_eq!(deleted.status, 200, "{:?}", deleted.json);
    of_bob.rest().await;
    eve.add("still there").await;
    of_eve.event().await.unwrap();
    assert_eq!(of_eve.numbers(1).await, [1]);
    app.wait((8 * 24).hours());
    of_eve.rest().await;
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn an_open_stream_does_not_prolong_its_session(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let stream = user.stream(CHANGES, &[]).await;
    for _ in 0..4 {
        app.wait(48.hours());
        sleep(Duration::from_millis(600)).await;
    }
    stream.rest().await;
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_stops_costs_no_event(#[case] backend: Backend) {
    const CHANGES_MADE: i64 = 120;
    let here = TestApp::start(backend).await;
    let there = here.replica().await;
    let user = here.user("ada").await;
    let at_there = user.moved_to(&there);
    let mut stream = at_there.stream("/api/changes?after=0", &[]).await;
    let writers = [user.clone(), at_there.clone()].map(|user| {
        tokio::spawn(async move {
            for _ in 0..CHANGES_MADE / 2 {
                let mut added = user.post("/api/tasks", json!({ "title": "x" })).await;
                while added.status == 503 {
                    added = user.post("/api/tasks", json!({ "title": "x" })).await;
                }
            }
        })
    });
    let mut seen = stream.numbers(20).await;
    let [first, second] = writers;
    second.await.unwrap(); // what is asked of it is answered before it goes
    there.stop();
    let rest = stream.rest().await;
    assert!(rest.last().unwrap().retry.is_some(), "the last word is when to come again");
    let rest = rest.iter().filter(|event| event.name == "change");
    seen.extend(rest.map(|event| event.id.parse::<i64>().unwrap()));

    let last = seen.last().unwrap().to_string();
    let mut stream = user.stream(CHANGES, &[("last-event-id", &last)]).await;
    let left = usize::try_from(CHANGES_MADE).unwrap() - seen.len();
    seen.extend(stream.numbers(left).await);
    first.await.unwrap();
    assert!(seen.into_iter().eq(1..=CHANGES_MADE));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_streams_hear_what_another_replica_writes(#[case] backend: Backend) {
    const STREAMS: usize = 64;
    const WRITTEN: usize = 10;
    let here = TestApp::start(backend).await;
    let there = here.replica().await;
    let user = here.user("ada").await;
    let at_there = user.moved_to(&there);
    let mut readers = Vec::new();
    for _ in 0..STREAMS {
        let mut stream = at_there.stream("/api/changes?after=0", &[]).await;
        readers.push(tokio::spawn(async move { stream.numbers(WRITTEN + 1).await }));
    }
    for _ in 0..WRITTEN {
        user.add("x").await;
    }
    sleep(Duration::from_millis(300)).await;
    let start = Instant::now();
    user.add("the last").await;
    for reader in readers {
        assert!(reader.await.unwrap().into_iter().eq(1..=11));
    }
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_client_loses_nothing(#[case] backend: Backend) {
    const WRITTEN: i64 = 100;
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let mut stream = user.stream(CHANGES, &[]).await;
    stream.event().await.unwrap();
    // More than the buffers of the connection hold.
    let long = "x".repeat(10_000);
    let body = json!({ "title": "x", "description": long });
    let mut added = user.post("/api/tasks", body).await;
    for round in 1..WRITTEN {
        added = user.patch("/api/tasks/1", json!({ "title": round.to_string() })).await;
    }
    assert_eq!(added.change(), WRITTEN);
    let seen = timeout(Duration::from_secs(20), stream.numbers(100)).await.unwrap();
    assert!(seen.into_iter().eq(1..=WRITTEN));
}

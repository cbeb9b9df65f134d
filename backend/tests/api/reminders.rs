//! Reminders, as the work in the background gives them.

use axum::body::Body;
use http::Method;
use jiff::ToSpan;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::Backend;

use crate::support::{JSON, TestApp};

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_is_given_once_over_all_replicas(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    for name in ["ada", "bob"] {
        let user = app.user(name).await;
        for minute in 1..=20 {
            let body =
                json!({ "title": "call", "remind_at": format!("2026-11-23T10:{minute:02}:00Z") });
            assert_eq!(user.post("/api/tasks", body).await.status, 201);
        }
        user.post("/api/tasks/1/complete", json!({})).await;
        user.patch("/api/tasks/2", json!({ "remind_at": null })).await;
    }
    let replicas = [app.service().await, app.service().await];
    let due = async || {
        let [one, other] = &replicas;
        let (one, other) =
            tokio::join!(service::remind_due(one, 100), service::remind_due(other, 100));
        one.unwrap() + other.unwrap()
    };
    assert_eq!(due().await, 0);
    app.wait(10.minutes());
    assert_eq!(due().await, 2 * 8, "not the done ones, not the cleared ones, not those to come");
    assert_eq!(due().await, 0);
    app.wait(10.minutes());
    assert_eq!(service::remind_due(&replicas[0], 5).await.unwrap(), 5);
    assert_eq!(due().await, 15);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_reminder_is_logged_and_in_nobodys_way(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let body =
        json!({ "title": "call", "due_date": "2026-11-24", "remind_at": "2026-11-23T10:05:00Z" });
    let added = user.post("/api/tasks", body).await;
    let edited = user.patch("/api/tasks/1", json!({ "title": "call mom" })).await;
    let etag = edited.header("etag").to_owned();
    app.wait(5.minutes());
    let replica = app.service().await;
    assert_eq!(service::remind_due(&replica, 10).await.unwrap(), 1);

    let log = user.get("/api/changes?after=2").await.json;
    assert_eq!((&log[0]["kind"], &log[0]["source"]), (&"task.reminded".into(), &"system".into()));
    assert_eq!(log[0]["after"]["tasks"][0]["title"], "call mom");
    let refused = user.post("/api/changes/3/undo", json!({})).await;
    assert_eq!((refused.status, &refused.json["changes"]), (409, &Value::Null));
    assert_eq!(refused.json["detail"], "a reminder that was given cannot be taken back");

    // Who has seen the task before may still write, and every other change can be taken back.
    assert_eq!(user.get("/api/tasks/1").await.header("etag"), etag);
    let headers = [JSON, ("if-match", &*etag)];
    let body = Body::from(r#"{"priority":1}"#);
    let written = user.send(Method::PATCH, "/api/tasks/1", &headers, body).await;
    assert_eq!(written.status, 200);
    for change in [written.change(), edited.change()] {
        assert_eq!(user.post(&format!("/api/changes/{change}/undo"), json!({})).await.status, 200);
        assert_eq!(service::remind_due(&replica, 10).await.unwrap(), 0, "once is enough");
    }
    assert_eq!(
        user.post(&format!("/api/changes/{}/undo", added.change()), json!({})).await.status,
        200
    );
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn only_a_later_time_reminds_again(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let body =
        json!({ "title": "call", "due_date": "2026-11-24", "remind_at": "2026-11-23T10:05:00Z" });
    user.post("/api/tasks", body).await;
    app.wait(5.minutes());
    let replica = app.service().await;
    let given = async |patch: Value| {
        assert_eq!(user.patch("/api/tasks/1", patch).await.status, 200);
        service::remind_due(&replica, 10).await.unwrap()
    };
    assert_eq!(given(json!({ "title": "now" })).await, 1);
    assert_eq!(
        given(json!({ "due_date": "2026-11-30" })).await,
        0,
        "the reminder stays where it is"
    );
    assert_eq!(user.get("/api/tasks/1").await.json["remind_at"], "2026-11-23T10:05:00.000000Z");
    assert_eq!(given(json!({ "remind_at": "2026-11-23T10:04:00Z" })).await, 0);
    assert_eq!(given(json!({ "remind_at": "2026-11-23T10:30:00Z" })).await, 0);
    app.wait(30.minutes());
    assert_eq!(given(json!({ "completed": true })).await, 0);
    assert_eq!(given(json!({ "completed": false })).await, 1);
}

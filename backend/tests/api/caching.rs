//! `ETag` and `If-None-Match`.

use rstest::rstest;
use serde_json::{Value, json};
use testkit::Backend;

use crate::support::TestApp;

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn one_task_is_known_by_its_version(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    user.add("one").await;
    let task = user.get("/api/tasks/1").await;
    assert_eq!(task.header("etag"), "\"1\"");
    assert_eq!(task.header("cache-control"), "private, no-cache");
    assert!(task.header("vary").contains("cookie"), "another user must not be shown it");
    for tag in ["\"1\"", "W/\"1\"", "\"7\", \"1\"", "*"] {
        let same = user.get_if_changed("/api/tasks/1", tag).await;
        assert_eq!((same.status, same.header("etag"), &same.json), (304, "\"1\"", &Value::Null));
    }
    assert_eq!(user.get_if_changed("/api/tasks/1", "\"2\"").await.status, 200);
    user.patch("/api/tasks/1", json!({ "title": "new" })).await;
    assert_eq!(user.get_if_changed("/api/tasks/1", "\"1\"").await.header("etag"), "\"2\"");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn lists_are_known_by_the_last_change(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    for path in ["/api/tasks", "/api/tasks?status=pending&count=true", "/api/tags"] {
        // Also of an empty list, and of a user who has never written.
        let mut seen: Vec<String> = Vec::new();
        for step in 0..3 {
            let list = user.get(path).await;
            let tag = list.header("etag").to_owned();
            assert!(tag.starts_with("W/\""), "{path} {step}: {tag}");
            assert_eq!(list.header("cache-control"), "private, no-cache");
            assert_eq!(user.get_if_changed(path, &tag).await.status, 304, "{path} {step}");
            for old in &seen {
                let changed = user.get_if_changed(path, old).await;
                assert_eq!((changed.status, changed.header("etag")), (200, &*tag), "{path} {step}");
                assert_eq!(changed.json, list.json);
            }
            seen.push(tag);
            let body = json!({ "title": "x", "tags": [format!("{step}")] });
            user.post("/api/tasks", body).await;
        }
    }
    let tag = user.get("/api/tasks").await.header("etag").to_owned();
    for other in ["/api/tasks?status=all", "/api/tags"] {
        assert_eq!(user.get_if_changed(other, &tag).await.status, 200, "{other}");
    }
    let elsewhere = user.in_zone("Asia/Tokyo");
    assert_eq!(elsewhere.get_if_changed("/api/tasks", &tag).await.status, 200);
    // Two users of one browser, each with as many changes.
    let (bob, eve) = (app.user("bob").await, app.user("eve").await);
    let tag = bob.get("/api/tasks").await.header("etag").to_owned();
    assert_eq!(eve.get_if_changed("/api/tasks", &tag).await.status, 200);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn what_midnight_changes_is_not_known_by_a_change(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    user.post("/api/tasks", json!({ "title": "x", "due_date": "2026-11-23" })).await;
    for query in ["due=today", "due=week", "due=overdue", "overdue=true", "due=none"] {
        let list = user.get(&format!("/api/tasks?{query}")).await;
        assert_eq!((list.status, list.header("etag")), (200, ""), "{query}");
        let asked = user.get_if_changed(&format!("/api/tasks?{query}"), "*").await;
        assert_eq!(asked.status, 200, "{query}");
    }
}

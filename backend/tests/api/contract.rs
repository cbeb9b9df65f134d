//! What the document promises of writes, tried on every one of them.

use axum::body::Body;
use http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::Backend;

use crate::{
    support::{JSON, TestApp},
    walk::{Operation, Owned, fixture, guarded},
};

/// All operations that may write.
pub(crate) fn writes() -> Vec<Operation> {
    guarded().0.into_iter().filter(|operation| !operation.method.is_safe()).collect()
}

/// A request of the owner's that changes something, as far as the operation can.
pub(crate) async fn prepared(operation: &Operation, owned: &Owned) -> (String, Value) {
    let (path, body, _) = fixture(operation, owned);
    match &*operation.name() {
        "POST /api/tasks/{id}/reopen" => {
            let complete = path.replace("/reopen", "/complete");
            assert_eq!(owned.user.post(&complete, Value::Null).await.status, 200);
            (path, body)
        }
        "POST /api/tags" => (path, json!({ "name": "another" })),
        "POST /api/import" => (path, json!([{ "title": "from elsewhere" }])),
        _ => (path, body),
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn every_logged_write_names_its_change(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let mut unlogged = Vec::new();
    for (place, operation) in writes().into_iter().enumerate() {
        let owned = Owned::by(app.user(&format!("user{place}")).await).await;
        let (path, body) = prepared(&operation, &owned).await;
        let last = async || {
            let log = owned.user.get("/api/changes").await.json;
            log.as_array().unwrap().len().to_string()
        };
        let (before, name) = (last().await, operation.name());
        let body = if body.is_null() { Body::empty() } else { body.to_string().into() };
        let answer = owned.user.send(operation.method.clone(), &path, &[JSON], body).await;
        assert!((200..300).contains(&answer.status), "{name}: {}", answer.json);
        let promised = operation.describes("X-Change-Number", answer.status);
        if promised {
            assert_ne!(last().await, before, "{name}");
            assert_eq!(answer.header("x-change-number"), last().await, "{name}");
        } else {
            assert_eq!((answer.header("x-change-number"), last().await), ("", before), "{name}");
            unlogged.push(name);
        }
    }
    unlogged.sort();
    let others = [
        "DELETE /api/chat/history",
        "DELETE /api/tokens/{id}",
        "PATCH /api/settings",
        "POST /api/parse",
        "POST /api/tokens",
    ];
    assert_eq!(unlogged, others);
}

/// Whether an operation changes the one task that its path names.
fn is_about_a_task(operation: &Operation) -> bool {
    operation.path.contains("/tasks/{")
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn every_write_of_one_task_minds_its_version(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let id = user.id().await;
    let operations: Vec<_> = writes().into_iter().filter(is_about_a_task).collect();
    assert_eq!(operations.len(), 7);
    for operation in operations {
        let name = operation.name();
        assert!(operation.takes_header("If-Match") && operation.describes("X-Request-Id", 412));
        for (tags, status) in [
            (&["\"2\""][..], 200),
            (&["*"], 200),
            (&["\"7\", \"2\""], 200),
            (&["\"7\"", "\"2\""], 200),
            (&["\"1\""], 412),
            (&["\"1\", \"3\""], 412),
            (&["W/\"2\""], 412),
            (&["\"1,2,3\""], 412),
            (&["nonsense"], 412),
        ] {
            let number = user.add("x").await.to_string();
            user.patch(&format!("/api/tasks/{number}"), json!({ "priority": 1 })).await;
            let before = user.get(&format!("/api/tasks/{number}")).await;
            assert_eq!(before.header("etag"), "\"2\"");
            let path = operation.path.replace("{user_id}", &id).replace("{number}", &number);
            let path = path.replace("{id}", &number);
            let edits = matches!(operation.method, Method::PATCH | Method::PUT);
            let body = if edits { r#"{"title":"y","completed":true}"# } else { "" };
            let tags = tags.iter().map(|tag| ("if-match", *tag));
            let headers: Vec<_> = [JSON].into_iter().chain(tags.clone()).collect();
            let answer = user.send(operation.method.clone(), &path, &headers, body.into()).await;
            let given: Vec<_> = tags.collect();
            if status == 200 {
                assert!(matches!(answer.status, 200 | 204), "{name} {given:?}: {}", answer.json);
            } else {
                assert_eq!(answer.status, 412, "{name} {given:?}");
                assert_eq!(answer.json["code"], "version_mismatch");
                let after = user.get(&format!("/api/tasks/{number}")).await;
                assert_eq!(after.json, before.json, "{name} {given:?}");
            }
        }
    }
}

//! Rules for every operation that the walks do not show, and what a request costs.

use axum::body::Body;
use http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::Backend;

use crate::support::{JSON, TestApp};

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn problems_have_all_their_members(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let problem = user.post("/api/tasks", json!({ "title": "\u{7}" })).await;
    let members: Vec<_> = problem.json.as_object().unwrap().keys().collect();
    assert_eq!(members, ["type", "title", "status", "detail", "code", "request_id", "errors"]);
    assert_eq!(problem.json["type"], "/problems/invalid");
    assert_eq!(problem.json["errors"][0]["field"], "title");
    assert_eq!(problem.json["request_id"], problem.header("x-request-id"));
    let missing = user.get("/api/tasks/1").await;
    let members: Vec<_> = missing.json.as_object().unwrap().keys().collect();
    assert_eq!(members, ["type", "title", "status", "detail", "code", "request_id"]);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn null_clears_and_absent_stays(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let body = json!({ "title": "x", "description": "d", "due_date": "2026-12-01", "priority": 1 });
    user.post("/api/tasks", body).await;
    let kept = user.patch("/api/tasks/1", json!({ "title": null, "completed": null })).await.json;
    assert_eq!((&kept["title"], &kept["description"]), (&"x".into(), &"d".into()));
    let cleared = json!({ "description": null, "due_date": null, "priority": null });
    let cleared = user.patch("/api/tasks/1", cleared).await.json;
    for member in ["description", "due_date", "priority"] {
        assert_eq!(cleared[member], Value::Null, "{member}");
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_request_costs_few_statements(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let cost = async |method: Method, path: &str, headers: &[(&str, &str)], body: &Value| {
        let headers = [&[JSON], headers].concat();
        let body = if body.is_null() { Body::empty() } else { body.to_string().into() };
        let answer = user.send(method, path, &headers, body).await;
        let queries: u32 = answer.header("x-test-queries").parse().unwrap();
        assert!(answer.status < 400, "{path}: {}", answer.json);
        (answer, queries - 1) // sign-in is one
    };
    let (get, none) = (Method::GET, Value::Null);
    assert_eq!(cost(get.clone(), "/api/tasks", &[], &none).await.1, 1, "an empty list");
    let new = json!({ "title": "x", "tags": ["home"] });
    let (_, plain) = cost(Method::POST, "/api/tasks", &[], &new).await;
    assert_eq!(plain, 8, "with a tag to be made");
    let new = json!({ "title": "x", "tags": ["work"] });
    let key = [("idempotency-key", "k")];
    let (_, keyed) = cost(Method::POST, "/api/tasks", &key, &new).await;
    assert_eq!(keyed, plain + 2, "the key and the answer");

    for (path, cost_of_list) in [
        ("/api/tasks", 1),
        ("/api/tags", 2),
        ("/api/tasks?tag=home&sort_by=title&limit=1", 1),
        ("/api/tasks?limit=1&count=true", 1),
    ] {
        let (list, queries) = cost(get.clone(), path, &[], &none).await;
        assert_eq!(queries, cost_of_list, "{path}");
        let tag = list.header("etag").to_owned();
        let same = [("if-none-match", &*tag)];
        let (answer, queries) = cost(get.clone(), path, &same, &none).await;
        assert_eq!((answer.status, queries), (304, 1), "{path}");
        let other = [("if-none-match", "W/\"0-0\"")];
        let (answer, queries) = cost(get.clone(), path, &other, &none).await;
        assert_eq!((answer.status, queries), (200, cost_of_list), "{path}");
    }
    assert_eq!(cost(get.clone(), "/api/tasks/1", &[], &none).await.1, 1);

    let tasks = format!("/api/{}/tasks", user.id().await);
    assert_eq!(cost(get, &tasks, &[], &none).await.1, 1);
    // A unit of work: begun, the user's counter, the task before and after, the log, committed.
    for (method, path, body) in [
        (Method::PATCH, "/api/tasks/1".to_owned(), &json!({ "title": "y", "priority": 1 })),
        (Method::POST, "/api/tasks/1/complete".to_owned(), &none),
        (Method::POST, "/api/tasks/1/reopen".to_owned(), &none),
        (Method::PUT, format!("{tasks}/1"), &json!({ "title": "z" })),
        (Method::PATCH, format!("{tasks}/1/complete"), &none),
        (Method::DELETE, "/api/tasks/1".to_owned(), &none),
    ] {
        let (answer, queries) = cost(method.clone(), &path, &[], body).await;
        assert_eq!((answer.change() > 0, queries), (true, 6), "{method} {path}");
    }
}

//! The description of the API: committed, complete, and every operation guarded.

use std::{env, fs};

use axum::body::Body;
use http::Method;
use rstest::rstest;
use testkit::Backend;

use crate::support::{JSON, TestApp};

/// What anybody may call.
const OPEN: [&str; 4] = ["/healthz", "/readyz", "/health", "/api/openapi.json"];

#[test]
fn the_committed_document_is_fresh() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
    let fresh = backend::document().to_pretty_json().unwrap() + "\n";
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(path, &fresh).unwrap();
    }
    let committed = fs::read_to_string(path).unwrap_or_default();
    assert!(committed == fresh, "docs/openapi.json is stale: UPDATE_DOCS=1 cargo test --workspace");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn every_operation_wants_somebody_signed_in(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let document = app.nobody().get("/api/openapi.json").await.json;
    let paths = document["paths"].as_object().unwrap();
    let mut guarded = 0;
    for (path, operations) in paths {
        for method in operations.as_object().unwrap().keys() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let path = path.replace("{id}", "1").replace("{number}", "1");
            if OPEN.contains(&&*path) {
                continue;
            }
            guarded += 1;
            let body = || Body::from("{}");
            let nobody = app.nobody().send(method.clone(), &path, &[JSON], body()).await;
            assert_eq!(nobody.status, 401, "{method} {path}");
            assert_eq!(nobody.header("www-authenticate"), "Bearer", "{method} {path}");
            for token in ["Bearer nonsense", "Bearer a.b.c", "Basic YTpi", "Bearer "] {
                let headers = [JSON, ("authorization", token)];
                let answer = app.nobody().send(method.clone(), &path, &headers, body()).await;
                assert_eq!(answer.status, 401, "{method} {path} {token}");
            }
        }
    }
    assert!(guarded >= 18, "only {guarded} operations were found");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn unknown_paths_and_methods_are_problems(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    assert_eq!(user.get("/api/nothing").await.json["code"], "not_found");
    let wrong = user.delete("/api/tasks").await;
    assert_eq!((wrong.status, &wrong.json["code"]), (405, &"method_not_allowed".into()));
}

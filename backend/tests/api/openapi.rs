//! The description of the API is committed and fresh; `walk.rs` goes through its operations.

use std::{collections::BTreeSet, env, fs};

use rstest::rstest;
use testkit::Backend;

use crate::support::TestApp;

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
async fn unknown_paths_and_methods_are_problems(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    assert_eq!(user.get("/api/nothing").await.json["code"], "not_found");
    let wrong = user.delete("/api/tasks").await;
    assert_eq!((wrong.status, &wrong.json["code"]), (405, &"method_not_allowed".into()));
}

#[test]
fn operations_have_names_of_their_own_and_every_answer_its_words() {
    let document = serde_json::to_value(backend::document()).unwrap();
    let mut names = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{name}: {method} {path}");
            for (status, answer) in operation["responses"].as_object().unwrap() {
                let words = answer["description"].as_str().unwrap_or_default();
                assert!(!words.is_empty(), "{method} {path} {status}");
            }
        }
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn the_version_names_the_build(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let version = app.nobody().get("/api/version").await;
    assert_eq!((version.status, &version.json["version"]), (200, &"0.1.0".into()));
    let build = version.json["build"].as_str().unwrap();
    assert!(build.len() == 16 && build.bytes().all(|byte| byte.is_ascii_hexdigit()), "{build}");
}

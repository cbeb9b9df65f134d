//! `/healthz`, `/readyz`, `/health`.

use rstest::rstest;
use serde_json::json;
use testkit::{Backend, TestDatabase};

use crate::support::TestApp;

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_migrated_database_makes_it_ready(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    assert_eq!(app.nobody().get("/healthz").await.status, 200);
    let ready = app.nobody().get("/readyz").await;
    assert_eq!((ready.status, ready.json), (200, json!({ "status": "ready" })));
    let health = app.nobody().get("/health").await.json;
    let expected = json!({ "status": "healthy", "mcp": "enabled", "database": "connected" });
    assert_eq!(health, expected);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_forgotten_migration_is_told(#[case] backend: Backend) {
    let app = TestApp::over(TestDatabase::empty(backend).await).await;
    let ready = app.nobody().get("/readyz").await;
    assert_eq!((ready.status, ready.json), (503, json!({ "status": "not migrated" })));
    assert_eq!(app.nobody().get("/healthz").await.status, 200);
}

//! `/healthz`, `/readyz`, `/health`.

use axum::body::Body;
use http::Method;
use rstest::rstest;
use serde_json::json;
use testkit::{Backend, TestDatabase};

use crate::support::{TestApp, User};

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
    assert_eq!((ready.status, ready.header("retry-after")), (503, "1"));
    assert_eq!(ready.json, json!({ "status": "not migrated" }));
    assert_eq!(app.nobody().get("/healthz").await.status, 200);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn probes_mind_no_query_and_the_rest_does(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let (nobody, user) = (app.nobody(), app.user("ada").await);
    for method in [Method::GET, Method::HEAD] {
        let status = async |user: &User, path: &str| {
            user.attempt(method.clone(), path, &[], Body::empty()).await.status
        };
        for path in ["/healthz", "/readyz", "/health"] {
            assert_eq!(status(&nobody, &format!("{path}?from=balancer")).await, 200, "{path}");
        }
        for path in ["/api/version", "/api/openapi.json"] {
            assert_eq!(status(&nobody, path).await, 200, "{method} {path}");
            assert_eq!(status(&nobody, &format!("{path}?colour=red")).await, 422, "{path}");
        }
        for path in ["/api/settings", "/api/tags", "/api/tasks", "/api/tokens"] {
            assert_eq!(status(&user, path).await, 200, "{method} {path}");
            assert_eq!(status(&user, &format!("{path}?colour=red")).await, 422, "{path}");
        }
    }
}

//! `/api/auth` over HTTP, and what each kind of credentials may do at the rest.

use std::{net::SocketAddr, sync::Arc};

use auth::{AuthSettings, RateLimits};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{ConnectInfo, Request},
};
use backend::{App, HttpSettings};
use domain::{SystemClock, SystemRandom};
use http::{HeaderMap, Method};
use http_body_util::BodyExt;
use rstest::rstest;
use serde_json::{Value, json};
use telemetry::Shutdown;
use testkit::{Backend, TestDatabase};
use tower::ServiceExt;

use crate::support::{JSON, TestApp, User};

/// A backend that counts requests behind a proxy at 10.0.0.1, and the database it counts in.
async fn counting(backend: Backend) -> (Router, TestDatabase) {
    let database = TestDatabase::migrated(backend).await;
    let store = storage::open(&database.url).await.unwrap();
    let secret = "0123456789abcdefghijklmnopqrstuvwxyzABCDEF".to_owned();
    let auth = AuthSettings {
        rate_limits: RateLimits::Database,
        ..AuthSettings::with_secret(secret.into())
    };
    let http =
        HttpSettings { trusted_proxies: "10.0.0.0/8".parse().unwrap(), cors_origins: Vec::new() };
    let shutdown = Shutdown::when(std::future::pending());
    let app = App::new(store, Arc::new(SystemClock), Arc::new(SystemRandom), auth, http, shutdown);
    (backend::router(app), database)
}

/// A POST that comes from `peer`, which says that it is for `client`.
async fn post(
    routes: &Router,
    path: &str,
    (peer, client): (&str, &str),
    body: Body,
) -> (u16, HeaderMap, Bytes) {
    let peer: SocketAddr = format!("{peer}:5000").parse().unwrap();
    let request = Request::post(path).header(JSON.0, JSON.1).header("x-forwarded-for", client);
    let request = request.extension(ConnectInfo(peer)).body(body).unwrap();
    let (head, body) = routes.clone().oneshot(request).await.unwrap().into_parts();
    (head.status.as_u16(), head.headers, body.collect().await.unwrap().to_bytes())
}

const SIGN_IN: &str = "/api/auth/sign-in/email";
const TOO_MANY: &str = r#"{"message":"Too many requests. Please try again later."}"#;

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_proxy_of_ours_says_whom_to_count(#[case] backend: Backend) {
    let (routes, _database) = counting(backend).await;
    let status = async |way| post(&routes, SIGN_IN, way, "{}".into()).await.0;
    for _ in 0..3 {
        assert_eq!(status(("10.0.0.1", "192.0.2.7")).await, 400);
    }
    let (refused, headers, body) =
        post(&routes, SIGN_IN, ("10.0.0.1", "192.0.2.66, 192.0.2.7"), "{}".into()).await;
    assert_eq!((refused, &*body), (429, TOO_MANY.as_bytes()));
    assert!(["9", "10"].contains(&headers["x-retry-after"].to_str().unwrap()));

    assert_eq!(status(("10.0.0.1", "192.0.2.8")).await, 400, "another address");
    // Nobody else is believed: those are counted together.
    for client in ["192.0.2.1", "192.0.2.2", "192.0.2.3"] {
        assert_eq!(status(("198.51.100.1", client)).await, 400);
    }
    assert_eq!(status(("198.51.100.2", "192.0.2.4")).await, 429);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_body_is_read_once_rate_and_path_allow_it(#[case] backend: Backend) {
    let (routes, _database) = counting(backend).await;
    let way = ("10.0.0.1", "192.0.2.7");
    let long = || Body::from(vec![b' '; (64 << 10) + 1]);
    let (status, headers, body) = post(&routes, "/api/auth/nothing", way, long()).await;
    assert_eq!((status, headers.get("content-type"), body.len()), (404, None, 0));
    for _ in 0..3 {
        let (status, headers, body) = post(&routes, SIGN_IN, way, long()).await;
        assert_eq!((status, &headers["content-type"]), (413, &"application/json".parse().unwrap()));
        assert!(body.ends_with(br#""code":"PAYLOAD_TOO_LARGE"}"#));
    }
    assert_eq!(post(&routes, SIGN_IN, way, long()).await.0, 429);
}

#[tokio::test]
async fn a_path_that_is_nowhere_is_no_problem() {
    let app = TestApp::start(Backend::Sqlite).await;
    for path in ["/api/auth", "/api/auth/", "/api/auth//", "/api/auth/ok/"] {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let answer = app.nobody().send(method, path, &[], Body::empty()).await;
            assert_eq!((answer.status, &*answer.text), (404, ""), "{path}");
            assert_eq!(answer.header("content-type"), "", "{path}");
        }
    }
}

/// The same user by an API token.
async fn by_token(user: &User, scope: &str) -> User {
    let made = user.post("/api/tokens", json!({ "name": scope, "scope": scope })).await;
    user.with_token(made.json["token"].as_str().unwrap())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_token_for_reading_stores_nothing(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let ada = app.user("ada").await;
    let (read, write) = (by_token(&ada, "read").await, by_token(&ada, "write").await);
    let zone = async |user: &User, zone| {
        let headers = [("x-browser-time-zone", zone)];
        let answer = user.send(Method::GET, "/api/tasks", &headers, Body::empty()).await;
        answer.header("x-time-zone").to_owned()
    };
    assert_eq!(zone(&read, "Asia/Tokyo").await, "Asia/Tokyo", "it counts all the same");
    assert_eq!(zone(&read, "Europe/Rome").await, "Europe/Rome");
    assert_eq!(zone(&write, "Europe/Paris").await, "Europe/Paris");
    assert_eq!(zone(&read, "Asia/Tokyo").await, "Europe/Paris");

    let line = json!({ "text": "pay rent tomorrow" });
    let parsed = read.post("/api/parse", line.clone()).await;
    assert_eq!((parsed.status, &parsed.json["title"]), (200, &"pay rent".into()));
    assert_eq!(read.post("/api/tasks", json!({ "title": "x" })).await.status, 403);
    assert_eq!(app.nobody().post("/api/parse", line).await.status, 401);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_jwt_makes_no_token_that_outlives_it(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let ada = app.user("ada").await;
    let jwt = ada.get("/api/auth/token").await.json["token"].as_str().unwrap().to_owned();
    let by_jwt = ada.with_token(&jwt);
    let make = async |ends: Value| {
        let body = json!({ "name": "x", "scope": "write", "expires_at": ends });
        let made = by_jwt.post("/api/tokens", body).await;
        (made.status, made.json)
    };
    let end = "2026-11-23T10:15:00.000000Z"; // 900 s from now
    for (asked, told) in [
        (Value::Null, end),
        (end.into(), end),
        ("2026-11-23T10:01:00Z".into(), "2026-11-23T10:01:00.000000Z"),
    ] {
        let (status, made) = make(asked).await;
        assert_eq!((status, &made["expires_at"]), (201, &told.into()));
    }
    let (status, refused) = make("2026-11-23T10:15:00.000001Z".into()).await;
    assert_eq!((status, &refused["errors"][0]["field"]), (422, &"expires_at".into()));
    // Those of a session last until they are deleted.
    let made = ada.post("/api/tokens", json!({ "name": "x", "scope": "write" })).await;
    assert_eq!((made.status, &made.json["expires_at"]), (201, &Value::Null));
}

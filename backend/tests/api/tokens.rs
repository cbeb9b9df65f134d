//! `/api/tokens`, and JWTs at the API.

use axum::body::Body;
use http::Method;
use rstest::rstest;
use serde_json::json;
use testkit::Backend;

use crate::support::TestApp;

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn tokens_are_made_used_and_deleted(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let (ada, eve) = (app.user("ada").await, app.user("eve").await);
    ada.add("pay rent").await;
    let ends = "2027-01-01T00:00:00.000000Z";
    let body = json!({ "name": " CI ", "scope": "write", "expires_at": ends });
    let write = ada.post("/api/tokens", body).await;
    assert_eq!((write.status, write.header("cache-control")), (201, "no-store"));
    assert_eq!(write.json["name"], "CI");
    assert_eq!(write.json["expires_at"], ends);
    app.wait(jiff::Span::new().seconds(1)); // the list is by age
    let read = ada.post("/api/tokens", json!({ "name": "reader", "scope": "read" })).await;
    let by_write = ada.with_token(write.json["token"].as_str().unwrap());
    let by_read = ada.with_token(read.json["token"].as_str().unwrap());

    assert_eq!(by_read.get("/api/tasks").await.titles(), ["pay rent"]);
    let refused = by_read.post("/api/tasks", json!({ "title": "x" })).await;
    assert_eq!((refused.status, &refused.json["code"]), (403, &"read_only_token".into()));
    by_write.add("buy milk").await;
    assert_eq!(by_write.get("/api/auth/get-session").await.json, json!(null));

    // It cannot make itself at home.
    for by in [&by_write, &by_read] {
        let made = by.post("/api/tokens", json!({ "name": "x", "scope": "write" })).await;
        assert_eq!(made.status, 403);
    }
    let path = format!("/api/tokens/{}", read.json["id"].as_str().unwrap());
    let refused = by_write.delete(&path).await;
    assert_eq!((refused.status, &refused.json["code"]), (403, &"sign_in_required".into()));

    let listed = by_read.get("/api/tokens").await.json;
    assert_eq!(listed[1]["last_used_day"], "2026-11-23");
    assert_eq!(
        (listed[0]["scope"].as_str(), listed[1]["name"].as_str()),
        (Some("write"), Some("reader"))
    );
    assert!(listed[0].get("token").is_none());
    assert_eq!(eve.get("/api/tokens").await.json, json!([]));
    assert_eq!(eve.delete(&path).await.status, 404);
    assert_eq!(ada.delete("/api/tokens/1").await.status, 404);
    assert_eq!(ada.delete(&path).await.status, 204);
    assert_eq!(by_read.get("/api/tasks").await.status, 401);
    app.wait(jiff::Span::new().hours(24 * 60));
    assert_eq!(by_write.get("/api/tasks").await.status, 401, "it has ended");
}

#[rstest]
#[case::no_name(json!({ "scope": "read" }), "body")]
#[case::empty_name(json!({ "name": " ", "scope": "read" }), "name")]
#[case::long_name(json!({ "name": "x".repeat(101), "scope": "read" }), "name")]
#[case::control(json!({ "name": "a\0b", "scope": "read" }), "name")]
#[case::scope(json!({ "name": "x", "scope": "admin" }), "scope")]
#[case::past(json!({ "name": "x", "scope": "read", "expires_at": "2026-11-23T10:00:00Z" }), "expires_at")]
#[case::no_time(json!({ "name": "x", "scope": "read", "expires_at": "soon" }), "expires_at")]
#[tokio::test]
async fn what_is_no_token_is_refused(
    #[case] body: serde_json::Value,
    #[case] field: &str,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let app = TestApp::start(backend).await;
    let refused = app.user("ada").await.post("/api/tokens", body).await;
    assert_eq!((refused.status, &refused.json["errors"][0]["field"]), (422, &field.into()));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_jwt_acts_for_its_user(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let ada = app.user("ada").await;
    ada.add("pay rent").await;
    ada.patch("/api/settings", json!({ "time_zone": "Asia/Tokyo" })).await;
    let jwt = ada.get("/api/auth/token").await.json["token"].as_str().unwrap().to_owned();
    let by_jwt = ada.with_token(&jwt);
    let list = by_jwt.get("/api/tasks").await;
    assert_eq!((list.titles(), list.header("x-time-zone")), (vec!["pay rent"], "Asia/Tokyo"));
    assert_eq!(
        by_jwt.in_zone("Europe/Berlin").get("/api/tasks").await.header("x-time-zone"),
        "Europe/Berlin"
    );
    by_jwt.add("buy milk").await;
    let made = by_jwt.post("/api/tokens", json!({ "name": "x", "scope": "read" })).await;
    assert_eq!(made.status, 201);

    let (head, signature) = jwt.rsplit_once('.').unwrap();
    for forged in [format!("{head}."), format!("{head}.{}", signature.to_lowercase())] {
        let refused = ada.with_token(&forged).get("/api/tasks").await;
        assert_eq!((refused.status, refused.header("www-authenticate")), (401, "Bearer"));
    }
    let origin = [("origin", "http://localhost:3000")];
    let session = ada.send(Method::GET, "/api/auth/get-session", &origin, Body::empty()).await;
    let exposed = session.headers.get_all("access-control-expose-headers").iter();
    let exposed: Vec<_> =
        exposed.flat_map(|line| line.to_str().unwrap().split([',', ' '])).collect();
    assert!(
        exposed.contains(&"set-auth-jwt") && exposed.contains(&"x-change-number"),
        "{exposed:?}"
    );
}

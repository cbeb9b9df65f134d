//! `/api/settings`, and the zone that days and times are meant in.

use axum::body::Body;
use http::Method;
use rstest::rstest;
use serde_json::json;
use testkit::Backend;

use crate::support::{JSON, TestApp};

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn the_browsers_first_zone_is_kept(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    assert_eq!(user.get("/api/settings").await.json, json!({ "time_zone": null }));
    assert_eq!(user.get("/api/tasks").await.header("x-time-zone"), "UTC");

    let from = async |zone: &str| {
        let headers = [("x-browser-time-zone", zone)];
        let answer = user.send(Method::GET, "/api/tasks", &headers, Body::empty()).await;
        answer.header("x-time-zone").to_owned()
    };
    assert_eq!(from("No/Where").await, "UTC");
    assert_eq!(from("Asia/Tokyo").await, "Asia/Tokyo");
    assert_eq!(from("Europe/Berlin").await, "Asia/Tokyo", "a later one changes nothing");
    assert_eq!(user.get("/api/settings").await.json, json!({ "time_zone": "Asia/Tokyo" }));

    // 10:00 in London is 19:00 in Tokyo: tomorrow at nine is Tokyo's.
    let added =
        user.post("/api/tasks", json!({ "title": "x", "due_date": "2026-11-24T09:00" })).await;
    assert_eq!(added.json["due_date"], "2026-11-24T00:00:00.000000Z");

    let chosen = user.patch("/api/settings", json!({ "time_zone": "Europe/Berlin" })).await;
    assert_eq!(chosen.json, json!({ "time_zone": "Europe/Berlin" }));
    assert_eq!(user.get("/api/tasks").await.header("x-time-zone"), "Europe/Berlin");
    let wrong = user.patch("/api/settings", json!({ "time_zone": "Berlin" })).await;
    assert_eq!((wrong.status, &wrong.json["errors"][0]["field"]), (422, &"time_zone".into()));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_request_may_say_its_own_zone(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let body = json!({ "title": "x", "due_date": "2026-11-24T09:00" });
    let added = user.in_zone("America/New_York").post("/api/tasks", body).await;
    assert_eq!(added.json["due_date"], "2026-11-24T14:00:00.000000Z");
    let headers = [JSON, ("x-time-zone", "Mars")];
    let wrong = user.send(Method::GET, "/api/tasks", &headers, Body::empty()).await;
    assert_eq!(wrong.status, 422);
    assert_eq!(user.get("/api/settings").await.json, json!({ "time_zone": null }));
}

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
    assert_eq!(user.get("/api/settings").await.json["time_zone"], json!(null));
    assert_eq!(user.get("/api/tasks").await.header("x-time-zone"), "UTC");

    let from = async |zone: &str| {
        let headers = [("x-browser-time-zone", zone)];
        let answer = user.send(Method::GET, "/api/tasks", &headers, Body::empty()).await;
        answer.header("x-time-zone").to_owned()
    };
    assert_eq!(from("No/Where").await, "UTC");
    assert_eq!(from("Asia/Tokyo").await, "Asia/Tokyo");
    assert_eq!(from("Europe/Berlin").await, "Asia/Tokyo", "a later one changes nothing");
    assert_eq!(user.get("/api/settings").await.json["time_zone"], "Asia/Tokyo");

    // 10:00 in London is 19:00 in Tokyo: tomorrow at nine is Tokyo's.
    let added =
        user.post("/api/tasks", json!({ "title": "x", "due_date": "2026-11-24T09:00" })).await;
    assert_eq!(added.json["due_date"], "2026-11-24T00:00:00.000000Z");

    let chosen = user.patch("/api/settings", json!({ "time_zone": "Europe/Berlin" })).await;
    assert_eq!(chosen.json["time_zone"], "Europe/Berlin");
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
    assert_eq!(user.get("/api/settings").await.json["time_zone"], json!(null));
}

/// What is in force for a user who has chosen nothing.
fn defaults() -> serde_json::Value {
    json!({
        "time_zone": null, "week_start": "monday", "date_order": "day_month_year",
        "morning": "09:00", "noon": "12:00", "afternoon": "15:00", "end_of_day": "18:00",
        "evening": "18:00", "tonight": "20:00", "night": "22:00",
        "bare_hour_from": "07:00", "bare_hour_to": "21:59",
    })
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn what_is_chosen_is_in_force_and_null_goes_back(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let (user, other) = (app.user("ada").await, app.user("bob").await);
    assert_eq!(user.get("/api/settings").await.json, defaults());
    let mut expected = defaults();
    expected["morning"] = "08:30".into();
    expected["time_zone"] = "Europe/Berlin".into();
    let patch = json!({ "morning": "08:30", "time_zone": "Europe/Berlin" });
    assert_eq!(user.patch("/api/settings", patch).await.json, expected);
    expected["week_start"] = "sunday".into();
    let patch = json!({ "week_start": "sunday" });
    assert_eq!(user.patch("/api/settings", patch).await.json, expected);
    assert_eq!(user.patch("/api/settings", json!({})).await.json, expected);
    assert_eq!(user.get("/api/settings").await.json, expected);
    assert_eq!(other.get("/api/settings").await.json, defaults());
    let patch = json!({ "morning": null, "time_zone": null, "week_start": null, "noon": null });
    let back = user.patch("/api/settings", patch).await;
    assert_eq!((&back.json, back.header("x-time-zone")), (&defaults(), "UTC"));
    assert_eq!(user.get("/api/changes").await.json, json!([]), "settings are no change of the log");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn nonsense_is_refused_whole(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    for (patch, field) in [
        (json!({ "morning": "8:30" }), "morning"),
        (json!({ "night": "24:00" }), "night"),
        (json!({ "week_start": "caturday" }), "week_start"),
        (json!({ "date_order": "year_day_month" }), "date_order"),
        (json!({ "noon": "09:00", "morning": "10:00" }), "noon"),
        (json!({ "night": "19:00" }), "night"),
        (json!({ "bare_hour_from": "22:00" }), "bare_hour_to"),
        (json!({ "time_zone": "Berlin", "morning": "08:00" }), "time_zone"),
        (json!({ "morning": 8 }), "morning"),
        (json!({ "siesta": "14:00" }), "siesta"),
    ] {
        let wrong = user.patch("/api/settings", patch.clone()).await;
        assert_eq!(
            (wrong.status, &wrong.json["errors"][0]["field"]),
            (422, &field.into()),
            "{patch}"
        );
    }
    assert_eq!(user.get("/api/settings").await.json, defaults());
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn sentences_are_understood_as_chosen(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let due = async |text: &str| {
        let added = user.post("/api/tasks", json!({ "text": text })).await;
        assert_eq!(added.status, 201, "{:?}", added.json);
        added.json["due_date"].as_str().unwrap().to_owned()
    };
    assert_eq!(due("run tomorrow morning").await, "2026-11-24T09:00:00.000000Z");
    assert_eq!(due("run 01/02/2027").await, "2027-02-01");
    assert_eq!(due("run next week").await, "2026-11-30");
    assert_eq!(due("run tomorrow at 6").await, "2026-11-24T18:00:00.000000Z");
    let chosen = user
        .patch(
            "/api/settings",
            json!({
                "morning": "08:30", "date_order": "month_day_year", "week_start": "sunday",
                "bare_hour_from": "05:00",
            }),
        )
        .await;
    assert_eq!(chosen.status, 200, "{:?}", chosen.json);
    assert_eq!(due("run tomorrow morning").await, "2026-11-24T08:30:00.000000Z");
    assert_eq!(due("run 01/02/2027").await, "2027-01-02");
    assert_eq!(due("run next week").await, "2026-11-29");
    assert_eq!(due("run tomorrow at 6").await, "2026-11-24T06:00:00.000000Z");

    let said = user.post("/api/chat", json!({ "message": "add swim tomorrow morning" })).await;
    let task = &said.json["actions_taken"][0]["result"]["task"];
    assert_eq!(task["due_date"], "2026-11-24T08:30:00.000000Z", "{:?}", said.json);
}

//! `/api/tags`.

use rstest::rstest;
use serde_json::json;
use testkit::Backend;

use crate::support::TestApp;

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn tags_are_made_renamed_and_deleted_with_their_tasks(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let made = user.post("/api/tags", json!({ "name": "Home", "color": "#112233" })).await;
    assert_eq!(
        (made.status, &made.json["name"], &made.json["color"]),
        (201, &"Home".into(), &"#112233".into())
    );
    let twice = user.post("/api/tags", json!({ "name": "hOME" })).await;
    assert_eq!((twice.status, &twice.json["code"]), (400, &"tag_exists".into()));
    assert_eq!(twice.json["detail"], "Tag with this name already exists");
    user.post("/api/tasks", json!({ "title": "sweep", "tags": ["home", "Ärger"] })).await;

    let path = format!("/api/tags/{}", made.json["id"].as_str().unwrap());
    assert_eq!(user.get(&path).await.json["task_count"], 1);
    let renamed = user.patch(&path, json!({ "name": "House" })).await;
    assert_eq!(renamed.json["name"], "House");
    assert_eq!(user.get("/api/tasks?search=house").await.titles(), ["sweep"]);
    assert_eq!(user.get("/api/tasks?search=home").await.titles(), [""; 0]);
    assert_eq!(user.get("/api/tasks?tag=HOUSE").await.titles(), ["sweep"]);
    let taken = user.patch(&path, json!({ "name": "ärger" })).await;
    assert_eq!(taken.json["code"], "tag_exists");

    let deleted = user.delete(&path).await;
    assert_eq!((deleted.status, user.get(&path).await.status), (204, 404));
    let task = user.get("/api/tasks/1").await.json;
    assert_eq!(task["tags"].as_array().unwrap().len(), 1);
    let undo = format!("/api/changes/{}/undo", deleted.change());
    assert_eq!(user.post(&undo, json!({})).await.status, 200);
    assert_eq!(user.get("/api/tasks?tag=House&tag=%C3%A4rger").await.titles(), ["sweep"]);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_bad_tag_is_told_and_not_made(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    for (body, field) in [
        (json!({ "name": " " }), "name"),
        (json!({ "name": "x".repeat(51) }), "name"),
        (json!({ "name": "x", "color": "red" }), "color"),
        (json!({ "name": 1 }), "name"),
    ] {
        let answer = user.post("/api/tags", body.clone()).await;
        assert_eq!(
            (answer.status, &answer.json["errors"][0]["field"]),
            (422, &field.into()),
            "{body}"
        );
    }
    assert_eq!(user.get("/api/tags").await.json, json!([]));
    assert_eq!(user.get("/api/tags/not-an-id").await.status, 404);
}

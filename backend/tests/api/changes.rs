//! `/api/changes`: the log, and undo by number.

use rstest::rstest;
use serde_json::json;
use testkit::Backend;

use crate::support::{Answer, TestApp, User};

async fn undo(user: &User, change: i64) -> Answer {
    user.post(&format!("/api/changes/{change}/undo"), json!({})).await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn what_was_done_is_undone_step_by_step_and_redone(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let body =
        json!({ "title": "pay rent", "tags": ["home"], "priority": 1, "description": "cash" });
    let added = user.post("/api/tasks", body).await;
    let edited = user.patch("/api/tasks/1", json!({ "title": "pay", "tags": ["work"] })).await;
    let completed = user.post("/api/tasks/1/complete", json!({})).await;
    let deleted = user.delete("/api/tasks/1").await;
    assert_eq!([&added, &edited, &completed, &deleted].map(Answer::change), [1, 2, 3, 4]);
    assert_eq!(user.get("/api/tasks/1").await.status, 404);

    let brought_back = undo(&user, 4).await;
    assert_eq!(brought_back.json["tasks"][0]["id"], added.json["id"]);
    assert_eq!(brought_back.json["change"], 5);
    assert_eq!(user.get("/api/tasks/1").await.json["completed"], true);
    undo(&user, 3).await;
    let back = undo(&user, 2).await.json["tasks"][0].clone();
    assert_eq!((&back["title"], &back["tags"][0]["name"]), (&"pay rent".into(), &"home".into()));
    assert_eq!((&back["priority"], &back["description"]), (&1.into(), &"cash".into()));
    assert!(back["version"].as_i64() > edited.json["version"].as_i64(), "versions only go up");
    assert_eq!(user.get("/api/tasks?search=home").await.titles(), ["pay rent"]);
    let gone = undo(&user, 1).await;
    assert_eq!((&gone.json["removed"], &gone.json["tasks"]), (&json!([1]), &json!([])));
    assert_eq!(user.get("/api/tasks").await.titles(), [""; 0]);
    // Redo is the undo of the undo.
    assert_eq!(undo(&user, gone.change()).await.status, 200);
    assert_eq!(user.get("/api/tasks/1").await.json["title"], "pay rent");
    assert_eq!(user.add("next").await, 2, "a number is never given again");

    let log = user.get("/api/changes").await.json;
    let kinds: Vec<_> =
        log.as_array().unwrap().iter().map(|change| change["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds[..4], ["task.created", "task.updated", "task.completed", "task.deleted"]);
    assert_eq!(kinds[4..], ["undone", "undone", "undone", "undone", "undone", "task.created"]);
    assert_eq!((&log[4]["undoes"], &log[3]["source"]), (&4.into(), &"api".into()));
    assert!(!log[0]["request_id"].as_str().unwrap().is_empty());
    let behind = user.get("/api/changes?after=8&limit=1").await.json;
    assert_eq!((behind.as_array().unwrap().len(), &behind[0]["number"]), (1, &9.into()));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn later_changes_stand_in_the_way_and_are_named(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    user.add("one").await;
    user.add("other").await;
    user.patch("/api/tasks/1", json!({ "title": "two" })).await;
    user.patch("/api/tasks/2", json!({ "title": "not in the way" })).await;
    user.patch("/api/tasks/1", json!({ "title": "three" })).await;

    let refused = undo(&user, 1).await;
    assert_eq!((refused.status, &refused.json["code"]), (409, &"conflict".into()));
    let detail = refused.json["detail"].as_str().unwrap();
    assert!(detail.contains("3, 5"), "{detail}");
    assert_eq!(user.get("/api/tasks/1").await.json["title"], "three", "nothing was changed");
    assert_eq!(undo(&user, 99).await.status, 404);
    assert_eq!(undo(&user, 5).await.status, 200);
    assert_eq!(undo(&user, 5).await.status, 409, "once is enough");
    assert_eq!(user.get("/api/changes?after=-1").await.status, 422);
    assert_eq!(user.get("/api/changes?limit=0").await.status, 422);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn nothing_comes_back_by_half(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let added = user.post("/api/tasks", json!({ "title": "x", "tags": ["home"] })).await;
    let tag = format!("/api/tags/{}", added.json["tags"][0]["id"].as_str().unwrap());
    let task_gone = user.delete("/api/tasks/1").await.change();
    let tag_gone = user.delete(&tag).await.change();

    // The task would come back without its tag, so the tag comes first.
    let refused = undo(&user, task_gone).await;
    assert_eq!(refused.status, 409);
    assert!(refused.json["detail"].as_str().unwrap().contains("change 3"), "{:?}", refused.json);
    let tag_back = undo(&user, tag_gone).await.change();
    assert_eq!(undo(&user, task_gone).await.json["tasks"][0]["tags"][0]["name"], "home");

    // Redoing the deletion of the tag would take it off a task that got it since.
    assert_eq!(undo(&user, tag_back).await.status, 409, "task 1 has it again");
    let renamed = user.patch(&tag, json!({ "name": "house" })).await.change();
    user.post("/api/tags", json!({ "name": "Home" })).await;
    let taken = undo(&user, renamed).await;
    assert_eq!((taken.status, &taken.json["code"]), (409, &"conflict".into()));
    assert_eq!(user.get("/api/tasks/1").await.json["tags"][0]["name"], "house");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_tag_that_came_with_a_task_stays_while_another_has_it(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    for title in ["one", "two"] {
        user.post("/api/tasks", json!({ "title": title, "tags": ["home"] })).await;
    }
    assert_eq!(undo(&user, 1).await.status, 200);
    assert_eq!(user.get("/api/tasks?tag=home").await.titles(), ["two"]);
    assert_eq!(undo(&user, 2).await.status, 200);
    assert_eq!(user.get("/api/tags").await.json[0]["task_count"], 0);
}

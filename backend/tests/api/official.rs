//! `/api/{user_id}/…`: the official shape.

use axum::body::Body;
use http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::Backend;

use crate::support::TestApp;

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn tasks_go_by_their_numbers(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let id = user.id().await;
    let tasks = format!("/api/{id}/tasks");

    let new = json!({ "title": " Buy groceries ", "description": "Milk, eggs, bread", "other": 1 });
    let added = user.post(&tasks, new).await;
    assert_eq!((added.status, added.change()), (201, 1));
    assert_eq!(added.header("location"), format!("/api/{id}/tasks/1"));
    let task = &added.json;
    assert_eq!((&task["id"], &task["user_id"]), (&1.into(), &id.clone().into()));
    assert_eq!(task["description"], "Milk, eggs, bread");
    assert_eq!((&task["title"], &task["completed"]), (&"Buy groceries".into(), &false.into()));
    assert_eq!(task["created_at"], "2026-11-23T10:00:00.000000Z");
    assert_eq!((&task["priority"], &task["version"]), (&Value::Null, &1.into()), "{task}");
    let uuid = task["uuid"].as_str().unwrap();
    assert_eq!(user.get(&format!("/api/tasks/{uuid}")).await.json["number"], 1);

    let one = format!("{tasks}/1");
    let got = user.get(&one).await;
    assert_eq!((got.status, got.header("etag"), &got.json), (200, "\"1\"", task));
    assert_eq!(user.get(&format!("{tasks}/{uuid}")).await.json, *task);
    assert_eq!(user.get_if_changed(&one, "\"1\"").await.status, 304);
    let edited = user.put(&one, json!({ "title": "Call mom" })).await;
    assert_eq!((edited.status, &edited.json["title"]), (200, &"Call mom".into()));
    assert_eq!(edited.json["description"], "Milk, eggs, bread", "left out stays");
    let cleared = user.put(&one, json!({ "description": null })).await.json;
    assert_eq!((&cleared["title"], &cleared["description"]), (&"Call mom".into(), &Value::Null));
    for body in [json!({}), json!({ "title": "" }), json!({ "title": "x".repeat(201) })] {
        assert_eq!(user.put(&one, body.clone()).await.status, 422, "{body}");
        assert_eq!(user.post(&tasks, body).await.status, 422);
    }
    let long = json!({ "title": "é".repeat(200), "description": "é".repeat(1_000) });
    assert_eq!(user.post(&tasks, long).await.status, 201);
    let longer = json!({ "title": "x", "description": "é".repeat(1_001) });
    assert_eq!(user.post(&tasks, longer).await.json["errors"][0]["field"], "description");

    let complete = format!("{one}/complete");
    let toggle = async || user.send(Method::PATCH, &complete, &[], Body::empty()).await.json;
    assert_eq!(toggle().await["completed"], true);
    assert_eq!(toggle().await["completed"], false);
    for done in [true, true, false] {
        let set = user.patch(&complete, json!({ "completed": done })).await;
        assert_eq!(set.json["completed"], done);
    }
    assert_eq!(user.patch(&complete, json!({ "completed": "yes" })).await.status, 422);
    // Of two at once, the second takes back what the first did.
    for _ in 0..5 {
        let before = user.get("/api/changes").await.json.as_array().unwrap().len();
        let (one, other) = tokio::join!(toggle(), toggle());
        assert_ne!(one["completed"], other["completed"]);
        assert_eq!(user.get(&format!("{tasks}/1")).await.json["completed"], false);
        assert_eq!(user.get("/api/changes").await.json.as_array().unwrap().len(), before + 2);
    }
    assert_eq!(user.delete(&one).await.status, 204);
    for answer in
        [user.get(&one).await, user.delete(&one).await, user.get(&format!("{tasks}/x")).await]
    {
        assert_eq!((answer.status, &answer.json["detail"]), (404, &"Task not found".into()));
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn lists_are_filtered_sorted_and_paged(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let tasks = format!("/api/{}/tasks", user.id().await);
    for (title, due) in [("b", json!("2026-12-02")), ("c", Value::Null), ("a", json!("2026-12-01"))]
    {
        app.wait(jiff::ToSpan::seconds(1));
        user.post("/api/tasks", json!({ "title": title, "due_date": due })).await;
    }
    user.post("/api/tasks/1/complete", Value::Null).await;
    let titles = async |query: &str| {
        let list = user.get(&format!("{tasks}?{query}")).await;
        list.titles().join("")
    };
    assert_eq!(titles("").await, "acb", "the newest first");
    assert_eq!(titles("sort=created").await, "acb");
    assert_eq!(titles("sort=title").await, "abc");
    assert_eq!(titles("sort=due_date").await, "abc", "without a date last");
    assert_eq!(titles("status=pending&sort=title").await, "ac");
    assert_eq!(titles("status=completed").await, "b");
    assert_eq!(titles("status=all").await, "acb");
    for query in ["status=done", "sort=priority", "sort_by=title", "search=a"] {
        assert_eq!(user.get(&format!("{tasks}?{query}")).await.status, 422, "{query}");
    }
    let page = user.get(&format!("{tasks}?sort=title&limit=2")).await;
    assert_eq!(page.titles(), ["a", "b"]);
    let next = page.header("link").trim_start_matches('<').split('>').next().unwrap().to_owned();
    assert_eq!(user.get(&next).await.titles(), ["c"]);
    let tag = page.header("etag");
    assert_eq!(user.get_if_changed(&format!("{tasks}?sort=title&limit=2"), tag).await.status, 304);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn the_chat_goes_on_by_number(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let chat = format!("/api/{}/chat", user.id().await);
    let said = user.post(&chat, json!({ "message": "Add a task to buy groceries" })).await;
    assert_eq!((said.status, &said.json["conversation_id"]), (200, &1.into()), "{}", said.json);
    let call = &said.json["tool_calls"][0];
    assert_eq!((&call["tool"], &call["result"]["success"]), (&"add_task".into(), &true.into()));
    assert_eq!(call["arguments"]["title"], "buy groceries");
    let task = &call["result"]["task"];
    assert_eq!((&task["id"], task["uuid"].is_string()), (&1.into(), true));
    let body = json!({ "message": "mark it done", "conversation_id": 1 });
    let done = user.post(&chat, body).await;
    assert_eq!((said.change(), done.change()), (1, 2));
    let done = done.json;
    assert_eq!(
        (&done["conversation_id"], &done["tool_calls"][0]["tool"]),
        (&1.into(), &"complete_task".into())
    );
    assert_eq!(user.post(&chat, json!({ "message": "thanks" })).await.json["conversation_id"], 2);
    let unknown = user.post(&chat, json!({ "message": "x", "conversation_id": 9 })).await;
    assert_eq!(unknown.status, 404);
    assert_eq!(user.post(&chat, json!({ "message": " " })).await.status, 422);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn paths_of_both_shapes_do_not_meet(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    user.add("one").await;
    for (method, path, status) in [
        (Method::GET, "/api/tasks/tasks", 404),
        (Method::GET, "/api/tasks/tasks/1", 403),
        (Method::POST, "/api/tasks/tasks/complete", 404),
        (Method::GET, "/api/tags/tasks", 404),
        (Method::GET, "/api/chat/tasks", 403),
        (Method::GET, "/api/chat/tasks/1", 403),
        (Method::POST, "/api/chat/chat", 403),
        (Method::POST, "/api/tasks/chat", 403),
        (Method::GET, "/api/chat/history", 200),
        (Method::GET, "/api/someone/tasks", 403),
        (Method::GET, "/api/%00/tasks", 403),
        (Method::GET, "/api/%ff/tasks/1", 403),
        (Method::GET, "/api//tasks", 403),
        (Method::GET, "/api/auth/tasks", 404),
        (Method::GET, "/api/someone/nothing", 404),
    ] {
        let body = if method == Method::POST { r#"{"message":"x"}"# } else { "" };
        let headers = [("content-type", "application/json")];
        let answer = user.send(method.clone(), path, &headers, Body::from(body)).await;
        let code = answer.json["code"].as_str().unwrap_or_default().to_owned();
        assert!(
            answer.status == status || answer.status == 405,
            "{method} {path}: {} {code}",
            answer.status
        );
        assert_eq!(
            status == 403 && answer.status == 403,
            code == "foreign_user",
            "{method} {path}"
        );
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_stranger_finds_nothing_of_others_under_their_own_id(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let (owner, stranger) = (app.user("owner").await, app.user("stranger").await);
    owner.add("mine").await;
    let own_chat = format!("/api/{}/chat", owner.id().await);
    owner.post(&own_chat, json!({ "message": "add milk" })).await;
    let before = [owner.get("/api/changes").await.json, owner.get("/api/chat/history").await.json];
    let uuid = owner.get("/api/tasks/1").await.json["id"].as_str().unwrap().to_owned();
    let id = stranger.id().await;
    for task in ["1", &*uuid] {
        let one = format!("/api/{id}/tasks/{task}");
        let complete = format!("{one}/complete");
        for answer in [
            stranger.get(&one).await,
            stranger.put(&one, json!({ "title": "stolen" })).await,
            stranger.delete(&one).await,
            stranger.patch(&complete, json!({ "completed": true })).await,
            stranger.send(Method::PATCH, &complete, &[], Body::empty()).await,
        ] {
            assert_eq!(answer.status, 404, "{task}");
            assert_eq!(answer.json["detail"], "Task not found");
        }
    }
    let body = json!({ "message": "show my tasks", "conversation_id": 1 });
    assert_eq!(stranger.post(&format!("/api/{id}/chat"), body).await.status, 404);
    assert_eq!(stranger.get(&format!("/api/{id}/tasks")).await.json, json!([]));
    let after = [owner.get("/api/changes").await.json, owner.get("/api/chat/history").await.json];
    assert_eq!(after, before);
}

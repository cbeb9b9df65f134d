//! `POST /api/tasks/batch`, the history of a task, and `POST /api/parse`.

use rstest::rstest;
use serde_json::{Value, json};
use testkit::Backend;

use crate::support::{Answer, TestApp, User};

async fn batch(user: &User, ids: Value, action: Value) -> Answer {
    user.post("/api/tasks/batch", json!({ "ids": ids, "action": action })).await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn every_action_is_one_change_that_one_undo_takes_back(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    for title in ["a", "b", "c"] {
        let body = json!({ "title": title, "tags": ["old"], "recurrence_rule": "FREQ=DAILY" });
        user.post("/api/tasks", body).await;
    }
    let second = user.get("/api/tasks/2").await.json["id"].clone();
    let ids = json!([3, second, 3, 2]);
    let content = |list: &Value| {
        let mut list = list.clone();
        for task in list.as_array_mut().unwrap() {
            task["version"] = Value::Null;
        }
        list
    };
    let state =
        async || content(&user.get("/api/tasks?sort_by=position&sort_order=asc").await.json);
    let tags = |task: &Value| {
        let tags = task["tags"].as_array().unwrap().iter();
        tags.map(|tag| tag["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let before = state().await;
    for (action, check) in [
        (json!({ "type": "complete" }), json!({ "completed": true })),
        (
            json!({ "type": "update", "patch": { "priority": 2, "due_date": "2026-12-01" } }),
            json!({ "priority": 2 }),
        ),
        (json!({ "type": "add_tags", "tags": ["new", "OLD"] }), json!({ "completed": false })),
        (json!({ "type": "remove_tags", "tags": ["old", "unknown"] }), json!({ "tags": [] })),
        (json!({ "type": "delete" }), Value::Null),
    ] {
        let done = batch(&user, ids.clone(), action.clone()).await;
        assert_eq!(done.status, 200, "{action}: {:?}", done.json);
        let tasks = done.json["tasks"].as_array().unwrap();
        if check.is_null() {
            assert_eq!((tasks.len(), &done.json["deleted"]), (0, &json!([3, 2])));
        } else {
            let numbers: Vec<_> = tasks.iter().map(|task| task["number"].clone()).collect();
            assert_eq!(numbers, [3, 2], "in the order named, each once");
            for (member, value) in check.as_object().unwrap() {
                assert!(tasks.iter().all(|task| task[member] == *value), "{action}");
            }
        }
        match action["type"].as_str().unwrap() {
            "complete" => assert_eq!(done.json["next"].as_array().unwrap().len(), 2),
            "add_tags" => assert_eq!(tags(&tasks[0]), ["new", "old"]),
            _ => assert_eq!(done.json["next"], json!([])),
        }
        let after = state().await;
        assert_ne!(after, before);
        let undo = async |change: i64| {
            let undone = user.post(&format!("/api/changes/{change}/undo"), json!({})).await;
            assert_eq!(undone.status, 200, "{action}: {:?}", undone.json);
            undone.change()
        };
        let undone = undo(done.change()).await;
        assert_eq!(state().await, before, "{action}");
        let redone = undo(undone).await;
        assert_eq!(state().await, after, "{action}");
        undo(redone).await;
    }
    batch(&user, json!([1, 2]), json!({ "type": "complete" })).await;
    let open = batch(&user, json!([1, 2, 3]), json!({ "type": "reopen" })).await;
    assert!(open.json["tasks"].as_array().unwrap().iter().all(|task| task["completed"] == false));
    let nothing = batch(&user, json!([1]), json!({ "type": "reopen" })).await;
    assert_eq!((nothing.status, nothing.header("x-change-number")), (200, ""));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn it_is_all_or_nothing(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let (user, other) = (app.user("ada").await, app.user("bob").await);
    user.add("a").await;
    let foreign = other.post("/api/tasks", json!({ "title": "b" })).await.json["id"].clone();
    let complete = json!({ "type": "complete" });
    for ids in [json!([1, 2]), json!([1, foreign]), json!([1, -1])] {
        assert_eq!(batch(&user, ids.clone(), complete.clone()).await.status, 404, "{ids}");
    }
    let many: Vec<i64> = (1..=501).collect();
    for (ids, action) in [
        (json!([]), complete.clone()),
        (json!(many), complete.clone()),
        (json!(["first"]), complete.clone()),
        (json!([1]), json!({ "type": "explode" })),
        (json!([1]), json!({ "type": "add_tags" })),
        (json!([1]), json!({ "type": "add_tags", "tags": ["a"], "tag_ids": [] })),
        (json!([1]), json!({ "type": "add_tags", "tag_ids": [foreign] })),
        (json!([1]), json!({ "type": "update", "patch": { "title": " " } })),
        (json!([1]), json!({ "type": "update", "patch": { "recurrence_anchor": "completion" } })),
    ] {
        assert_eq!(batch(&user, ids, action.clone()).await.status, 422, "{action}");
    }
    let task = user.get("/api/tasks/1").await.json;
    assert_eq!((&task["completed"], &task["version"]), (&false.into(), &1.into()));
    assert_eq!(user.get("/api/changes").await.json.as_array().unwrap().len(), 1);

    for at in 2..=500 {
        user.add(&at.to_string()).await;
    }
    let all: Vec<i64> = (1..=500).collect();
    let done = batch(&user, json!(all), complete).await;
    assert_eq!(done.json["tasks"].as_array().unwrap().len(), 500);
    let undone = user.post(&format!("/api/changes/{}/undo", done.change()), json!({})).await;
    assert_eq!(undone.json["tasks"].as_array().unwrap().len(), 500);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_task_has_a_history(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let (user, other) = (app.user("ada").await, app.user("bob").await);
    user.add("a").await;
    let task = user.post("/api/tasks", json!({ "title": "b" })).await.json["id"].clone();
    other.add("c").await;
    user.patch("/api/tasks/2", json!({ "title": "bb" })).await;
    batch(&user, json!([1, 2]), json!({ "type": "complete" })).await;
    user.delete("/api/tasks/2").await;
    let kinds = async |user: &User, query: &str| {
        let log = user.get(&format!("/api/changes?{query}")).await.json;
        let log = log.as_array().unwrap().iter();
        log.map(|change| change["kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let all = ["task.created", "task.updated", "task.completed", "task.deleted"];
    assert_eq!(kinds(&user, "task=2").await, all);
    assert_eq!(kinds(&user, &format!("task={}", task.as_str().unwrap())).await, all);
    assert_eq!(kinds(&user, "task=2&after=3&limit=1").await, ["task.completed"]);
    assert_eq!(kinds(&user, "task=1").await, ["task.created", "task.completed"]);
    assert_eq!(kinds(&user, "task=99").await, [""; 0]);
    assert_eq!(kinds(&other, &format!("task={}", task.as_str().unwrap())).await, [""; 0]);
    assert_eq!(user.get("/api/changes?task=x").await.json["errors"][0]["field"], "task");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_line_is_read_and_nothing_stored(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await.in_zone("Europe/Berlin");
    let body = json!({ "text": "😀 pay rent tomorrow 9am #home p1 // cash" });
    let read = user.post("/api/parse", body).await;
    assert_eq!((read.status, &read.json["title"]), (200, &"😀 pay rent".into()));
    let spans = read.json["spans"].as_array().unwrap();
    let values: Vec<_> =
        spans.iter().map(|span| (span["kind"].clone(), span["value"].clone())).collect();
    assert_eq!(
        values,
        [
            ("date".into(), "2026-11-24".into()),
            ("time".into(), "09:00:00".into()),
            ("tag".into(), "home".into()),
            ("priority".into(), 1.into()),
            ("description".into(), "cash".into()),
        ]
    );
    assert_eq!(
        (&spans[2]["start"], &spans[2]["end"], &spans[2]["alternatives"]),
        (&25.into(), &30.into(), &json!([]))
    );
    assert_eq!(
        user.post("/api/parse", json!({ "text": "" })).await.json,
        json!({ "title": "", "spans": [] })
    );
    for body in [json!({}), json!({ "text": "x", "ignore": [[0, 9]] }), json!({ "text": 7 })] {
        assert_eq!(user.post("/api/parse", body).await.status, 422);
    }
    assert_eq!(user.get("/api/tasks").await.json, json!([]));

    let longest = format!("{}#a", "😀".repeat(3_998));
    let read = user.post("/api/parse", json!({ "text": longest })).await;
    assert_eq!(read.status, 200, "{}", read.json);
    let ranges = |count: usize| json!({ "text": "a b", "ignore": vec![[0, 1]; count] });
    assert_eq!(user.post("/api/parse", ranges(100)).await.status, 200);
    for (body, field) in [(json!({ "text": "😀".repeat(4_001) }), "text"), (ranges(101), "ignore")]
    {
        for path in ["/api/parse", "/api/tasks"] {
            let refused = user.post(path, body.clone()).await;
            let found = &refused.json["errors"][0]["field"];
            assert_eq!((refused.status, found), (422, &field.into()), "{path}");
        }
    }
}

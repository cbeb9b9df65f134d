//! `/api/changes/{number}/undo`: what stands in its way, and what does not.

use axum::body::Body;
use http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::Backend;

use crate::support::{Answer, JSON, TestApp, User};

async fn undo(user: &User, change: i64) -> Answer {
    user.post(&format!("/api/changes/{change}/undo"), json!({})).await
}

/// What stands in the way.
async fn in_the_way(user: &User, change: i64) -> Value {
    let refused = undo(user, change).await;
    assert_eq!((refused.status, &refused.json["code"]), (409, &json!("conflict")), "{change}");
    refused.json["changes"].clone()
}

async fn import(user: &User, tasks: Value) -> i64 {
    let answer = user.send(Method::POST, "/api/import", &[JSON], tasks.to_string().into()).await;
    assert_eq!(answer.status, 200, "{:?}", answer.json);
    answer.change()
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn what_was_imported_again_stands_in_the_way(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let added = user.post("/api/tasks", json!({ "title": "mine" })).await.json;
    let deleted = user.delete("/api/tasks/1").await.change();
    let again = import(&user, json!([{ "id": added["id"], "title": "mine" }])).await;
    assert_eq!(in_the_way(&user, deleted).await, json!([again]));
    assert_eq!(undo(&user, again).await.status, 200);
    assert_eq!(undo(&user, deleted).await.json["tasks"][0]["number"], 1);

    let file = json!([{ "id": "0193a000-0000-7000-8000-000000000001", "title": "theirs" }]);
    let first = import(&user, file.clone()).await;
    let back = undo(&user, first).await.change();
    let second = import(&user, file).await;
    assert_eq!(in_the_way(&user, back).await, json!([second]));
    assert_eq!(user.get("/api/tasks?search=theirs").await.titles(), ["theirs"]);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn the_look_of_a_tag_is_in_no_tasks_way(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let body = json!({ "title": "one", "tags": ["a", "b"] });
    let tags = user.post("/api/tasks", body).await.json["tags"].clone();
    let tag = format!("/api/tags/{}", tags[0]["id"].as_str().unwrap());
    let edited = user.patch("/api/tasks/1", json!({ "title": "two" })).await.change();
    let deleted = user.delete("/api/tasks/1").await.change();
    let back = undo(&user, deleted).await.change();

    // Renamed, it comes behind the other.
    let look = json!({ "name": "z", "color": "#112233" });
    let renamed = user.patch(&tag, look).await.change();
    let names = async || {
        let tags = user.get("/api/tasks/1").await.json["tags"].clone();
        let names = tags.as_array().unwrap().iter().map(|tag| tag["name"].clone());
        names.collect::<Value>()
    };
    assert_eq!(names().await, json!(["b", "z"]));
    assert_eq!(undo(&user, edited).await.json["tasks"][0]["title"], "one");
    assert_eq!(names().await, json!(["b", "z"]));
    undo(&user, edited + 4).await;
    let gone = undo(&user, back).await.change();
    assert_eq!(undo(&user, gone).await.status, 200, "and redone");
    assert_eq!(names().await, json!(["b", "z"]));

    // A tag that came with a task and was given another look stays, and comes to the task again.
    undo(&user, edited).await;
    let unmade = undo(&user, 1).await;
    assert_eq!(unmade.json["removed"], json!([1]));
    let left = user.get("/api/tags").await.json;
    assert_eq!((&left[0]["name"], &left[0]["color"]), (&json!("z"), &json!("#112233")));
    assert_eq!(left.as_array().unwrap().len(), 1);
    user.patch(&tag, json!({ "color": "#445566" })).await;
    assert_eq!(undo(&user, unmade.change()).await.json["tasks"][0]["tags"][1]["color"], "#445566");
    // The change of the tag itself is another matter.
    assert_eq!(in_the_way(&user, renamed).await.as_array().unwrap().last(), Some(&json!(12)));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn no_version_of_a_task_comes_twice(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let mut seen = Vec::new();
    let version = async || user.get("/api/tasks/1").await.json["version"].as_i64().unwrap();
    user.add("one").await;
    seen.push(version().await);
    let deleted = user.delete("/api/tasks/1").await.change();
    for round in 0..3 {
        assert_eq!(undo(&user, deleted).await.status, 200, "{round}");
        seen.push(version().await);
        for title in ["two", "one"] {
            user.patch("/api/tasks/1", json!({ "title": title })).await;
            seen.push(version().await);
        }
        user.delete("/api/tasks/1").await;
    }
    assert!(seen.is_sorted_by(|one, other| one < other), "{seen:?}");
    // Who saw the task before it was deleted does not write over what came since.
    undo(&user, deleted).await;
    for version in seen {
        let (body, tag) = (Body::from(r#"{"priority":1}"#), format!("\"{version}\""));
        let headers = [JSON, ("if-match", &*tag)];
        let stale = user.send(Method::PATCH, "/api/tasks/1", &headers, body).await;
        assert_eq!(stale.status, 412, "{version}");
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_change_of_very_many_tasks_is_taken_back(#[case] backend: Backend) {
    const TASKS: usize = 603;
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let task = |number| json!({ "title": format!("task {number}"), "tags": ["bulk", "other"] });
    import(&user, (0..TASKS).map(task).collect()).await;
    let tags = user.get("/api/tags").await.json;
    let tag = format!("/api/tags/{}", tags[0]["id"].as_str().unwrap());
    let count = async |name: &str| {
        let path = format!("/api/tasks?tag={name}&limit=1&count=true");
        user.get(&path).await.header("x-total-count").parse::<usize>().unwrap()
    };
    let renamed = user.patch(&tag, json!({ "name": "mass" })).await.change();
    assert_eq!(undo(&user, renamed).await.status, 200);
    assert_eq!((count("bulk").await, count("mass").await), (TASKS, 0));
    let deleted = user.delete(&tag).await.change();
    assert_eq!(undo(&user, deleted).await.json["tasks"].as_array().unwrap().len(), TASKS);
    assert_eq!(count("bulk").await, TASKS);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn what_stands_in_the_way_is_found_however_far_behind(#[case] backend: Backend) {
    const BETWEEN: usize = 1_100;
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let added = user.post("/api/tasks", json!({ "title": "one" })).await.change();
    let json = if backend == Backend::Sqlite { "'{}'" } else { "'{}'::jsonb" };
    let copy = format!(
        "with recursive numbers(n) as (select 2 union all select n + 1 from numbers where n < 1101) \
         insert into change (user_id, number, kind, before, after, source, request_id, undoes, created_at) \
         select user_id, n, 'tag.created', {json}, {json}, source, request_id, undoes, created_at \
         from change, numbers"
    );
    app.sql(&format!("{copy}; update counter set change = 1101")).await;
    let edited = user.patch("/api/tasks/1", json!({ "title": "two" })).await.change();
    assert_eq!(usize::try_from(edited).unwrap(), BETWEEN + 2);
    assert_eq!(in_the_way(&user, added).await, json!([edited]));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn what_a_newer_program_wrote_is_shown_and_left_alone(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let added = user.post("/api/tasks", json!({ "title": "one" })).await.change();
    let mut stream = user.stream("/api/changes?after=0", &[]).await;
    user.patch("/api/tasks/1", json!({ "title": "two" })).await;
    app.sql("update change set kind = 'task.snoozed', source = 'mail' where number = 2").await;
    let log = user.get("/api/changes").await.json;
    assert_eq!((&log[1]["kind"], &log[1]["source"]), (&json!("other"), &json!("other")));
    assert_eq!(stream.numbers(2).await, [1, 2]);
    let refused = undo(&user, 2).await;
    assert_eq!(refused.status, 409);
    let detail = refused.json["detail"].as_str().unwrap();
    assert!(detail.contains("newer program"), "{detail}");
    assert_eq!(in_the_way(&user, added).await, json!([2]));
}

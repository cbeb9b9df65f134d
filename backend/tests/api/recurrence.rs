//! Tasks that repeat.

use axum::body::Body;
use http::Method;
use jiff::ToSpan;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::Backend;

use crate::support::{Answer, JSON, TestApp, User};

async fn complete(user: &User, task: i64) -> Answer {
    user.post(&format!("/api/tasks/{task}/complete"), json!({})).await
}

async fn undo(user: &User, change: i64) -> Answer {
    user.post(&format!("/api/changes/{change}/undo"), json!({})).await
}

/// Adds a task that is due today and repeats.
async fn daily(user: &User) -> Answer {
    let body =
        json!({ "title": "water", "due_date": "2026-11-23", "recurrence_rule": "FREQ=DAILY" });
    user.post("/api/tasks", body).await
}

async fn count(user: &User) -> usize {
    user.get("/api/tasks").await.json.as_array().unwrap().len()
}

#[rstest]
#[tokio::test]
async fn the_day_of_a_completion_is_the_users(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
    #[values(true, false)] by_header: bool,
) {
    let app = TestApp::start(backend).await; // Monday, 10:00 UTC
    app.wait(2.hours()); // Tuesday, 01:00 in Auckland
    let mut user = app.user("ada").await;
    if by_header {
        user = user.in_zone("Pacific/Auckland");
    } else {
        user.patch("/api/settings", json!({ "time_zone": "Pacific/Auckland" })).await;
    }
    let body = json!({
        "title": "water", "due_date": "2026-11-20",
        "recurrence_rule": "FREQ=DAILY;INTERVAL=3", "recurrence_anchor": "completion",
    });
    assert_eq!(user.post("/api/tasks", body).await.status, 201);
    assert_eq!(complete(&user, 1).await.json["next"]["due_date"], "2026-11-27");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn completing_makes_the_next_in_the_same_change(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await.in_zone("Europe/Berlin");
    let body = json!({
        "title": "Pay rent", "description": "cash", "due_date": "2026-10-24T09:00",
        "remind_at": "2026-10-23T18:00", "priority": 1, "tags": ["home", "money"],
        "recurrence_rule": "rrule:freq=daily;count=40", "recurrence_end_date": "2027-01-31",
        "position": 0.5,
    });
    let added = user.post("/api/tasks", body).await;
    let first = &added.json;
    assert_eq!(
        (&first["due_date"], &first["remind_at"]),
        (&"2026-10-24T07:00:00.000000Z".into(), &"2026-10-23T16:00:00.000000Z".into())
    );
    assert_eq!(
        (&first["recurrence_rule"], &first["recurrence_anchor"]),
        (&"FREQ=DAILY;COUNT=40".into(), &"schedule".into())
    );
    assert_eq!((&first["parent_task_id"], &first["position"]), (&Value::Null, &json!(0.5)));

    let done = complete(&user, 1).await;
    let next = &done.json["next"];
    assert_eq!(
        (&done.json["task"]["completed"], &next["number"], &next["completed"]),
        (&true.into(), &2.into(), &false.into())
    );
    for member in ["title", "description", "priority", "tags", "recurrence_anchor"] {
        assert_eq!(next[member], first[member], "{member}");
    }
    // A month late: what went by is left out and counted. Nine o'clock stays nine o'clock through the clock change.
    assert_eq!(next["due_date"], "2026-11-23T08:00:00.000000Z");
    assert_eq!(next["remind_at"], "2026-11-22T17:00:00.000000Z");
    assert_eq!(next["recurrence_rule"], "FREQ=DAILY;COUNT=10");
    assert_eq!(next["recurrence_end_date"], "2027-01-31");
    assert_eq!((&next["parent_task_id"], &next["previous_number"]), (&first["id"], &1.into()));
    assert_eq!(next["position"], json!(2.0));
    assert_eq!(user.get("/api/tasks/2").await.json, *next);
    assert_eq!(user.get("/api/tasks").await.json[0], *next);

    let log = user.get("/api/changes?after=1").await.json;
    assert_eq!(log.as_array().unwrap().len(), 1);
    assert_eq!(log[0]["kind"], "task.completed");
    assert_eq!(log[0]["after"]["tasks"][1], *next);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn there_is_never_a_second_one(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    daily(&user).await;
    let done = complete(&user, 1).await;
    // Twice, by every door.
    assert_eq!(complete(&user, 1).await.json, done.json, "the answer stays the same");
    let by_patch = user.patch("/api/tasks/1", json!({ "completed": true, "title": "w" })).await;
    assert_eq!(by_patch.status, 200);
    user.post("/api/chat", json!({ "message": "complete 1" })).await;
    assert_eq!(count(&user).await, 2);
    // Reopened and completed again, also after the next one was deleted.
    for gone in [false, true] {
        if gone {
            assert_eq!(user.delete("/api/tasks/2").await.status, 204);
        }
        let open = user.post("/api/tasks/1/reopen", json!({})).await;
        assert_eq!(
            (&open.json["task"]["completed"], &open.json["next"]),
            (&false.into(), &Value::Null)
        );
        assert_eq!(count(&user).await, if gone { 1 } else { 2 });
        let again = complete(&user, 1).await;
        assert_eq!(again.json["next"].is_null(), gone);
    }
    let body =
        json!({ "ids": [1], "action": { "type": "update", "patch": { "completed": false } } });
    user.post("/api/tasks/batch", body).await;
    let body = json!({ "ids": [1], "action": { "type": "complete" } });
    assert_eq!(user.post("/api/tasks/batch", body).await.json["next"], json!([]));
    assert_eq!(count(&user).await, 1);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn undoing_the_completion_takes_the_next_away(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    daily(&user).await;
    let done = complete(&user, 1).await;
    let undone = undo(&user, done.change()).await;
    assert_eq!((&undone.json["removed"], count(&user).await), (&json!([2]), 1));
    let redone = undo(&user, undone.change()).await;
    assert_eq!(user.get("/api/tasks/2").await.json["id"], done.json["next"]["id"]);
    undo(&user, redone.change()).await;
    // Taken back, it was never completed: completing makes one again, with a number of its own.
    let again = complete(&user, 1).await;
    assert_eq!((&again.json["next"]["number"], count(&user).await), (&3.into(), 2));

    // A next one that somebody worked on stands in the way, and is named.
    let edited = user.patch("/api/tasks/3", json!({ "title": "water more" })).await.change();
    let refused = undo(&user, again.change()).await;
    assert_eq!((refused.status, &refused.json["changes"]), (409, &json!([edited])));
    let deleted = user.delete("/api/tasks/3").await.change();
    let refused = undo(&user, again.change()).await;
    assert_eq!((refused.status, &refused.json["changes"]), (409, &json!([edited, deleted])));
    let back = undo(&user, deleted).await;
    assert_eq!(back.json["tasks"][0]["recurrence_rule"], "FREQ=DAILY");
    assert_eq!(back.json["tasks"][0]["previous_number"], 1);
    let refused = undo(&user, again.change()).await;
    assert_eq!(refused.json["changes"], json!([edited]), "what was taken back is not in the way");
    undo(&user, edited).await;
    assert_eq!(undo(&user, again.change()).await.status, 200);
    assert_eq!(count(&user).await, 1);

    // Its deletion is taken back once more, so it comes back alone: completing takes it up and makes no second.
    assert_eq!(undo(&user, deleted).await.status, 200);
    let done = complete(&user, 1).await;
    assert_eq!((&done.json["next"]["number"], count(&user).await), (&3.into(), 2));
    assert_eq!(undo(&user, done.change()).await.json["removed"], json!([]));
    assert_eq!(count(&user).await, 2);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_who_complete_at_once_make_one(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    daily(&user).await;
    let callers = (0..64).map(|at| {
        let user = user.clone();
        tokio::spawn(async move {
            match at % 3 {
                0 => user.patch("/api/tasks/1", json!({ "completed": true })).await,
                1 => {
                    let body = json!({ "ids": [1], "action": { "type": "complete" } });
                    user.post("/api/tasks/batch", body).await
                }
                _ => complete(&user, 1).await,
            }
        })
    });
    let mut all = Vec::new();
    for caller in callers.collect::<Vec<_>>() {
        all.push(caller.await.unwrap());
    }
    assert!(all.iter().all(|answer| answer.status == 200));
    let wrote = all.iter().filter(|answer| !answer.header("x-change-number").is_empty());
    assert_eq!((wrote.count(), count(&user).await), (1, 2));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_series_ends_and_changes(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    daily(&user).await;
    let patch =
        json!({ "recurrence_rule": "FREQ=WEEKLY;COUNT=2", "recurrence_anchor": "completion" });
    let edited = user.patch("/api/tasks/1", patch).await;
    assert_eq!(edited.json["recurrence_anchor"], "completion");
    app.wait(48.hours());
    let next = complete(&user, 1).await.json["next"].clone();
    assert_eq!(
        (&next["due_date"], &next["recurrence_rule"]),
        (&"2026-12-02".into(), &"FREQ=WEEKLY;COUNT=1".into())
    );
    assert_eq!(complete(&user, 2).await.json["next"], Value::Null);

    // Without a due day it counts from the completion; a day on which it ends is still one.
    let body = json!({
        "title": "call", "recurrence_rule": "FREQ=WEEKLY;BYDAY=FR", "recurrence_end_date": "2026-11-27T00:00:00Z",
    });
    user.post("/api/tasks", body).await;
    let next = complete(&user, 3).await.json["next"].clone();
    assert_eq!(
        (&next["due_date"], &next["recurrence_end_date"]),
        (&"2026-11-27".into(), &"2026-11-27".into())
    );
    assert_eq!(complete(&user, 4).await.json["next"], Value::Null);

    // Null clears: the anchor as by default, the rule with all that belongs to it.
    let cleared = user
        .patch("/api/tasks/4", json!({ "recurrence_anchor": null, "recurrence_end_date": null }))
        .await;
    assert_eq!(
        (&cleared.json["recurrence_anchor"], &cleared.json["recurrence_end_date"]),
        (&"schedule".into(), &Value::Null)
    );
    let cleared = user
        .patch("/api/tasks/4", json!({ "recurrence_rule": null, "recurrence_end_date": null }))
        .await;
    for member in ["recurrence_rule", "recurrence_anchor", "recurrence_end_date"] {
        assert_eq!(cleared.json[member], Value::Null);
    }
    // Made as done, nothing follows; opened and completed, it does.
    let body = json!({ "title": "x", "completed": true, "recurrence_rule": "FREQ=DAILY" });
    user.post("/api/tasks", body).await;
    assert_eq!(complete(&user, 5).await.json["next"], Value::Null);
    user.patch("/api/tasks/5", json!({ "completed": false })).await;
    user.patch("/api/tasks/5", json!({ "completed": true })).await;
    assert_eq!(user.get("/api/tasks/6").await.json["previous_number"], 5);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn wrong_fields_are_named(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    daily(&user).await;
    user.add("once").await;
    for (body, field) in [
        (json!({ "recurrence_rule": "NOT A RULE" }), "recurrence_rule"),
        (json!({ "recurrence_rule": "FREQ=HOURLY" }), "recurrence_rule"),
        (json!({ "recurrence_rule": "" }), "recurrence_rule"),
        (
            json!({ "recurrence_rule": format!("FREQ=DAILY;BYMONTHDAY={}1", "1,".repeat(120)) }),
            "recurrence_rule",
        ),
        (json!({ "recurrence_rule": 7 }), "recurrence_rule"),
        (json!({ "recurrence_anchor": "completion" }), "recurrence_anchor"),
        (
            json!({ "recurrence_rule": "FREQ=DAILY", "recurrence_anchor": "due" }),
            "recurrence_anchor",
        ),
        (json!({ "recurrence_end_date": "2026-12-01" }), "recurrence_end_date"),
        (
            json!({ "recurrence_rule": "FREQ=DAILY", "recurrence_end_date": "soon" }),
            "recurrence_end_date",
        ),
        (
            json!({ "recurrence_rule": "FREQ=DAILY", "recurrence_end_date": "2026-11-22", "due_date": "2026-11-23" }),
            "recurrence_end_date",
        ),
        (json!({ "remind_at": "2026-12-01" }), "remind_at"),
        (json!({ "remind_at": "tomorrow" }), "remind_at"),
        (json!({ "position": "first" }), "position"),
    ] {
        let mut new = body.clone();
        new["title"] = "x".into();
        for answer in
            [user.post("/api/tasks", new).await, user.patch("/api/tasks/2", body.clone()).await]
        {
            let told = (answer.status, &answer.json["errors"][0]["field"]);
            assert_eq!(told, (422, &field.into()), "{body}: {:?}", answer.json);
        }
    }
    let late = json!({ "recurrence_end_date": "2026-11-22" });
    assert_eq!(user.patch("/api/tasks/1", late).await.status, 422);
    let both = json!({ "recurrence_rule": null, "recurrence_anchor": "completion" });
    assert_eq!(user.patch("/api/tasks/1", both).await.status, 422);
    let infinite = Body::from(r#"{"position":1e999}"#);
    let answer = user.send(Method::PATCH, "/api/tasks/1", &[JSON], infinite).await;
    assert!([400, 422].contains(&answer.status));
    assert_eq!(user.get("/api/tasks/1").await.json["version"], 1);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn the_chat_tells_the_next_one(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    daily(&user).await;
    let said = user.post("/api/chat", json!({ "message": "complete 1" })).await;
    assert_eq!(
        said.json["response"],
        "Completed:\n1 · water · today · repeats\n\nNext:\n2 · water · tomorrow · repeats"
    );
    let body = json!({ "message": "undo", "conversation_id": said.json["conversation_id"] });
    let undone = user.post("/api/chat", body).await;
    assert!(undone.json["response"].as_str().unwrap().contains("gone again:\n2 · water"));
    assert_eq!(count(&user).await, 1);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn tasks_are_ordered_by_hand(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    for title in ["a", "b", "c", "d"] {
        user.add(title).await;
    }
    let order = async |path: &str| user.get(path).await.titles().join(" ");
    let path = "/api/tasks?sort_by=position&sort_order=asc";
    assert_eq!(order(path).await, "a b c d");
    let moved = user.patch("/api/tasks/4", json!({ "position": 1.5 })).await;
    assert_eq!(moved.json["position"], json!(1.5));
    assert_eq!(order(path).await, "a d b c");
    assert_eq!(order("/api/tasks?sort_by=position").await, "c b d a");
    // Where another lies, one comes behind it.
    user.patch("/api/tasks/1", json!({ "position": 2 })).await;
    user.patch("/api/tasks/3", json!({ "position": 2 })).await;
    assert_eq!(order(path).await, "d b c a");
    let page = user.get(&format!("{path}&limit=2")).await;
    let cursor = page.header("x-next-cursor");
    assert_eq!(order(&format!("{path}&limit=2&cursor={cursor}")).await, "c a");
    undo(&user, moved.change()).await;
    assert_eq!(user.get("/api/tasks/4").await.json["position"], json!(4.0));
    user.patch("/api/tasks/1", json!({ "position": null })).await;
    assert_eq!(order(path).await, "a b c d");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn it_is_said_in_words(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let added = user.post("/api/tasks", json!({ "text": "pay rent every 1st #home" })).await.json;
    assert_eq!((&added["title"], &added["due_date"]), (&"pay rent".into(), &"2026-12-01".into()));
    assert_eq!(added["recurrence_rule"], "FREQ=MONTHLY;BYMONTHDAY=1");
    let span = added["parsed"][0].clone();
    assert_eq!((&span["kind"], &span["text"]), (&"repeat".into(), &"every 1st".into()));
    assert_eq!(span["value"], "FREQ=MONTHLY;BYMONTHDAY=1");

    let said =
        user.post("/api/chat", json!({ "message": "remind me every morning to stretch" })).await;
    assert_eq!(said.json["response"], "Added:\n2 · stretch · tomorrow 09:00 · repeats");
    let next = complete(&user, 2).await.json["next"].clone();
    assert_eq!(next["due_date"], "2026-11-25T09:00:00.000000Z");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn nothing_is_due_behind_the_end_of_its_recurrence(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let body = json!({ "title": "x", "due_date": "2026-12-01", "recurrence_rule": "FREQ=DAILY",
        "recurrence_end_date": "2026-12-31" });
    user.post("/api/tasks", body).await;
    let refused = user.patch("/api/tasks/1", json!({ "due_date": "2027-01-01" })).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.json["errors"][0]["field"], "recurrence_end_date");
    for good in [
        json!({ "due_date": "2026-12-31" }),
        json!({ "due_date": "2027-01-01", "recurrence_end_date": "2027-01-01" }),
        json!({ "due_date": "2027-02-01", "recurrence_rule": null }),
    ] {
        assert_eq!(user.patch("/api/tasks/1", good).await.status, 200);
    }
}

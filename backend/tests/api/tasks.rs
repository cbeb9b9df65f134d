//! `/api/tasks`.

use axum::body::Body;
use http::Method;
use insta::{allow_duplicates, assert_json_snapshot};
use jiff::ToSpan;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::Backend;

use crate::support::{JSON, TestApp};

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_task_is_added_read_and_changed(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let body = json!({
        "title": "  Pay rent ", "description": "to the landlord", "due_date": "2026-12-01",
        "priority": 1, "tags": ["home", "Home", "money"], "unknown": "is ignored",
    });
    let added = user.post("/api/tasks", body).await;
    assert_eq!((added.status, added.header("location")), (201, "/api/tasks/1"));
    allow_duplicates! { assert_json_snapshot!(added.json, { ".id" => "[id]", ".tags[].id" => "[id]" }, @r##"
    {
      "id": "[id]",
      "number": 1,
      "title": "Pay rent",
      "description": "to the landlord",
      "completed": false,
      "completed_at": null,
      "due_date": "2026-12-01",
      "remind_at": null,
      "priority": 1,
      "recurrence_rule": null,
      "recurrence_anchor": null,
      "recurrence_end_date": null,
      "parent_task_id": null,
      "previous_number": null,
      "tags": [
        {
          "id": "[id]",
          "name": "home",
          "color": "#6B7280"
        },
        {
          "id": "[id]",
          "name": "money",
          "color": "#6B7280"
        }
      ],
      "position": 1.0,
      "version": 1,
      "created_at": "2026-11-23T10:00:00.000000Z",
      "updated_at": "2026-11-23T10:00:00.000000Z"
    }
    "##) };
    let read = user.get("/api/tasks/1").await;
    assert_eq!((&read.json, read.header("etag")), (&added.json, "\"1\""));
    let by_id = format!("/api/tasks/{}", added.json["id"].as_str().unwrap());
    assert_eq!(user.get(&by_id).await.json, added.json);

    app.wait(1.hour());
    let patch = json!({ "due_date": "2026-12-01T09:00:00Z", "description": null, "priority": null, "title": null });
    let changed = user.patch(&by_id, patch).await;
    let (new, old) = (&changed.json, &added.json);
    assert_eq!(
        (&new["title"], &new["description"], &new["priority"]),
        (&old["title"], &Value::Null, &Value::Null)
    );
    assert_eq!(new["due_date"], "2026-12-01T09:00:00.000000Z");
    assert_eq!(
        (&new["version"], &new["updated_at"]),
        (&2.into(), &"2026-11-23T11:00:00.000000Z".into())
    );
    let cleared = user.patch("/api/tasks/1", json!({ "due_date": null, "tags": [] })).await;
    assert_eq!((&cleared.json["due_date"], &cleared.json["tags"]), (&Value::Null, &json!([])));
    let same = user.patch("/api/tasks/1", json!({ "title": "Pay rent" })).await;
    assert_eq!(
        (same.status, &same.json["version"], same.header("x-change-number")),
        (200, &3.into(), "")
    );
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn completing_and_deleting_follow_the_version(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    user.add("milk").await;
    let done = user.post("/api/tasks/1/complete", json!({})).await;
    assert_eq!((&done.json["task"]["completed"], &done.json["next"]), (&true.into(), &Value::Null));
    assert_eq!(done.json["task"]["completed_at"], "2026-11-23T10:00:00.000000Z");
    app.wait(1.minute());
    let again = user.post("/api/tasks/1/complete", json!({})).await;
    assert_eq!((&again.json, again.header("x-change-number")), (&done.json, ""));
    let open = user.post("/api/tasks/1/reopen", json!({})).await;
    assert_eq!((&open.json["task"]["completed"], open.change()), (&false.into(), 3));

    let with = async |method: Method, version: &str| {
        let headers = [JSON, ("if-match", version)];
        let body = Body::from(r#"{"title":"bread"}"#);
        user.send(method, "/api/tasks/1", &headers, body).await.status
    };
    assert_eq!(with(Method::PATCH, "\"1\"").await, 412);
    assert_eq!(with(Method::PATCH, "nonsense").await, 412);
    assert_eq!(with(Method::PATCH, "\"3\"").await, 200);
    assert_eq!(with(Method::DELETE, "\"3\"").await, 412);
    assert_eq!(with(Method::DELETE, "\"4\"").await, 204);
    assert_eq!(user.delete("/api/tasks/1").await.status, 404);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn quick_add_reads_a_line(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await.in_zone("Europe/Berlin");
    let body = json!({ "text": "😀 pay rent tomorrow 9am #home p1" });
    let added = user.post("/api/tasks", body).await;
    assert_eq!(added.json["title"], "😀 pay rent");
    assert_eq!(added.json["due_date"], "2026-11-24T08:00:00.000000Z");
    assert_eq!(
        (&added.json["priority"], &added.json["tags"][0]["name"]),
        (&1.into(), &"home".into())
    );
    let parsed = added.json["parsed"].as_array().unwrap();
    let tag = parsed.iter().find(|span| span["kind"] == "tag").unwrap();
    // Ranges count UTF-16 units, as JavaScript does: the smiley is two.
    assert_eq!(
        (&tag["text"], &tag["start"], &tag["end"]),
        (&"#home".into(), &25.into(), &30.into())
    );

    let body = json!({ "text": "read tomorrow's paper tomorrow", "ignore": [[22, 30]] });
    let kept = user.post("/api/tasks", body).await;
    assert!(kept.json["title"].as_str().unwrap().ends_with("paper tomorrow"), "{:?}", kept.json);
    for body in [json!({ "text": "x", "ignore": [[0, 9]] }), json!({ "text": " " }), json!({})] {
        assert_eq!(user.post("/api/tasks", body.clone()).await.status, 422, "{body}");
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn bad_input_is_told_and_changes_nothing(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    user.add("there").await;
    for (body, field) in [
        (json!({ "title": "" }), "title"),
        (json!({ "title": "a\u{0}b" }), "title"),
        (json!({ "title": "x".repeat(501) }), "title"),
        (json!({ "title": 7 }), "title"),
        (json!({ "title": "x", "description": "x".repeat(10_001) }), "description"),
        (json!({ "title": "x", "due_date": "soon" }), "due_date"),
        (json!({ "title": "x", "due_date": "2026-02-30" }), "due_date"),
        (json!({ "title": "x", "priority": 4 }), "priority"),
        (json!({ "title": "x", "priority": 300 }), "priority"),
        (json!({ "title": "x", "tags": [""] }), "tags"),
        (json!({ "title": "x", "tags": vec!["x"; 51] }), "tags"),
        (json!({ "title": "x", "tags": [], "tag_ids": [] }), "tags"),
        (json!({ "title": "x", "tag_ids": ["01920000-0000-7000-8000-000000000000"] }), "tag_ids"),
    ] {
        for answer in [
            user.post("/api/tasks", body.clone()).await,
            user.patch("/api/tasks/1", body.clone()).await,
        ] {
            assert_eq!(answer.status, 422, "{body}: {}", answer.json);
            assert_eq!(answer.json["errors"][0]["field"], field, "{body}: {}", answer.json);
        }
    }
    let send = async |kind: &str, body: Body| {
        user.send(Method::POST, "/api/tasks", &[("content-type", kind)], body).await.status
    };
    assert_eq!(send("application/json", "{bad".into()).await, 400);
    assert_eq!(send("application/json", r#"{"title":"x"} {}"#.into()).await, 400);
    let deep = format!(r#"{{"title":"x","more":{}"#, "[".repeat(10_000));
    assert_eq!(send("application/json", deep.into()).await, 400);
    for body in ["[]", r#"["from an array"]"#, "null", "1"] {
        assert_eq!(send("application/json", body.into()).await, 422, "{body}");
    }
    let many: String = (0..51).fold(String::new(), |text, number| format!("{text} #t{number}"));
    let quick = user.post("/api/tasks", json!({ "text": format!("x{many}") })).await;
    assert_eq!(quick.json["detail"], "a task has at most 50 tags");
    assert_eq!(send("text/plain", r#"{"title":"x"}"#.into()).await, 415);
    assert_eq!(send("application/json", "x".repeat(65 << 10).into()).await, 413);
    for path in ["/api/tasks/x", "/api/tasks/-1", "/api/tasks/99999999999999999999"] {
        assert_eq!(user.get(path).await.status, 404, "{path}");
    }
    assert_eq!(user.get("/api/tasks").await.titles(), ["there"]);
    assert_eq!(user.get("/api/changes").await.json.as_array().unwrap().len(), 1);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn lists_are_filtered_by_every_rule(#[case] backend: Backend) {
    let app = TestApp::start(backend).await; // Monday, 10:00 UTC
    let user = app.user("ada").await;
    for body in [
        json!({ "title": "late day", "due_date": "2026-11-22", "priority": 1 }),
        json!({ "title": "late hour", "due_date": "2026-11-23T09:00:00Z", "tags": ["work"] }),
        json!({ "title": "later today", "due_date": "2026-11-23T18:00:00Z" }),
        json!({ "title": "today", "due_date": "2026-11-23", "tags": ["work", "home"] }),
        json!({ "title": "in six days", "due_date": "2026-11-29" }),
        json!({ "title": "next week", "due_date": "2026-11-30" }),
        json!({ "title": "50% Ärger", "description": "crème", "completed": true }),
    ] {
        assert_eq!(user.post("/api/tasks", body).await.status, 201);
    }
    let list = async |query: &str| {
        let answer = user.get(&format!("/api/tasks?sort_order=asc&{query}")).await;
        answer.titles().join(", ")
    };
    for (query, titles) in [
        ("status=completed", "50% Ärger"),
        ("status=all&limit=2", "late day, late hour"),
        ("priority=1", "late day"),
        ("tag=work", "late hour, today"),
        ("tag=WORK&tag=home", "today"),
        ("tag=nothing", ""),
        ("search=arger", "50% Ärger"),
        ("search=CREME", "50% Ärger"),
        ("search=%25", "50% Ärger"),
        ("search=5%25r", ""),
        ("search=WORK", "late hour, today"),
        ("due=overdue", "late day, late hour"),
        ("overdue=true", "late day, late hour"),
        ("due=today", "late hour, later today, today"),
        ("due=week", "late hour, later today, today, in six days"),
        ("due=none", "50% Ärger"),
        ("due_from=2026-11-29", "in six days, next week"),
        ("due_from=2026-11-23&due_to=2026-11-23&tag=work", "late hour, today"),
        ("due_before=2026-11-22", "late day"),
        (
            "sort_by=title",
            "50% Ärger, in six days, late day, late hour, later today, next week, today",
        ),
        ("sort_by=priority&limit=1", "late day"),
    ] {
        assert_eq!(list(query).await, titles, "{query}");
    }
    let due = user.get("/api/tasks?sort_by=due_date&sort_order=asc&status=pending").await;
    assert_eq!(due.titles()[..2], ["late day", "late hour"]);
    // In Auckland it is 23:00 already: eight hours later is another day.
    let there = user.in_zone("Pacific/Auckland").get("/api/tasks?due=today&sort_order=asc").await;
    assert_eq!(there.titles(), ["late hour", "today"]);

    for query in [
        "colour=red",
        "status=open",
        "priority=0",
        "due=someday",
        "overdue=yes",
        "sort_by=size",
        "sort_order=up",
        "limit=0",
        "limit=201",
        "limit=-1",
        "cursor=x",
        "count=1",
        "tag_id=x",
        "due_from=tomorrow",
        "status=all&status=all",
        "search=a%00b",
    ] {
        assert_eq!(user.get(&format!("/api/tasks?{query}")).await.status, 422, "{query}");
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn pages_follow_their_links_to_the_end(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    for number in 1..=7 {
        user.add(&format!("task {number}")).await;
    }
    let whole = user.get("/api/tasks?count=true").await;
    assert_eq!((whole.header("x-total-count"), whole.header("link")), ("7", ""));
    let mut titles: Vec<String> = Vec::new();
    let mut next = "/api/tasks?limit=3&search=task".to_owned();
    for page in 1.. {
        let answer = user.get(&next).await;
        titles.extend(answer.titles().into_iter().map(str::to_owned));
        let Some(link) = answer.header("link").strip_prefix('<') else { break };
        next = link.split('>').next().unwrap().to_owned();
        assert!(next.contains(answer.header("x-next-cursor")) && page < 4, "{next}");
    }
    assert_eq!(titles, whole.titles());
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn there_is_always_room_in_the_order_made_by_hand(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    for title in ["a", "b", "c", "d"] {
        user.add(title).await;
    }
    let order = async || {
        let list = user.get("/api/tasks?sort_by=position&sort_order=asc").await;
        let list = list.json.as_array().unwrap().clone();
        list.into_iter()
            .map(|task| (task["number"].as_i64().unwrap(), task["position"].as_f64().unwrap()))
            .collect::<Vec<_>>()
    };
    // The last one goes between the first two, again and again.
    let mut moved = 0;
    for _ in 0..150 {
        let before = order().await;
        let (last, middle) = (before[3].0, f64::midpoint(before[0].1, before[1].1));
        let path = format!("/api/tasks/{last}");
        let patched = user.patch(&path, json!({ "position": middle })).await;
        assert_eq!(patched.status, 200, "{:?}", patched.json);
        let after = order().await;
        let numbers = |order: &[(i64, f64)]| order.iter().map(|task| task.0).collect::<Vec<_>>();
        assert_eq!(numbers(&after), [before[0].0, last, before[1].0, before[2].0]);
        let undo = format!("/api/changes/{}/undo", patched.change());
        if after[2] != before[1] {
            // Others moved along: one change, which is taken back whole.
            moved += 1;
            let undone = user.post(&undo, json!({})).await.change();
            assert_eq!(order().await, before);
            user.post(&format!("/api/changes/{undone}/undo"), json!({})).await;
            assert_eq!(order().await, after);
        }
    }
    assert!(moved > 0);
    // A new one that is sent to where another lies comes behind it.
    let place = order().await[1];
    let added = user.post("/api/tasks", json!({ "title": "e", "position": place.1 })).await;
    assert_eq!(added.status, 201);
    let after = order().await;
    assert_eq!((after[1].0, after[2].0), (place.0, 5));
    assert_eq!(added.json["position"], after[2].1);
}

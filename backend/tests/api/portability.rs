//! `/api/export` and `/api/import`.

use axum::body::Body;
use http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::Backend;

use crate::support::{Answer, JSON, TestApp, User};

const CALENDAR: (&str, &str) = ("content-type", "text/calendar; charset=utf-8");

async fn import(user: &User, kind: (&str, &str), body: impl Into<Body>) -> Answer {
    user.send(Method::POST, "/api/import", &[kind], body.into()).await
}

/// Every field that a task can have.
async fn fill(user: &User) {
    let rent = json!({
        "title": "Pay rent; on time, always", "description": "To the\nlandlord \\ lady",
        "due_date": "2026-12-01T09:00", "remind_at": "2026-11-30T18:00:00Z", "priority": 1,
        "recurrence_rule": "FREQ=MONTHLY;BYMONTHDAY=1", "recurrence_anchor": "completion",
        "recurrence_end_date": "2027-12-31", "tags": ["home", "a,b"],
    });
    assert_eq!(user.in_zone("Europe/Berlin").post("/api/tasks", rent).await.status, 201);
    let body = json!({ "title": "Water plants", "due_date": "2026-11-23",
        "recurrence_rule": "FREQ=DAILY", "priority": 3 });
    let plants = user.post("/api/tasks", body).await.json["number"].clone();
    user.post(&format!("/api/tasks/{plants}/complete"), json!({})).await;
    user.post("/api/tasks", json!({ "title": "Ünï 😀", "position": 0.5 })).await;
    user.post("/api/tags", json!({ "name": "unused", "color": "#112233" })).await;
    user.post("/api/chat", json!({ "message": "add milk" })).await;
    let choices =
        json!({ "time_zone": "Europe/Berlin", "week_start": "sunday", "morning": "08:30" });
    assert_eq!(user.patch("/api/settings", choices).await.status, 200);
}

/// What must be the same on the other side.
fn content(tasks: &Value) -> Vec<Value> {
    let mut tasks = tasks.as_array().unwrap().clone();
    for task in &mut tasks {
        let task = task.as_object_mut().unwrap();
        task.remove("version");
        for tag in task["tags"].as_array_mut().unwrap() {
            tag.as_object_mut().unwrap().remove("id");
        }
    }
    tasks
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn what_was_exported_is_imported_elsewhere(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let (from, to) = (app.user("from").await, app.user("to").await);
    fill(&from).await;
    to.add("I was here").await;

    let export = from.get("/api/export").await;
    assert_eq!(export.status, 200);
    assert_eq!(export.header("content-type"), "application/json");
    assert_eq!(
        export.header("content-disposition"),
        "attachment; filename=\"todo-2026-11-23.json\""
    );
    assert_eq!(export.json["format"], "todo-chatbot");
    assert_eq!(export.json["conversations"][0]["messages"][0]["content"], "add milk");
    assert_eq!(export.json["tasks"][0]["due_zone"], "Europe/Berlin");
    let tasks = export.json["tasks"].as_array().unwrap().len();

    let first = import(&to, JSON, export.json.to_string()).await;
    assert_eq!(first.status, 200, "{:?}", first.json);
    assert_eq!(first.json["added"], tasks);
    assert_eq!(first.json["tags_added"], 3);
    assert_eq!(first.json["conversations_added"], 1);
    let again = import(&to, JSON, export.json.to_string()).await;
    assert_eq!(again.json["conversations_added"], 0);
    assert_eq!((&again.json["added"], &again.json["skipped"]), (&json!(0), &json!(tasks)));
    assert_eq!(again.json["changes"], json!([]));

    let imported = to.get("/api/export").await.json;
    let (theirs, ours) = (content(&export.json["tasks"]), content(&imported["tasks"]));
    let numbers = |tasks: &[Value]| {
        tasks.iter().map(|task| task["number"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    // Number 1 was given out here before.
    assert_eq!(numbers(&ours), [1, 2, 3, 4, 5, 6]);
    let without_number = |task: &Value| {
        let mut task = task.clone();
        for member in ["number", "previous_number"] {
            task.as_object_mut().unwrap().remove(member);
        }
        task
    };
    let theirs: Vec<_> = theirs.iter().map(without_number).collect();
    let ours: Vec<_> = ours[1..].iter().map(without_number).collect();
    assert_eq!(ours, theirs);
    let tags = |export: &Value| -> Vec<Value> {
        let tags = export["tags"].as_array().unwrap();
        tags.iter().map(|tag| json!([tag["name"], tag["color"]])).collect()
    };
    assert_eq!(tags(&imported), tags(&export.json));
    for member in ["conversations", "settings"] {
        assert_eq!(imported[member], export.json[member]);
    }

    // The occurrence that was completed has its next one: completing it again makes no other.
    let plants = ours.iter().position(|task| task["completed"] == true).unwrap() + 2;
    to.post(&format!("/api/tasks/{plants}/reopen"), json!({})).await;
    let completed = to.post(&format!("/api/tasks/{plants}/complete"), json!({})).await;
    assert_eq!(to.get("/api/tasks").await.titles().len(), tasks + 1, "{:?}", completed.json);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn numbers_are_kept_where_they_are_free(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let tasks = json!([{ "title": "seven", "number": 7 }, { "title": "huge", "number": i64::MAX },
        { "title": "two", "number": 2 }, { "title": "none" }]);
    assert_eq!(import(&user, JSON, tasks.to_string()).await.json["added"], 4);
    let list = user.get("/api/tasks?sort_by=position&sort_order=asc").await.json;
    let seen: Vec<_> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|task| (task["number"].as_i64().unwrap(), task["title"].as_str().unwrap()))
        .collect();
    assert_eq!(seen, [(2, "two"), (7, "seven"), (8, "huge"), (9, "none")]);
    assert_eq!(user.add("next").await, 10);
    // Without ids of their own they are known by what they say.
    assert_eq!(import(&user, JSON, tasks.to_string()).await.json["skipped"], 4);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_calendar_goes_out_and_comes_back(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let (from, to) = (app.user("from").await, app.user("to").await);
    fill(&from).await;
    let accept = [("accept", "text/calendar")];
    let calendar = from.send(Method::GET, "/api/export", &accept, Body::empty()).await;
    assert_eq!(calendar.header("content-type"), "text/calendar; charset=utf-8");
    let same = from.get("/api/export?format=ics").await;
    assert_eq!(same.text, calendar.text);
    assert!(calendar.text.contains("SUMMARY:Pay rent\\; on time\\, always\r\n"));
    assert!(calendar.text.contains("DUE:20261201T080000Z\r\n"), "{}", calendar.text);
    assert!(calendar.text.contains("RRULE:FREQ=MONTHLY;BYMONTHDAY=1\r\n"));

    let answer = import(&to, CALENDAR, calendar.text.clone()).await;
    assert_eq!(answer.json["warnings"], json!([]), "{:?}", answer.json);
    let tasks = |export: Answer| {
        let mut tasks = content(&export.json["tasks"]);
        for task in &mut tasks {
            for member in ["tags", "created_at", "updated_at", "completed_at"] {
                task.as_object_mut().unwrap().remove(member);
            }
        }
        tasks
    };
    assert_eq!(tasks(to.get("/api/export").await), tasks(from.get("/api/export").await));
    assert_eq!(import(&to, CALENDAR, calendar.text).await.json["added"], 0);
}

const FOREIGN: &str = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//elsewhere//EN\n\
BEGIN:VEVENT\nUID:e1\nSUMMARY:A party\nEND:VEVENT\n\
BEGIN:VTODO\nUID:todo-1@elsewhere\nSUMMARY:Call\\, then write\nDUE;TZID=Europe/Berlin:20261201T090000\nPRIORITY:2\n\
CATEGORIES:phone,home\nCATEGORIES:phone\nBEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:-PT15M\nEND:VALARM\nEND:VTODO\n\
BEGIN:VTODO\nUID:todo-2@elsewhere\nSUMMARY:Every hour\nDUE:20261201T090000\nRRULE:FREQ=HOURLY\nEND:VTODO\n\
BEGIN:VTODO\nUID:todo-3@elsewhere\nSUMMARY:Done\nDUE;TZID=Nowhere/Land:20261201T090000\nSTATUS:COMPLETED\n\
COMPLETED:20261101T100000Z\nEND:VTODO\nEND:VCALENDAR\n";

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn calendars_of_other_programs_are_taken(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await.in_zone("America/New_York");
    let answer = import(&user, CALENDAR, FOREIGN).await;
    assert_eq!(answer.json["added"], 3, "{:?}", answer.json);
    let warnings: Vec<_> = answer.json["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|text| text.as_str().unwrap())
        .collect();
    assert_eq!(
        warnings,
        [
            "Every hour: it does not repeat here: recurrence_rule needs FREQ to be DAILY, WEEKLY, MONTHLY or YEARLY",
            "Done: the zone Nowhere/Land is unknown; taken as America/New_York",
        ]
    );

    let call = user.get("/api/tasks?search=call").await.json[0].clone();
    assert_eq!(call["title"], "Call, then write");
    assert_eq!(call["due_date"], "2026-12-01T08:00:00.000000Z");
    assert_eq!(call["remind_at"], "2026-12-01T07:45:00.000000Z");
    assert_eq!((&call["priority"], call["tags"].as_array().unwrap().len()), (&json!(1), 2));
    let hourly = user.get("/api/tasks?search=hour").await.json[0].clone();
    assert_eq!(hourly["due_date"], "2026-12-01T14:00:00.000000Z");
    assert_eq!(hourly["recurrence_rule"], Value::Null);
    let done = user.get("/api/tasks?status=completed").await.json[0].clone();
    assert_eq!(done["completed_at"], "2026-11-01T10:00:00.000000Z");
    assert_eq!(import(&user, CALENDAR, FOREIGN).await.json["skipped"], 3);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_mistake_refuses_the_whole_file(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let good = json!({ "title": "good" });
    for (wrong, field) in [
        (json!({ "title": " " }), "tasks[1].title"),
        (json!({ "title": "x", "priority": 4 }), "tasks[1].priority"),
        (json!({ "title": "x", "due_date": "soon" }), "tasks[1].due_date"),
        (json!({ "title": "x", "due_zone": "Nowhere" }), "tasks[1].due_zone"),
        (json!({ "title": "x", "recurrence_rule": "HOURLY" }), "tasks[1].recurrence_rule"),
        (json!({ "title": "x", "completed_at": "2026-12-01" }), "tasks[1].completed_at"),
        (json!({ "title": "x", "tags": [""] }), "tasks[1].tags"),
        (json!({ "title": "x", "tags": vec!["a"; 51] }), "tasks[1].tags"),
        (json!({ "title": 1 }), "tasks[1].title"),
        (json!({}), "tasks[1]"),
    ] {
        let answer = import(&user, JSON, json!({ "tasks": [good, wrong] }).to_string()).await;
        assert_eq!(answer.status, 422, "{wrong}");
        assert_eq!(answer.json["errors"][0]["field"], field, "{:?}", answer.json);
    }
    for (kind, body, status) in [
        (JSON, "{", 400),
        (JSON, "7", 422),
        (CALENDAR, "hello", 400),
        (CALENDAR, "BEGIN:VCALENDAR\nBEGIN:VTODO\nEND:VTODO\nEND:VCALENDAR", 422),
        (("content-type", "text/plain"), "x", 415),
    ] {
        assert_eq!(import(&user, kind, body).await.status, status, "{body}");
    }
    let huge = json!([{ "title": "x", "description": "y".repeat(10 << 20) }]).to_string();
    assert_eq!(import(&user, JSON, huge).await.status, 413);
    let many = json!(vec![json!({ "title": "x" }); 20_001]).to_string();
    assert_eq!(import(&user, JSON, many).await.json["errors"][0]["field"], "tasks");
    assert_eq!(user.get("/api/tasks").await.json, json!([]));
    assert_eq!(user.get("/api/export?format=xml").await.status, 422);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn many_tasks_are_several_changes_that_can_be_undone(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let task = |number: i64| {
        json!({ "number": number, "title": format!("task {number}"), "description": "one of many",
            "tags": ["bulk"] })
    };
    let tasks: Vec<_> = (1..=1_201).map(task).collect();
    let body = json!({ "tasks": tasks }).to_string();
    assert!(body.len() > 64 << 10);
    let (one, other) = tokio::join!(import(&user, JSON, body.clone()), import(&user, JSON, body));
    let sum =
        |member: &str| one.json[member].as_u64().unwrap() + other.json[member].as_u64().unwrap();
    assert_eq!((sum("added"), sum("skipped"), sum("tags_added")), (1_201, 1_201, 1));
    assert_eq!(user.get("/api/tasks?count=true&limit=1").await.header("x-total-count"), "1201");

    let mut changes: Vec<_> = [&one, &other]
        .iter()
        .flat_map(|answer| answer.json["changes"].as_array().unwrap())
        .map(|change| change.as_i64().unwrap())
        .collect();
    changes.sort_unstable();
    assert_eq!(changes, [1, 2, 3]);
    for change in changes.into_iter().rev() {
        let undone = user.post(&format!("/api/changes/{change}/undo"), json!({})).await;
        assert_eq!(undone.status, 200, "{:?}", undone.json);
    }
    assert_eq!(user.get("/api/tasks").await.json, json!([]));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_key_gives_the_answer_of_an_import_again(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let send = async |body: &str| {
        let headers = [JSON, ("idempotency-key", "import-1")];
        user.send(Method::POST, "/api/import", &headers, Body::from(body.to_owned())).await
    };
    assert_eq!(send(r#"[{ "title": " " }]"#).await.status, 422);
    let good = r#"[{ "title": "x", "tags": [{ "name": "a" }, { "name": "A" }] }]"#;
    let (first, again) = (send(good).await, send(good).await);
    assert_eq!((&first.json["added"], &first.json["tags_added"]), (&json!(1), &json!(1)));
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.json, first.json);
    assert_eq!(send("[]").await.json["code"], "idempotency_key_reused");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_strangers_import_of_known_ids_changes_nothing_of_the_owner(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let (owner, stranger) = (app.user("owner").await, app.user("stranger").await);
    fill(&owner).await;
    let all = async |user: &User| {
        let mut all = Vec::new();
        for path in ["/api/export", "/api/tasks", "/api/tags", "/api/changes", "/api/settings"] {
            all.push(user.get(path).await.text);
        }
        all
    };
    let before = all(&owner).await;
    let mut file: Value = serde_json::from_str(&before[0]).unwrap();
    for task in file["tasks"].as_array_mut().unwrap() {
        task["title"] = "stolen".into();
        task["completed"] = true.into();
    }
    let imported = import(&stranger, JSON, file.to_string()).await;
    assert_eq!(imported.status, 200, "{}", imported.json);
    assert_eq!(all(&owner).await[1..], before[1..]);
    let theirs = stranger.get("/api/tasks").await.json;
    assert!(theirs.as_array().unwrap().iter().all(|task| task["title"] == "stolen"));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn what_has_no_id_is_told_apart_by_its_place(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let todo = "BEGIN:VTODO\nSUMMARY:Buy milk\nEND:VTODO\n";
    let calendar = format!(
        "BEGIN:VCALENDAR\nVERSION:2.0\n{todo}BEGIN:VTODO\nSUMMARY:Call\nEND:VTODO\n{todo}END:VCALENDAR\n"
    );
    assert_eq!(import(&user, CALENDAR, calendar.clone()).await.json["added"], 3);
    let again = import(&user, CALENDAR, calendar).await.json;
    assert_eq!((&again["added"], &again["skipped"]), (&json!(0), &json!(3)));
    assert_eq!(user.get("/api/tasks?search=milk").await.titles(), ["Buy milk", "Buy milk"]);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn many_tags_are_several_changes(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let tag = |number: usize| json!({ "name": format!("tag {number}") });
    let names = |task: usize| (0..50).map(|name| format!("of {task} {name}")).collect::<Vec<_>>();
    let task = |number: usize| json!({ "title": "x", "tags": names(number) });
    let body = json!({
        "tags": (0..1_100).map(tag).collect::<Vec<_>>(),
        "tasks": (0..25).map(task).collect::<Vec<_>>(),
    });
    let first = import(&user, JSON, body.to_string()).await.json;
    assert_eq!((&first["added"], &first["tags_added"]), (&json!(25), &json!(1_100 + 25 * 50)));
    // 500 tags each, at the most.
    assert_eq!(first["changes"], json!([1, 2, 3, 4, 5, 6]));
    let log = user.get("/api/changes").await.json;
    let tags = |change: &Value| change["after"]["tags"].as_array().unwrap().len();
    let made: Vec<_> = log.as_array().unwrap().iter().map(tags).collect();
    assert_eq!(made, [500, 500, 100, 500, 500, 250]);
    assert_eq!(import(&user, JSON, body.to_string()).await.json["changes"], json!([]));

    let many = json!({ "tags": (0..20_001).map(tag).collect::<Vec<_>>() });
    let refused = import(&user, JSON, many.to_string()).await;
    assert_eq!((refused.status, &refused.json["errors"][0]["field"]), (422, &json!("tags")));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn the_occurrence_before_may_lie_in_another_unit(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let id = |number: usize| format!("0193a000-0000-7000-8000-{number:012}");
    let mut tasks: Vec<_> = (1..=1_001)
        .map(|number| json!({ "id": id(number), "number": number, "title": "between" }))
        .collect();
    let occurrence =
        json!({ "title": "Water", "recurrence_rule": "FREQ=DAILY", "due_date": "2026-11-23" });
    for (number, previous, done) in [(1, None, true), (1_001, Some(id(1)), false)] {
        let task = tasks[number - 1].as_object_mut().unwrap();
        task.extend(occurrence.as_object().unwrap().clone());
        task.insert("completed".to_owned(), json!(done));
        task.insert("parent_task_id".to_owned(), json!(previous));
    }
    let imported = import(&user, JSON, json!(tasks).to_string()).await.json;
    assert_eq!((&imported["added"], &imported["changes"]), (&json!(1_001), &json!([1, 2, 3])));
    assert_eq!(user.get("/api/tasks/1001").await.json["previous_number"], 1);
    // It has its next occurrence: completing it again makes no other.
    user.post("/api/tasks/1/reopen", json!({})).await;
    let completed = user.post("/api/tasks/1/complete", json!({})).await.json;
    assert_eq!(completed["next"]["number"], 1_001, "{completed}");
    let count = user.get("/api/tasks?limit=1&count=true").await;
    assert_eq!(count.header("x-total-count"), "1001");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn conversations_are_completed_and_choices_are_kept(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let id = |number: usize| format!("0193a000-0000-7000-8000-{number:012}");
    let message = |number: usize| {
        let role = ["user", "assistant"][number % 2];
        json!({ "id": id(number), "role": role, "content": format!("line {number}"),
            "created_at": "2026-11-01T10:00:00Z" })
    };
    let file = |messages: usize| {
        let messages: Vec<_> = (0..messages).map(message).collect();
        let second =
            json!({ "id": id(2), "number": 9, "title": "second", "messages": [message(0)] });
        let first = json!({ "id": id(1), "number": 8, "title": "first", "messages": messages });
        json!({ "conversations": [second, first], "settings": { "noon": "11:30", "siesta": "14:00" } })
    };
    let contents = async || {
        let export = user.get("/api/export").await.json;
        let numbers: Vec<_> = export["conversations"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["number"].clone(), one["messages"].as_array().unwrap().len()))
            .collect();
        numbers
    };
    // As if it had been cut off.
    assert_eq!(import(&user, JSON, file(501).to_string()).await.json["conversations_added"], 2);
    assert_eq!(contents().await, [(json!(1), 501), (json!(2), 1)]);
    let imported = import(&user, JSON, file(1_203).to_string()).await.json;
    assert_eq!((&imported["conversations_added"], &imported["changes"]), (&json!(1), &json!([])));
    assert_eq!(contents().await, [(json!(1), 1_203), (json!(2), 1)]);
    let export = user.get("/api/export").await.json;
    let messages = export["conversations"][0]["messages"].as_array().unwrap();
    assert!(messages.iter().enumerate().all(|(at, said)| said["content"] == format!("line {at}")));
    assert_eq!(export["settings"]["noon"], "11:30");

    // What went on here stays as it is.
    let said = json!({ "message": "add milk", "conversation_id": id(2) });
    assert_eq!(user.post("/api/chat", said).await.status, 200);
    let choices =
        json!({ "conversations": [], "settings": { "noon": "12:30", "time_zone": "Asia/Tokyo" } });
    assert_eq!(import(&user, JSON, choices.to_string()).await.status, 200);
    assert_eq!(import(&user, JSON, file(1_203).to_string()).await.json["conversations_added"], 0);
    assert_eq!(contents().await, [(json!(1), 1_203), (json!(2), 3)]);
    assert_eq!(user.get("/api/settings").await.json["noon"], "11:30");

    for (wrong, field) in [
        (json!({ "settings": { "noon": "late" } }), "noon"),
        (json!({ "settings": { "noon": 12 } }), "settings.noon"),
        (json!({ "settings": { "time_zone": "Nowhere" } }), "settings.time_zone"),
        (json!({ "settings": { "morning": "13:00" } }), "noon"),
        (
            json!({ "conversations": [{ "id": id(3), "title": "x".repeat(501), "messages": [] }] }),
            "conversations[0].title",
        ),
        (of_one(&json!({ "role": "system" })), "conversations[0].messages[0].role"),
        (of_one(&json!({ "content": "a\u{0}b" })), "conversations[0].messages[0].content"),
        (
            of_one(
                &json!({ "tool_calls": { "data": [{ "tool": "x", "input": "\u{0}", "result": 1 }] } }),
            ),
            "conversations[0].messages[0].tool_calls",
        ),
    ] {
        let refused = import(&user, JSON, wrong.to_string()).await;
        assert_eq!((refused.status, &refused.json["errors"][0]["field"]), (422, &json!(field)));
    }
}

/// A conversation of one message, with something of it changed.
fn of_one(change: &Value) -> Value {
    let id = "0193a000-0000-7000-8000-000000000009";
    let mut message = json!({ "id": id, "role": "user", "content": "x" });
    message.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    json!({ "conversations": [{ "id": id, "title": "x", "messages": [message] }] })
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn an_export_of_many_pages_is_whole_or_breaks_off(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let (user, nobody) = (app.user("ada").await, app.user("bob").await);
    let task = |number| json!({ "number": number, "title": format!("task {number}") });
    let tasks: Value = (1..=450).map(task).collect();
    import(&user, JSON, tasks.to_string()).await;
    user.post("/api/chat", json!({ "message": "add milk" })).await;
    let export = user.get("/api/export").await.json;
    let numbers = export["tasks"].as_array().unwrap().iter().map(|task| task["number"].as_i64());
    assert!(numbers.eq((1..=451).map(Some)));
    assert_eq!(export["conversations"].as_array().unwrap().len(), 1);
    let calendar = user.get("/api/export?format=ics").await.text;
    assert_eq!(calendar.matches("BEGIN:VTODO").count(), 451);
    assert!(calendar.ends_with("END:VCALENDAR\r\n"));
    let empty = nobody.get("/api/export").await.json;
    assert_eq!((&empty["tasks"], &empty["conversations"]), (&json!([]), &json!([])));

    app.sql("alter table message rename to elsewhere").await;
    assert!(user.body_of("/api/export").await.is_err(), "half an export looks whole");
    assert!(user.body_of("/api/export?format=ics").await.is_ok());
}

//! `GET /api/tasks`: rules together, cursors, and pages of what changes meanwhile.

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::ToSpan;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::Backend;

use crate::support::{Answer, TestApp, User};

/// The page behind this one, if it names one.
fn next(page: &Answer) -> Option<String> {
    let link = page.header("link").strip_prefix('<')?;
    Some(link.split('>').next().unwrap().to_owned())
}

fn numbers(page: &Answer) -> Vec<i64> {
    let tasks = page.json.as_array().unwrap().iter();
    tasks.map(|task| task["number"].as_i64().unwrap()).collect()
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn rules_for_due_dates_hold_together(#[case] backend: Backend) {
    let app = TestApp::start(backend).await; // Monday, 10:00 UTC
    let user = app.user("ada").await;
    for body in [
        json!({ "title": "a", "due_date": "2026-11-20" }),
        json!({ "title": "b", "due_date": "2026-11-22" }),
        json!({ "title": "c", "due_date": "2026-11-23T09:00:00Z" }),
        json!({ "title": "d", "due_date": "2026-11-23T18:00:00Z" }),
        json!({ "title": "e", "due_date": "2026-11-23" }),
        json!({ "title": "f", "due_date": "2026-11-26" }),
        json!({ "title": "g", "due_date": "2026-11-30" }),
        json!({ "title": "h" }),
    ] {
        assert_eq!(user.post("/api/tasks", body).await.status, 201);
    }
    for (query, titles) in [
        ("overdue=true", "abc"),
        ("overdue=true&due=overdue", "abc"),
        ("overdue=true&due=today", "c"),
        ("overdue=true&due_from=2026-11-22", "bc"),
        ("overdue=true&due_to=2026-11-21", "a"),
        ("due=overdue&due_from=2026-11-21&due_to=2026-11-22", "b"),
        ("overdue=true&status=all", "abc"),
        ("overdue=true&due_from=2026-11-24", ""),
        ("due=today&due_from=2026-11-23", "cde"),
        ("due=today&due_to=2026-11-22", ""),
        ("due=week&due_from=2026-11-24", "f"),
        ("due=week&due_to=2026-11-23&overdue=true", "c"),
        ("due=today&overdue=false", "cde"),
        ("due_from=2026-11-26&due_to=2026-11-22", ""),
        ("due=none&overdue=false", "h"),
    ] {
        let list = user.get(&format!("/api/tasks?sort=title&sort_order=asc&{query}")).await;
        assert_eq!(list.titles().concat(), titles, "{query}");
    }
    for (query, field) in [
        ("due=none&due_from=2026-11-22", "due"),
        ("due=none&due_before=2026-11-22", "due"),
        ("due=none&overdue=true", "due"),
        ("overdue=true&status=completed", "status"),
        ("due=overdue&status=completed", "status"),
        ("due=today&due_from=soon", "due_from"),
        ("due_from=2026-11-22&due_after=2026-11-22", "query"),
        ("sort=title&sort_by=title", "query"),
    ] {
        let refused = user.get(&format!("/api/tasks?{query}")).await;
        let found = &refused.json["errors"][0]["field"];
        assert_eq!((refused.status, found), (422, &field.into()), "{query}");
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_tag_is_named_by_name_or_id(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let first = user.post("/api/tasks", json!({ "title": "a", "tags": ["home"] })).await;
    let home = first.json["tags"][0]["id"].as_str().unwrap().to_owned();
    let by_id = user.post("/api/tasks", json!({ "title": "b", "tag_ids": [home] })).await;
    assert_eq!((by_id.status, &by_id.json["tags"][0]["name"]), (201, &json!("home")));
    user.add("c").await;
    let changed = user.patch("/api/tasks/3", json!({ "tag_ids": [home] })).await;
    assert_eq!((changed.status, &changed.json["tags"][0]["id"]), (200, &json!(home)));
    user.post("/api/tasks", json!({ "title": "d", "tags": ["work"] })).await;
    user.add("e").await;
    for query in [format!("tag={home}"), "tag=HOME".to_owned(), format!("tag_id={home}")] {
        let list = user.get(&format!("/api/tasks?sort=title&sort_order=asc&{query}")).await;
        assert_eq!(list.titles(), ["a", "b", "c"], "{query}");
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn other_names_mean_the_same(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    for (title, day) in [("a", "2026-11-26"), ("b", "2026-11-24"), ("c", "2026-11-28")] {
        user.post("/api/tasks", json!({ "title": title, "due_date": day })).await;
        app.wait(1.second());
    }
    for (query, titles) in [
        ("sort=created&sort_order=asc", "abc"),
        ("sort=created", "cba"),
        ("sort=due_date&sort_order=asc", "bac"),
        ("sort_by=due_date&sort_order=asc&due_after=2026-11-26", "ac"),
        ("sort_by=due_date&sort_order=asc&due_before=2026-11-26", "ba"),
    ] {
        let list = user.get(&format!("/api/tasks?{query}")).await;
        assert_eq!(list.titles().concat(), titles, "{query}");
        assert_eq!(list.header("x-total-count"), "", "nobody asked to count");
    }
    assert_eq!(user.get("/api/tasks?limit=1&count=true").await.header("x-total-count"), "3");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_week_is_the_users(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    app.wait(48.hours()); // Wednesday, 25 November
    let user = app.user("ada").await;
    for day in 21..=30 {
        let body = json!({ "title": day.to_string(), "due_date": format!("2026-11-{day}") });
        assert_eq!(user.post("/api/tasks", body).await.status, 201);
    }
    let jwt = user.get("/api/auth/token").await.json["token"].as_str().unwrap().to_owned();
    let by_jwt = user.with_token(&jwt).in_zone("Europe/Berlin");
    for (week_start, first, last) in
        [("monday", 23, 29), ("sunday", 22, 28), ("wednesday", 25, 30), ("saturday", 21, 27)]
    {
        user.patch("/api/settings", json!({ "week_start": week_start })).await;
        let days: Vec<String> = (first..=last).map(|day: i32| day.to_string()).collect();
        for user in [&user, &by_jwt] {
            let list = user.get("/api/tasks?due=week&sort=title&sort_order=asc").await;
            assert_eq!(list.titles(), days, "{week_start}");
        }
        // The chat means the same by it.
        let said = user.post("/api/chat", json!({ "message": "show tasks due this week" })).await;
        let shown = &said.json["actions_taken"][0]["result"]["total"];
        assert_eq!(shown, days.len(), "{week_start}: {}", said.json);
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn every_word_of_a_search_counts(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    user.add("a").await;
    let search = |words: usize| format!("/api/tasks?search={}", vec!["a"; words].join("+"));
    assert_eq!(user.get(&search(50)).await.titles(), ["a"]);
    let refused = user.get(&search(51)).await;
    assert_eq!((refused.status, &refused.json["errors"][0]["field"]), (422, &"search".into()));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_forged_cursor_is_refused_or_harmless(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    user.post("/api/tasks", json!({ "title": "a", "due_date": "2026-12-01T09:00:00Z" })).await;
    let page = user.get("/api/tasks?limit=1").await;
    let genuine = URL_SAFE_NO_PAD.decode(page.header("x-next-cursor")).unwrap();
    let genuine: Value = serde_json::from_slice(&genuine).unwrap();
    let sorts = ["created_at", "updated_at", "due_date", "priority", "title", "position"];
    let forged = async |member: &str, value: &Value| {
        let mut cursor = genuine.clone();
        cursor[member] = value.clone();
        let cursor = URL_SAFE_NO_PAD.encode(cursor.to_string());
        let mut statuses = BTreeSet::new();
        for sort in sorts {
            for order in ["asc", "desc"] {
                let query = format!("sort_by={sort}&sort_order={order}&cursor={cursor}");
                statuses.insert(user.get(&format!("/api/tasks?{query}")).await.status);
            }
        }
        assert_eq!(statuses.len(), 1, "{member}: {value}");
        statuses.into_iter().next().unwrap()
    };
    let first = "-009999-01-02T01:59:59Z";
    for (member, value, status) in [
        ("title", json!("a\u{0}"), 422),
        ("title", json!("\n"), 422),
        ("title", json!(7), 422),
        ("title", json!(""), 200),
        ("title", json!("x".repeat(5_000)), 200),
        ("number", json!(i64::MIN), 200),
        ("number", json!(i64::MAX), 200),
        ("number", json!(1e300), 422),
        ("created_at", json!(first), 200),
        ("updated_at", json!("9999-12-30T22:00:00.999999999Z"), 200),
        ("created_at", json!("infinity"), 422),
        ("due", json!({ "day": "-009999-01-01" }), 200),
        ("due", json!({ "at": first, "zone": "Mars\u{0}/Olympus" }), 200),
        ("due", json!({ "day": "\u{0}" }), 422),
        ("due", Value::Null, 200),
        ("priority", json!(4), 422),
        ("position", json!("1e308"), 200),
        ("position", json!("NaN"), 422),
        ("position", json!("inf"), 422),
    ] {
        assert_eq!(forged(member, &value).await, status, "{member}: {value}");
    }
    for cursor in ["e30", "bnVsbA", "W10", "_w", "=", "%00"] {
        assert_eq!(user.get(&format!("/api/tasks?cursor={cursor}")).await.status, 422, "{cursor}");
    }
}

/// Tasks whose keys differ, tie and are missing.
async fn fill(app: &TestApp, user: &User, tasks: i64) {
    for place in 0..tasks {
        app.wait(i64::from(place % 3 == 0).seconds());
        let due = match place % 4 {
            0 => Value::Null,
            1 => json!(format!("2026-12-{:02}", 1 + place % 9)),
            _ => json!(format!("2026-12-{:02}T{:02}:00:00Z", 1 + place % 9, place % 24)),
        };
        let priority = [Value::Null, json!(1), json!(2), json!(3)]
            [usize::try_from(place % 4).unwrap()]
        .clone();
        let position = if place % 5 == 0 { Value::Null } else { json!(place * 7 % 11) };
        let title = format!("{}", place * 5 % 13);
        let body =
            json!({ "title": title, "due_date": due, "priority": priority, "position": position });
        assert_eq!(user.post("/api/tasks", body).await.status, 201);
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn what_stays_as_it_is_comes_once_whatever_changes_around_it(#[case] backend: Backend) {
    const TASKS: i64 = 30;
    let app = TestApp::start(backend).await;
    for sort in ["created_at", "updated_at", "due_date", "priority", "title", "position"] {
        for order in ["asc", "desc"] {
            let user = app.user(&format!("{sort}.{order}")).await;
            fill(&app, &user, TASKS).await;
            let (mut seen, mut touched) = (Vec::new(), BTreeSet::new());
            let mut page =
                user.get(&format!("/api/tasks?sort_by={sort}&sort_order={order}&limit=5")).await;
            for round in 0.. {
                assert!(round < 20, "{sort} {order} does not end");
                let shown = numbers(&page);
                seen.extend(&shown);
                let Some(behind) = next(&page) else { break };
                app.wait(1.second());
                // The cursor's own row goes, a row that was shown and one that was not move, and one more comes.
                user.delete(&format!("/api/tasks/{}", shown.last().unwrap())).await;
                let hidden = (1..=TASKS).find(|task| !seen.contains(task));
                for task in shown.first().copied().into_iter().chain(hidden) {
                    let edit = if round % 2 == 0 {
                        json!({ "title": "~", "due_date": null, "priority": 3, "position": 99 })
                    } else {
                        json!({ "title": "!", "due_date": "2026-11-30", "priority": 1, "position": -99 })
                    };
                    user.patch(&format!("/api/tasks/{task}"), edit).await;
                    touched.insert(task);
                }
                touched.insert(*shown.last().unwrap());
                user.post("/api/tasks", json!({ "title": "6", "due_date": "2026-12-05" })).await;
                page = user.get(&behind).await;
            }
            let left: Vec<i64> = (1..=TASKS).filter(|task| !touched.contains(task)).collect();
            assert!(left.len() >= 5, "{sort} {order}: {touched:?}");
            for task in left {
                let times = seen.iter().filter(|&&seen| seen == task).count();
                assert_eq!(times, 1, "{sort} {order}: {task} of {seen:?}");
            }
        }
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_thousand_come_at_once_and_the_rest_behind_a_link(#[case] backend: Backend) {
    const TASKS: usize = 1_003;
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let file: Vec<_> = (0..TASKS).map(|place| json!({ "title": place.to_string() })).collect();
    assert_eq!(user.post("/api/import", json!(file)).await.json["added"], TASKS);
    let whole = user.get("/api/tasks?count=true&sort=title").await;
    assert_eq!(whole.header("x-total-count"), TASKS.to_string());
    let rest = user.get(&next(&whole).unwrap()).await;
    let (mut all, more) = (numbers(&whole), numbers(&rest));
    assert_eq!((all.len(), more.len(), next(&rest)), (1_000, 3, None));
    all.extend(more);
    all.sort_unstable();
    assert!(all.into_iter().eq(1..=1_003));
}

//! What is done each minute.

use http::Method;
use jiff::ToSpan;
use rstest::rstest;
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use testkit::{Backend, TestDatabase};

use crate::support::TestApp;

async fn run(app: &TestApp) {
    backend::run_background_once(app.app()).await;
}

/// A statement of the test's own, and the first number that it gives.
async fn ask(app: &TestApp, sql: &str) -> i64 {
    let (url, sql) = (app.database_url(), AssertSqlSafe(sql.to_owned()));
    let row: Option<(i64,)> = if url.starts_with("sqlite") {
        let mut database = SqliteConnection::connect(url).await.unwrap();
        sqlx::query_as(sql).fetch_optional(&mut database).await.unwrap()
    } else {
        let mut database = PgConnection::connect(url).await.unwrap();
        sqlx::query_as(sql).fetch_optional(&mut database).await.unwrap()
    };
    row.map_or(0, |row| row.0)
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn what_has_had_its_time_goes(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let replica = app.replica().await;
    let (ada, _) = (app.user("ada").await, app.user("bob").await);
    let old = "2026-11-23T09:00:00Z".parse::<jiff::Timestamp>().unwrap();
    let time = |at: jiff::Timestamp| match backend {
        Backend::Sqlite => at.as_microsecond().to_string(),
        Backend::Postgres => format!("'{at}'"),
    };
    for (id, at) in [("old", old), ("new", app.now() + 1.hour())] {
        let at = time(at);
        ask(&app, &format!(
            r#"insert into "verification" ("id", "identifier", "value", "expiresAt", "createdAt", "updatedAt")
               values ('{id}', 'x', 'x', {at}, {at}, {at})"#
        ))
        .await;
    }
    for (id, at) in [("old", old), ("new", app.now())] {
        let at = at.as_millisecond();
        ask(&app, &format!(
            r#"insert into "rateLimit" ("id", "key", "count", "lastRequest") values ('{id}', '{id}', 3, {at})"#
        ))
        .await;
    }
    for _ in 0..3 {
        ada.add("old").await;
    }
    tokio::join!(run(&app), run(&replica));
    assert_eq!(ask(&app, r#"select count(*) from "session""#).await, 2);
    assert_eq!(ask(&app, r#"select count(*) from "verification" where "id" = 'new'"#).await, 1);
    assert_eq!(ask(&app, r#"select count(*) from "verification""#).await, 1);
    assert_eq!(ask(&app, r#"select count(*) from "rateLimit""#).await, 1);
    assert_eq!(ada.get("/api/changes").await.json[0]["number"], 1);

    app.wait((91 * 24).hours());
    let ada = app.signed_in("ada").await;
    ada.add("new").await;
    tokio::join!(run(&app), run(&replica));
    assert_eq!(ask(&app, r#"select count(*) from "session""#).await, 1);
    assert_eq!(ask(&app, r#"select count(*) from "verification""#).await, 0);
    let log = ada.get("/api/changes").await.json;
    assert_eq!((&log[0]["number"], log.as_array().unwrap().len()), (&4.into(), 1));
    assert_eq!(ada.get("/api/changes?after=2").await.status, 410);
    assert_eq!(ada.post("/api/changes/2/undo", json!({})).await.status, 404);
    assert_eq!(ada.get("/api/tasks").await.titles(), ["new", "old", "old", "old"]);

    app.wait((91 * 24).hours());
    run(&app).await;
    let ada = app.signed_in("ada").await;
    assert_eq!(ada.get("/api/changes").await.json, json!([]));
    assert_eq!(ada.delete("/api/tasks/1").await.change(), 5, "no number is given again");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn many_old_changes_go_and_leave_no_gap(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    user.add("x").await;
    let copies = match backend {
        Backend::Sqlite => {
            "with recursive n(n) as (select 2 union all select n + 1 from n where n < 1300) select n from n"
        }
        Backend::Postgres => "select n from generate_series(2, 1300) as n",
    };
    // One that is older by another replica's clock stands behind younger ones.
    let time = |at: &str| match backend {
        Backend::Sqlite => at.parse::<jiff::Timestamp>().unwrap().as_microsecond().to_string(),
        Backend::Postgres => format!("timestamptz '{at}'"),
    };
    let (old, new) = (time("2026-11-23T10:00:00Z"), time("2027-02-21T10:00:00Z"));
    ask(&app, &format!(
        "insert into change (user_id, number, kind, before, after, source, request_id, undoes, created_at) \
         select user_id, n, kind, before, after, source, request_id, undoes, \
         case when n < 1200 or n = 1250 then {old} else {new} end from change, ({copies}) as copies"
    ))
    .await;
    ask(&app, "update counter set change = 1300").await;
    app.wait((91 * 24).hours());
    run(&app).await;
    let user = app.signed_in("ada").await;
    let log = user.get("/api/changes").await.json;
    let numbers: Vec<_> =
        log.as_array().unwrap().iter().map(|change| change["number"].as_i64().unwrap()).collect();
    assert!(numbers.into_iter().eq(1200..=1300));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn keys_that_have_expired_go(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let add = async |key: &str| {
        let added = user.keyed(Method::POST, "/api/tasks", key, &json!({ "title": "x" })).await;
        assert_eq!(added.status, 201);
    };
    add("old").await;
    app.wait(23.hours());
    add("new").await;
    run(&app).await;
    assert_eq!(ask(&app, "select count(*) from idempotency").await, 2);
    app.wait(2.hours());
    run(&app).await;
    assert_eq!(ask(&app, "select count(*) from idempotency").await, 1);
    assert_eq!(ask(&app, "select count(*) from idempotency where key = 'new'").await, 1);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_reminders_that_are_due_are_given_at_once(#[case] backend: Backend) {
    const DUE: i64 = 1_201;
    let app = TestApp::start(backend).await;
    let replica = app.replica().await;
    let user = app.user("ada").await;
    let task =
        |number| json!({ "title": format!("task {number}"), "remind_at": "2026-11-23T10:05:00Z" });
    let tasks: serde_json::Value = (0..DUE).map(task).collect();
    assert_eq!(user.post("/api/import", json!({ "tasks": tasks })).await.json["added"], DUE);
    let given = "select count(*) from change where kind = 'task.reminded'";
    run(&app).await;
    assert_eq!(ask(&app, given).await, 0);
    app.wait(5.minutes());
    tokio::join!(run(&app), run(&replica));
    assert_eq!(ask(&app, given).await, DUE);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_database_without_tables_is_survived(#[case] backend: Backend) {
    let app = TestApp::over(TestDatabase::empty(backend).await).await;
    run(&app).await;
    run(&app).await;
}

//! A process that is killed in the middle of requests with keys, and sent them again when it runs anew.

use std::{collections::BTreeMap, time::Duration};

use axum::body::Body;
use http::{Request, header};
use rstest::rstest;
use serde_json::{Value, json};
use testkit::{Backend, Process, TestDatabase};

use crate::{ANY_PORT, Http, SECRET, binary, http, text};

const ROUNDS: u64 = 5;
/// Requests that are under way when the process is killed.
const AT_ONCE: u64 = 8;

/// Adds a task of that title, which is also the request's key. None when no answer came.
async fn add(http: Http, base: String, token: String, title: String) -> Option<(u16, Value)> {
    let request = Request::post(format!("{base}/api/tasks"))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header("idempotency-key", &title)
        .body(Body::from(json!({ "title": title }).to_string()))
        .unwrap();
    let answer = http.request(request).await.ok()?;
    let (status, change) = (answer.status(), answer.headers().contains_key("x-change-number"));
    assert!(change, "{title}: {status}");
    Some((status.as_u16(), serde_json::from_str(&text(answer).await).unwrap_or_default()))
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_has_done_each_request_once_or_not_at_all(#[case] backend: Backend) {
    let database = TestDatabase::migrated(backend).await;
    let settings = [("DATABASE_URL", &*database.url), SECRET, ANY_PORT];
    let mut process = Process::start(&binary("todo-backend"), &["serve"], &settings);
    let account = json!({ "name": "ada", "email": "ada@example.com", "password": "correct horse" });
    let signed_up =
        crate::post(&http(), &process.base, "/api/auth/sign-up/email", "", account).await;
    let token: Value = serde_json::from_str(&text(signed_up).await).unwrap();
    let token = token["token"].as_str().unwrap().to_owned();

    for round in 0..ROUNDS {
        let title = |call: u64| format!("{round}.{call}");
        let calls = (0..AT_ONCE).map(|call| {
            tokio::spawn(add(http(), process.base.clone(), token.clone(), title(call)))
        });
        let calls: Vec<_> = calls.collect();
        tokio::time::sleep(Duration::from_millis(4 + 3 * round)).await;
        drop(process); // kill -9
        process = Process::start(&binary("todo-backend"), &["serve"], &settings);
        let again = (0..AT_ONCE).map(|call| {
            tokio::spawn(add(http(), process.base.clone(), token.clone(), title(call)))
        });
        let again: Vec<_> = again.collect();
        for (first, again) in calls.into_iter().zip(again) {
            let (status, task) = again.await.unwrap().unwrap();
            match first.await.unwrap_or_default() {
                Some((201, made)) => assert_eq!((status, task), (201, made)),
                // Nobody knows yet that the process of the first one is gone.
                _ if status == 409 => assert_eq!(task["code"], "in_progress"),
                _ => assert_eq!(status, 201, "{task}"),
            }
        }
    }
    let uri = format!("{}/api/tasks", process.base);
    let request = Request::get(uri).header(header::AUTHORIZATION, format!("Bearer {token}"));
    let tasks = http().request(request.body(Body::empty()).unwrap()).await.unwrap();
    let tasks: Vec<Value> = serde_json::from_str(&text(tasks).await).unwrap();
    let mut titles = BTreeMap::new();
    for task in &tasks {
        *titles.entry(task["title"].as_str().unwrap()).or_insert(0) += 1;
    }
    assert_eq!(titles.len() as u64, ROUNDS * AT_ONCE);
    assert!(titles.values().all(|&times| times == 1), "{titles:?}");
}

//! Many at once.

use rstest::rstest;
use serde_json::json;
use testkit::Backend;

use crate::support::TestApp;

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_connections_at_once_lose_nothing(#[case] backend: Backend) {
    const CONNECTIONS: usize = 64;
    const EACH: usize = 5;
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let callers = (0..CONNECTIONS).map(|caller| {
        let user = user.clone();
        tokio::spawn(async move {
            for round in 0..EACH {
                let body = json!({ "title": format!("{caller}.{round}"), "tags": ["same"] });
                let added = user.post("/api/tasks", body).await;
                assert_eq!(added.status, 201, "{:?}", added.json);
                assert_eq!(user.get("/api/tasks?limit=5").await.status, 200);
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }
    let tasks = user.get("/api/tasks?sort_order=asc").await.json;
    let mut numbers: Vec<_> =
        tasks.as_array().unwrap().iter().map(|task| task["number"].as_i64().unwrap()).collect();
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(1..=(CONNECTIONS * EACH).try_into().unwrap()));
    let changes = user.get("/api/changes?after=318").await.json;
    assert_eq!(changes[0]["number"], 319, "one change a task, without gaps");
    assert_eq!(changes.as_array().unwrap().len(), 2);
    assert_eq!(user.get("/api/tags").await.json[0]["task_count"], 320);
}

//! A database that stops: every operation says so in time, and service comes back by itself.

use std::time::{Duration, Instant};

use axum::body::Body;
use http::Method;
use serde_json::{Value, json};
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};
use testkit::{Backend, PostgresServer, Proxy, TestDatabase};
use tokio::{sync::watch, task::JoinSet};

use crate::{
    support::{Answer, JSON, TestApp, User},
    walk::{Owned, fixture, guarded},
};

/// How long a caller may be left without an answer.
const PATIENCE: Duration = Duration::from_secs(8);

/// How long a probe may be left without one: less than the chart's probes wait.
const PROBED: Duration = Duration::from_secs(2);

/// What `/api/auth` asks the database for.
fn sign_in_operations() -> Vec<(Method, &'static str, Value)> {
    let account = json!({ "name": "new", "email": "new@example.com", "password": "correct horse" });
    vec![
        (Method::POST, "/api/auth/sign-up/email", account.clone()),
        (Method::POST, "/api/auth/sign-in/email", account),
        (Method::GET, "/api/auth/get-session", Value::Null),
        (Method::POST, "/api/auth/sign-out", Value::Null),
        (Method::GET, "/api/auth/token", Value::Null),
        (Method::GET, "/api/auth/list-sessions", Value::Null),
        (Method::GET, "/api/auth/list-accounts", Value::Null),
        (Method::POST, "/api/auth/revoke-session", json!({ "token": "unknown" })),
        (Method::POST, "/api/auth/revoke-other-sessions", Value::Null),
        (Method::POST, "/api/auth/update-user", json!({ "name": "Eve" })),
        (Method::POST, "/api/auth/verify-password", json!({ "password": "correct horse" })),
        (
            Method::POST,
            "/api/auth/change-password",
            json!({ "currentPassword": "correct horse", "newPassword": "correct horse 2" }),
        ),
        (Method::POST, "/api/auth/delete-user", json!({ "password": "correct horse" })),
    ]
}

/// Sends every operation of the document, writes with a key, and those of sign-in, at once; each is answered in time. Who
/// signs out does so last: nobody would know the others.
async fn everything(owned: &Owned, import: Duration) -> Vec<(String, Answer)> {
    let guarded = guarded().0.into_iter().map(|operation| {
        let (path, body, _) = fixture(&operation, owned);
        (operation.method, path, body)
    });
    let sign_in = sign_in_operations().into_iter();
    let sign_in = sign_in.map(|(method, path, body)| (method, path.to_owned(), body));
    let (last, first): (Vec<_>, Vec<_>) =
        guarded.chain(sign_in).partition(|(_, path, _)| path.ends_with("/sign-out"));
    let mut answers = Vec::new();
    for calls in [first, last] {
        let calls = calls.into_iter().map(|call| answered(owned.user.clone(), call, import));
        answers.extend(calls.collect::<JoinSet<_>>().join_all().await);
    }
    answers
}

/// The answer to one call, which comes in time; to an import within another one.
async fn answered(
    user: User,
    (method, path, body): (Method, String, Value),
    import: Duration,
) -> (String, Answer) {
    let (start, key) = (Instant::now(), format!("{method}{path}"));
    let mut headers = vec![("idempotency-key", &*key)];
    if !body.is_null() {
        headers.push(JSON);
    }
    let sent = if body.is_null() { Body::empty() } else { body.to_string().into() };
    let answer = user.send(method.clone(), &path, &headers, sent).await;
    let patience = if path == "/api/import" { import } else { PATIENCE };
    assert!(start.elapsed() < patience, "{method} {path} took {:?}", start.elapsed());
    (format!("{method} {path}"), answer)
}

/// Everything says that the database is away, but the process says that it lives.
async fn is_away(app: &TestApp, owned: &Owned) {
    for (name, answer) in everything(owned, PATIENCE).await {
        assert_eq!(answer.status, 503, "{name}: {}", answer.json);
        assert_eq!(answer.header("retry-after"), "1", "{name}");
    }
    is_told(app).await;
    let nobody = app.nobody();
    assert_eq!(nobody.get("/health").await.json["database"], "unreachable");
    assert_eq!(nobody.get("/api/version").await.status, 200);
}

/// Probes are answered in time, and say what is so.
async fn is_told(app: &TestApp) {
    let (nobody, start) = (app.nobody(), Instant::now());
    assert_eq!(nobody.get("/healthz").await.status, 200);
    let ready = nobody.get("/readyz").await;
    assert_eq!((ready.status, &ready.json["status"]), (503, &"database unreachable".into()));
    assert!(start.elapsed() < PROBED, "{:?}", start.elapsed());
}

/// Whatever the database does, each operation is done in time or refused with a hint. Returns how many were refused.
async fn is_answered(owned: &Owned, import: Duration) -> usize {
    let mut refused = 0;
    for (name, answer) in everything(owned, import).await {
        if answer.status == 503 {
            assert_eq!(answer.header("retry-after"), "1", "{name}");
            refused += 1;
        }
    }
    refused
}

/// A backend whose way to its Postgres can be blocked.
async fn behind_a_proxy() -> (PostgresServer, Proxy, TestApp) {
    let server = PostgresServer::start().await;
    storage::migrate(&server.url()).await.unwrap();
    let mut proxy = Proxy::to(&server.url()).await;
    proxy.up().await;
    let app = TestApp::over(TestDatabase::at(&proxy.url)).await;
    (server, proxy, app)
}

/// Waits until it is ready, and looks whether a new user can work with it.
async fn is_usable(app: &TestApp, name: &str) -> Owned {
    let start = Instant::now();
    while app.nobody().get("/readyz").await.status != 200 {
        assert!(start.elapsed() < Duration::from_secs(20), "service does not come back");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Owned::by(app.user(name).await).await
}

/// Waits until service is back, and looks whether all is as it was.
async fn is_back(app: &TestApp, owned: &Owned, before: &[Value]) {
    let start = Instant::now();
    while app.nobody().get("/readyz").await.status != 200
        || owned.user.get("/api/tasks").await.status != 200
    {
        assert!(start.elapsed() < Duration::from_secs(20), "service does not come back");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(owned.all().await, before);
    assert_eq!(owned.user.post("/api/tasks/1/complete", Value::Null).await.status, 200);
    owned.user.post("/api/tasks/1/reopen", Value::Null).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_stops_or_falls_silent_and_comes_back() {
    let mut server = PostgresServer::start().await;
    storage::migrate(&server.url()).await.unwrap();
    let app = TestApp::over(TestDatabase::at(&server.url())).await;
    let owned = Owned::by(app.user("owner").await).await;

    let before = owned.all().await;
    server.stop();
    is_away(&app, &owned).await;
    server.start_again().await;
    is_back(&app, &owned, &before).await;

    let before = owned.all().await;
    server.freeze();
    is_away(&app, &owned).await;
    server.thaw();
    is_back(&app, &owned, &before).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_file_keeps_writers_out_and_readers_in() {
    let database = TestDatabase::migrated(Backend::Sqlite).await;
    let mut other = SqliteConnection::connect(&database.url).await.unwrap();
    let app = TestApp::over(database).await;
    let owned = Owned::by(app.user("owner").await).await;
    let before = owned.all().await;

    other.execute("begin immediate").await.unwrap();
    for (name, answer) in everything(&owned, PATIENCE).await {
        if name.starts_with("GET") {
            assert_eq!(answer.status, 200, "{name}: {}", answer.json);
        } else if answer.status >= 400 && !name.contains("sign-in") {
            assert_eq!(answer.status, 503, "{name}: {}", answer.json);
            assert_eq!(answer.header("retry-after"), "1", "{name}");
        }
        assert_eq!(answer.header("x-change-number"), "", "{name}");
    }
    assert_eq!(app.nobody().get("/readyz").await.status, 200);
    other.execute("rollback").await.unwrap();
    is_back(&app, &owned, &before).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_way_that_is_blocked_within_a_request_is_told_in_time() {
    let (_server, proxy, app) = behind_a_proxy().await;
    for messages in [1, 20, 60, 150] {
        let owned = is_usable(&app, &format!("user{messages}")).await;
        proxy.pass(messages);
        assert!(is_answered(&owned, PATIENCE).await > 0, "{messages}");
        is_told(&app).await;
        proxy.pass_all();
    }
    is_usable(&app, "last").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_takes_its_time_is_not_waited_for_longer() {
    let (_server, proxy, app) = behind_a_proxy().await;
    for millis in [300, 1_500, 2_500, 4_500] {
        let owned = is_usable(&app, &format!("user{millis}")).await;
        proxy.delay(Duration::from_millis(millis));
        // An import goes on while its statements are answered, however slowly: its time begins with the last answer.
        is_answered(&owned, PATIENCE * 4).await;
        proxy.pass_all();
    }
    is_usable(&app, "last").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_connection_to_be_had_it_is_told_in_time() {
    let (server, _proxy, app) = behind_a_proxy().await;
    let mut other = PgConnection::connect(&server.url()).await.unwrap();
    for table in ["\"session\"", "counter", "change"] {
        let owned = is_usable(&app, &table.replace('"', "")).await;
        let lock = format!("begin; lock table {table} in access exclusive mode");
        other.execute(sqlx::AssertSqlSafe(lock)).await.unwrap();
        assert!(
            is_answered(&owned, PATIENCE).await > 16,
            "more than there are connections: {table}"
        );
        other.execute("rollback").await.unwrap();
    }
    is_usable(&app, "last").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_restart_of_postgres_nobody_is_refused() {
    let mut server = PostgresServer::start().await;
    storage::migrate(&server.url()).await.unwrap();
    let app = TestApp::over(TestDatabase::at(&server.url())).await;
    let user = app.user("ada").await;
    for round in 0..3 {
        let many = (0..32).map(|_| {
            let user = user.clone();
            async move { user.get("/api/tasks").await }
        });
        many.collect::<JoinSet<_>>().join_all().await; // over all connections
        server.stop();
        server.start_again().await;
        for number in 0..24 {
            let key = format!("{round}.{number}");
            let body = json!({ "title": key });
            let added = user.keyed(Method::POST, "/api/tasks", &key, &body).await;
            assert_eq!(added.status, 201, "{key}: {}", added.json);
            assert_eq!(user.get("/api/tasks?limit=5").await.status, 200, "{key}");
            assert_eq!(user.get("/api/auth/get-session").await.status, 200, "{key}");
        }
        app.signed_in("ada").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_load_only_the_outage_itself_refuses() {
    const CALLERS: usize = 24;
    let mut server = PostgresServer::start().await;
    storage::migrate(&server.url()).await.unwrap();
    let app = TestApp::over(TestDatabase::at(&server.url())).await;
    let user = app.user("ada").await;
    // Whether it is said to be away, and whether the callers are to go on.
    let (phase, seen) = watch::channel((false, true));
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let (user, seen) = (user.clone(), seen.clone());
        callers.spawn(async move {
            let (mut done, mut refused) = (0, 0);
            while seen.borrow().1 {
                let was_away = seen.borrow().0;
                let start = Instant::now();
                let answer = match (caller + done) % 2 {
                    0 => user.get("/api/tasks?limit=5").await,
                    _ => user.post("/api/tasks", json!({ "title": "x" })).await,
                };
                assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
                if answer.status == 503 {
                    assert_eq!(answer.header("retry-after"), "1");
                    assert!(was_away || seen.borrow().0, "refused without an outage");
                    refused += 1;
                } else {
                    assert!(answer.status < 300, "{}", answer.json);
                    done += 1;
                }
            }
            (done, refused)
        });
    }
    for pause in [0, 200, 4_000] {
        tokio::time::sleep(Duration::from_millis(500)).await;
        phase.send_replace((true, true));
        server.stop();
        tokio::time::sleep(Duration::from_millis(pause)).await;
        server.start_again().await;
        phase.send_replace((false, true));
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    phase.send_replace((false, false));
    for (done, refused) in callers.join_all().await {
        assert!(done > 0);
        assert!(refused < 100, "refused {refused} times: refusals must take their time");
    }
}

//! The backend on a port of its own, and users as objects.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use auth::{AuthSettings, RateLimits};
use axum::{
    body::{Body, Bytes},
    extract::Request,
    middleware::{self, Next},
    response::Response,
};
use backend::{App, HttpSettings};
use domain::{Clock, SystemRandom};
use http::{HeaderMap, Method, header};
use http_body_util::BodyExt;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use jiff::{Span, Timestamp};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use telemetry::{Queries, Shutdown};
use testkit::{Backend, TestDatabase};
use tokio::{net::TcpListener, sync::Notify};

use crate::events::Events;

/// Stands at 2026-11-23T10:00:00Z, a Monday, until it is moved.
pub struct TestClock(Mutex<Timestamp>);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// A backend over a database of its own.
pub struct TestApp {
    address: SocketAddr,
    clock: Arc<TestClock>,
    database: Arc<TestDatabase>,
    http: Client<HttpConnector, Body>,
    app: App,
    stop: Arc<Notify>,
    shutdown: Shutdown,
}

impl TestApp {
    /// Starts a backend over a migrated database.
    pub async fn start(backend: Backend) -> Self {
        Self::over(TestDatabase::migrated(backend).await).await
    }

    /// Starts a backend over a database as it is.
    pub async fn over(database: TestDatabase) -> Self {
        let now = "2026-11-23T10:00:00Z".parse().unwrap();
        Self::beside(Arc::new(database), Arc::new(TestClock(Mutex::new(now)))).await
    }

    async fn beside(database: Arc<TestDatabase>, clock: Arc<TestClock>) -> Self {
        let stop = Arc::new(Notify::new());
        let stopped = stop.clone();
        let shutdown = Shutdown::when(async move { stopped.notified().await });
        let (app, address) = serve(&database, clock.clone(), shutdown.clone()).await;
        let http = Client::builder(TokioExecutor::new()).build_http();
        Self { address, clock, database, http, app, stop, shutdown }
    }

    /// A second process over the same data, beside this one.
    pub async fn replica(&self) -> Self {
        Self::beside(self.database.clone(), self.clock.clone()).await
    }

    /// Tells it to stop, as a signal does.
    pub fn stop(&self) {
        self.stop.notify_one();
    }

    /// Waits until no request runs apart from its connection.
    pub async fn at_rest(&self) {
        self.shutdown.released().await;
    }

    /// What the handlers work with.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// The address of the database.
    pub fn database_url(&self) -> &str {
        &self.database.url
    }

    /// Another process over the same data: what a restart or a replica is.
    pub async fn restarted(self) -> Self {
        self.replica().await
    }

    /// Moves the clock.
    pub fn wait(&self, span: Span) {
        let mut now = self.clock.0.lock().unwrap();
        *now = now.checked_add(span).unwrap();
    }

    /// Registers a user.
    pub async fn user(&self, name: &str) -> User {
        let body = json!({
            "name": name, "email": format!("{name}@example.com"), "password": "correct horse",
        });
        let nobody = self.nobody();
        let answer = nobody.post("/api/auth/sign-up/email", body).await;
        assert_eq!(answer.status, 200, "{:?}", answer.json);
        let token = answer.json["token"].as_str().unwrap().to_owned();
        User { token: Some(token), ..nobody }
    }

    /// Signs a user in who has registered.
    pub async fn signed_in(&self, name: &str) -> User {
        let body = json!({ "email": format!("{name}@example.com"), "password": "correct horse" });
        let nobody = self.nobody();
        let answer = nobody.post("/api/auth/sign-in/email", body).await;
        assert_eq!(answer.status, 200, "{:?}", answer.json);
        let token = answer.json["token"].as_str().unwrap().to_owned();
        User { token: Some(token), ..nobody }
    }

    /// What the clock says.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The database itself.
    pub async fn store(&self) -> Arc<dyn storage::Store> {
        storage::open(&self.database.url).await.unwrap()
    }

    /// What another replica works with.
    pub async fn service(&self) -> service::Service {
        service::Service::new(self.store().await, self.clock.clone(), Arc::new(SystemRandom))
    }

    /// Where it listens: `http://address:port`.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Changes the database behind the backend's back.
    pub async fn sql(&self, statement: &str) {
        let (url, statement) = (&*self.database.url, AssertSqlSafe(statement.to_owned()));
        if url.starts_with("postgres") {
            let mut connection = PgConnection::connect(url).await.unwrap();
            sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
        } else {
            let mut connection = SqliteConnection::connect(url).await.unwrap();
            sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
        }
    }

    /// Somebody who is not signed in.
    pub fn nobody(&self) -> User {
        User { token: None, zone: None, address: self.address, http: self.http.clone() }
    }
}

/// How often streams of tests show that they live.
const HEARTBEAT: Duration = Duration::from_millis(250);

async fn serve(
    database: &TestDatabase,
    clock: Arc<TestClock>,
    shutdown: Shutdown,
) -> (App, SocketAddr) {
    let store = storage::open(&database.url).await.unwrap();
    let auth = AuthSettings {
        hash_parallel: 2,
        rate_limits: RateLimits::Off, // tests register many users from one address
        ..AuthSettings::with_secret("0123456789abcdefghijklmnopqrstuvwxyzABCDEF".to_owned().into())
    };
    let http = HttpSettings {
        trusted_proxies: "".parse().unwrap(),
        cors_origins: vec!["http://localhost:3000".parse().unwrap()],
    };
    let app = App::new(store, clock, Arc::new(SystemRandom), auth, http, shutdown.clone());
    let app = app.with_heartbeat(HEARTBEAT);
    let router = backend::router(app.clone())
        .layer(middleware::from_fn(show_queries))
        .layer(middleware::from_fn(telemetry::log_requests));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(telemetry::serve(listener, router, shutdown));
    (app, address)
}

/// Tells how many statements the request cost.
async fn show_queries(request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    if let Some(&Queries(queries)) = answer.extensions().get() {
        answer.headers_mut().insert("x-test-queries", queries.into());
    }
    answer
}

/// Somebody who calls the API.
#[derive(Clone)]
pub struct User {
    token: Option<String>,
    zone: Option<&'static str>,
    address: SocketAddr,
    http: Client<HttpConnector, Body>,
}

/// What the API answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    /// Null when the body is empty or no JSON.
    pub json: Value,
    /// The body as it came.
    pub text: String,
}

impl Answer {
    /// The number of the change that the request made.
    pub fn change(&self) -> i64 {
        self.headers["x-change-number"].to_str().unwrap().parse().unwrap()
    }

    /// A header as text; empty when it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The titles of a list of tasks.
    pub fn titles(&self) -> Vec<&str> {
        assert_eq!(self.status, 200, "{:?}", self.json);
        self.json.as_array().unwrap().iter().map(|task| task["title"].as_str().unwrap()).collect()
    }
}

impl User {
    /// The same user, whose local times are meant in `zone`.
    pub fn in_zone(&self, zone: &'static str) -> Self {
        Self { zone: Some(zone), ..self.clone() }
    }

    /// The same user, with another bearer token.
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The same user, at another process.
    pub fn moved_to(&self, app: &TestApp) -> Self {
        Self { address: app.address, ..self.clone() }
    }

    /// The user's id.
    pub async fn id(&self) -> String {
        let session = self.get("/api/auth/get-session").await.json;
        session["user"]["id"].as_str().unwrap().to_owned()
    }

    /// The session token.
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], Body::empty()).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, &[], Body::empty()).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, &[JSON], body.to_string().into()).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, &[JSON], body.to_string().into()).await
    }

    /// Asks whether what the caller has is still so.
    pub async fn get_if_changed(&self, path: &str, tag: &str) -> Answer {
        self.send(Method::GET, path, &[("if-none-match", tag)], Body::empty()).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, &[JSON], body.to_string().into()).await
    }

    /// A request with an `Idempotency-Key`.
    pub async fn keyed(&self, method: Method, path: &str, key: &str, body: &Value) -> Answer {
        let headers = [JSON, ("idempotency-key", key)];
        self.send(method, path, &headers, body.to_string().into()).await
    }

    /// Adds a task with a title, and returns its number.
    pub async fn add(&self, title: &str) -> i64 {
        let answer = self.post("/api/tasks", json!({ "title": title })).await;
        assert_eq!(answer.status, 201, "{:?}", answer.json);
        answer.json["number"].as_i64().unwrap()
    }

    /// The body of an answer, or what broke it off.
    pub async fn body_of(&self, path: &str) -> hyper::Result<Bytes> {
        let answer = self.http.request(self.request(Method::GET, path, &[], Body::empty())).await;
        Ok(answer.unwrap().collect().await?.to_bytes())
    }

    /// Follows the change log.
    pub async fn stream(&self, path: &str, headers: &[(&str, &str)]) -> Events {
        let headers = [&[("accept", "text/event-stream")], headers].concat();
        let answer = self.http.request(self.request(Method::GET, path, &headers, Body::empty()));
        let answer = answer.await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        Events::of(answer)
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Request<Body> {
        let uri = format!("http://{}{path}", self.address);
        let mut request = Request::builder().method(method).uri(uri);
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(zone) = self.zone {
            request = request.header("x-time-zone", zone);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(body).unwrap()
    }

    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Answer {
        let answer = self.attempt(method, path, headers, body).await;
        assert_ne!(answer.status, 500, "{path}: {}", answer.json);
        answer
    }

    /// A request that may also fail on our side.
    pub async fn attempt(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Answer {
        let has_body = method != Method::HEAD;
        let answer = self.http.request(self.request(method, path, headers, body)).await.unwrap();
        let (head, body) = answer.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let json: Value = serde_json::from_slice(&body).unwrap_or_default();
        if head.status.is_client_error() && has_body && !path.starts_with("/api/auth") {
            assert_eq!(head.headers["content-type"], "application/problem+json", "{path}");
            assert_eq!(json["status"], head.status.as_u16(), "{path}");
        }
        let text = String::from_utf8_lossy(&body).into_owned();
        Answer { status: head.status.as_u16(), headers: head.headers, json, text }
    }
}

/// The media type of our bodies.
pub const JSON: (&str, &str) = ("content-type", "application/json");

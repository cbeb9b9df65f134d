//! A site to sign in to, and requests to it.

use std::{
    future::ready,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use auth::{Auth, AuthSettings, BodyError, Client, RateLimits};
use bytes::Bytes;
use domain::{Clock, Random};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, header};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};
use storage::Store;
use testkit::{Backend, TestDatabase};

/// The secret of the vectors and of the recording.
pub const SECRET: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEF";
pub const PASSWORD: &str = "correct horse battery";
pub const EMAIL: &str = "ada@example.com";
/// A page that the site trusts, beside its own.
pub const TRUSTED: &str = "http://localhost:3000";

/// A clock that stands until it is moved.
pub struct StandingClock(Mutex<Timestamp>);

impl StandingClock {
    pub fn advance(&self, by: SignedDuration) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for StandingClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

/// The same values in every run (splitmix64).
pub struct Seeded(AtomicU64);

impl Seeded {
    /// How many bytes were asked for.
    pub fn drawn(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Random for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            let drawn = self.0.fetch_add(1, Ordering::Relaxed) + 1;
            let state = drawn.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (mixed >> 56).to_le_bytes()[0];
        }
    }
}

pub struct Site {
    pub auth: Auth,
    pub clock: Arc<StandingClock>,
    pub random: Arc<Seeded>,
    pub store: Arc<dyn Store>,
    database: Arc<TestDatabase>,
    pub client: Client,
}

impl Site {
    /// At 2026-11-23T10:00:00.123456Z, open to everyone, called `http://127.0.0.1:8000`.
    pub async fn start(backend: Backend) -> Self {
        Self::with(backend, |_| ()).await
    }

    pub async fn with(backend: Backend, change: impl FnOnce(&mut AuthSettings)) -> Self {
        Self::over(TestDatabase::migrated(backend).await, change).await
    }

    /// Over a database as it is.
    pub async fn over(database: TestDatabase, change: impl FnOnce(&mut AuthSettings)) -> Self {
        let mut settings = settings();
        change(&mut settings);
        let database = Arc::new(database);
        let store = storage::open(&database.url).await.unwrap();
        let start = "2026-11-23T10:00:00.123456Z".parse().unwrap();
        let clock = Arc::new(StandingClock(Mutex::new(start)));
        let random = Arc::new(Seeded(AtomicU64::new(0)));
        let auth = Auth::new(
            Arc::clone(&store),
            Arc::clone(&clock) as _,
            Arc::clone(&random) as _,
            settings,
        );
        let client = Client { address: None, origin: "http://127.0.0.1:8000".parse().unwrap() };
        Self { auth, clock, random, store, database, client }
    }

    /// Another process over the same data, with the same clock.
    pub async fn replica(&self, change: impl FnOnce(&mut AuthSettings)) -> Self {
        let mut settings = settings();
        change(&mut settings);
        let store = storage::open(&self.database.url).await.unwrap();
        let (clock, database) = (Arc::clone(&self.clock), Arc::clone(&self.database));
        let random = Arc::new(Seeded(AtomicU64::new(1 << 32)));
        let auth = Auth::new(
            Arc::clone(&store),
            Arc::clone(&clock) as _,
            Arc::clone(&random) as _,
            settings,
        );
        Self { auth, clock, random, store, database, client: self.client.clone() }
    }

    /// Runs a statement on the database itself.
    pub async fn execute(&self, sqlite: &str, postgres: &str) {
        let url = &self.database.url;
        if url.starts_with("sqlite") {
            let mut database = SqliteConnection::connect(url).await.unwrap();
            database.execute(AssertSqlSafe(sqlite)).await.unwrap();
        } else {
            let mut database = PgConnection::connect(url).await.unwrap();
            database.execute(AssertSqlSafe(postgres)).await.unwrap();
        }
    }

    /// The rows of `"rateLimit"`: key, count, last request.
    pub async fn rate_limits(&self) -> Vec<(String, i64, i64)> {
        const ROWS: &str = r#"select "key", cast("count" as bigint), "lastRequest" from "rateLimit"
            order by "key""#;
        let url = &self.database.url;
        let rows = if url.starts_with("sqlite") {
            let mut database = SqliteConnection::connect(url).await.unwrap();
            sqlx::query_as(ROWS).fetch_all(&mut database).await
        } else {
            let mut database = PgConnection::connect(url).await.unwrap();
            sqlx::query_as(ROWS).fetch_all(&mut database).await
        };
        rows.unwrap()
    }

    /// Sends a request to an endpoint.
    pub async fn send(&self, ask: Ask) -> Answer {
        let mut request = Request::new(ready(ask.body.map(Bytes::from)));
        let (path, _) = ask.target.split_once('?').unwrap_or((&ask.target, ""));
        *request.method_mut() = ask.method;
        *request.uri_mut() = format!("/api/auth{}", ask.target).parse().unwrap();
        *request.headers_mut() = ask.headers;
        let response = self.auth.answer(&self.client, path, request).await;
        let text = String::from_utf8(response.body().to_vec()).unwrap();
        Answer { status: response.status().as_u16(), text, headers: response.headers().clone() }
    }

    /// Signs a user up and returns the answer.
    pub async fn sign_up(&self, email: &str) -> Answer {
        let body = json!({ "name": "Ada", "email": email, "password": PASSWORD });
        let answer = self.send(Ask::post("/sign-up/email", &body)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer
    }

    /// Who `get-session` says we are: the session, or null.
    pub async fn session(&self, ask: Ask) -> Value {
        self.send(ask).await.json()["session"].clone()
    }
}

fn settings() -> AuthSettings {
    AuthSettings {
        trusted_origins: vec![TRUSTED.parse().unwrap()],
        hash_parallel: 2,
        rate_limits: RateLimits::Off,
        ..AuthSettings::with_secret(SECRET.into())
    }
}

/// A request to be.
#[derive(Debug)]
pub struct Ask {
    method: Method,
    target: String,
    headers: HeaderMap,
    body: Result<String, BodyError>,
}

impl Ask {
    pub fn new(method: &str, target: &str) -> Self {
        let (method, target) = (method.parse().unwrap(), target.to_owned());
        Self { method, target, headers: HeaderMap::new(), body: Ok(String::new()) }
    }

    pub fn get(target: &str) -> Self {
        Self::new("GET", target)
    }

    pub fn post(target: &str, body: &Value) -> Self {
        Self::new("POST", target).header("content-type", "application/json").body(&body.to_string())
    }

    pub fn sign_in(email: &str, password: &str) -> Self {
        Self::post("/sign-in/email", &json!({ "email": email, "password": password }))
    }

    pub fn body(mut self, body: &str) -> Self {
        self.body = Ok(body.to_owned());
        self
    }

    /// With a body that does not arrive.
    pub fn without_body(mut self, error: BodyError) -> Self {
        self.body = Err(error);
        self
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().unwrap();
        self.headers.insert(name, HeaderValue::from_str(value).unwrap());
        self
    }

    /// With the cookies that an answer set, from a page of the site's own.
    pub fn by(self, answer: &Answer) -> Self {
        self.header("cookie", &answer.jar()).header("origin", "http://127.0.0.1:8000")
    }

    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub text: String,
    pub headers: HeaderMap,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The session's token.
    pub fn token(&self) -> String {
        self.json()["token"].as_str().unwrap().to_owned()
    }

    pub fn set_cookies(&self) -> Vec<&str> {
        let all = self.headers.get_all(header::SET_COOKIE).iter();
        all.map(|value| value.to_str().unwrap()).collect()
    }

    /// The `Cookie` header of a browser that got this.
    pub fn jar(&self) -> String {
        let pairs = self.set_cookies().into_iter().map(|cookie| cookie.split(';').next().unwrap());
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// Whether it removes the three cookies, and sets none.
    pub fn clears(&self) -> bool {
        self.set_cookies()
            == ["session_token", "session_data", "dont_remember"].map(|name| {
                format!("better-auth.{name}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax")
            })
    }

    /// Status and code.
    pub fn refusal(&self) -> (u16, String) {
        (self.status, self.json()["code"].as_str().unwrap_or_default().to_owned())
    }
}

//! What one request costs: statements, bytes, allocations. Counted inside this process, so no clock is read.

use std::{net::SocketAddr, sync::Arc};

use anyhow::{Context, Result, ensure};
use auth::{AuthSettings, RateLimits};
use axum::{Router, body::Body, extract::ConnectInfo};
use backend::{App, HttpSettings};
use dhat::{HeapStats, Profiler};
use domain::{SystemClock, SystemRandom};
use http::{Request, Response, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use telemetry::{Queries, Shutdown};
use testkit::{Backend, TestDatabase};
use tower::ServiceExt;

/// Requests over which is averaged.
const ROUNDS: u32 = 50;

/// What a request costs.
pub struct Cost {
    pub name: &'static str,
    /// Statements sent to the database, those of sign-in included.
    pub statements: u32,
    /// Bytes of the body sent and of the body of the answer.
    pub sent: usize,
    pub answered: usize,
    /// Allocations, and bytes in them.
    pub allocations: u64,
    pub allocated: u64,
}

/// Costs on one database.
pub async fn measure(backend: Backend) -> Result<Vec<Cost>> {
    let database = TestDatabase::migrated(backend).await;
    let store = storage::open(&database.url).await?;
    let auth = AuthSettings {
        rate_limits: RateLimits::Off,
        ..AuthSettings::with_secret(crate::SECRET.to_owned().into())
    };
    let http = HttpSettings {
        trusted_proxies: "".parse().map_err(|_| anyhow::anyhow!("no networks"))?,
        cors_origins: Vec::new(),
    };
    let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    let router = backend::router(App::new(store, clock, random, auth, http, Shutdown::never()));
    let caller = Caller::sign_up(router).await?;
    caller.fill().await?;
    let mut costs = Vec::new();
    let jwt = &*caller.jwt;
    let new = json!({ "title": "A task of ordinary length", "due_date": "2026-12-01" });
    let (none, list) = (Value::Null, "/api/tasks?limit=50");
    costs.push(caller.cost("list of 50 with tags", "GET", jwt, |_| list.to_owned(), &none).await?);
    let session = &*caller.session;
    let by_session = "the same by session";
    costs.push(caller.cost(by_session, "GET", session, |_| list.to_owned(), &none).await?);
    let path = |_| "/api/tasks".to_owned();
    costs.push(caller.cost("create", "POST", jwt, path, &new).await?);
    let path = |round| format!("/api/tasks/{}/complete", round + 1);
    costs.push(caller.cost("complete", "POST", jwt, path, &none).await?);
    Ok(costs)
}

struct Caller {
    router: Router,
    session: String,
    jwt: String,
}

impl Caller {
    async fn sign_up(router: Router) -> Result<Self> {
        let mut caller = Self { router, session: String::new(), jwt: String::new() };
        let account = json!({ "name": "a", "email": "a@example.com", "password": "correct horse" });
        let answer = caller.send("POST", "/api/auth/sign-up/email", "", &account).await?;
        caller.session = token(answer).await?;
        let answer = caller.send("GET", "/api/auth/token", &caller.session, &Value::Null).await?;
        caller.jwt = token(answer).await?;
        Ok(caller)
    }

    async fn fill(&self) -> Result<()> {
        let task = json!({ "title": "A task of ordinary length", "tags": ["home", "urgent"] });
        let tasks = vec![task; usize::try_from(ROUNDS)? + crate::people::LISTED];
        let import = json!({ "tasks": tasks });
        let answer = self.send("POST", "/api/import", &self.session, &import).await?;
        ensure!(answer.status().is_success(), "the import is refused");
        Ok(())
    }

    async fn cost(
        &self,
        name: &'static str,
        method: &str,
        token: &str,
        path: impl Fn(u32) -> String,
        body: &Value,
    ) -> Result<Cost> {
        // The first prepares statements, and is not counted.
        self.send(method, &path(ROUNDS), token, body).await?;
        let profiler = Profiler::builder().testing().build();
        let before = HeapStats::get();
        let (mut statements, mut answered) = (0, 0);
        for round in 0..ROUNDS {
            let answer = self.send(method, &path(round), token, body).await?;
            ensure!(answer.status().is_success(), "{name}: {}", answer.status());
            statements = answer.extensions().get::<Queries>().context("nobody counts")?.0;
            answered = answer.into_body().collect().await?.to_bytes().len();
        }
        let after = HeapStats::get();
        drop(profiler);
        Ok(Cost {
            name,
            statements,
            sent: sent(body).len(),
            answered,
            allocations: (after.total_blocks - before.total_blocks) / u64::from(ROUNDS),
            allocated: (after.total_bytes - before.total_bytes) / u64::from(ROUNDS),
        })
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        token: &str,
        body: &Value,
    ) -> Result<Response<Body>> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "localhost")
            .extension(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 1))));
        if !token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if !body.is_null() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        Ok(self.router.clone().oneshot(request.body(Body::from(sent(body)))?).await?)
    }
}

fn sent(body: &Value) -> String {
    if body.is_null() { String::new() } else { body.to_string() }
}

async fn token(answer: Response<Body>) -> Result<String> {
    let body = answer.into_body().collect().await?.to_bytes();
    let json: Value = serde_json::from_slice(&body)?;
    Ok(json["token"].as_str().context("no token")?.to_owned())
}

//! Twenty requests a second by one user, pages and API, until it is told to stop.

use anyhow::{Context, Result, bail, ensure};
use api::{Http, Transport};
use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::{
    runtime::Builder,
    task::JoinSet,
    time::{interval, timeout},
};

const BETWEEN: Duration = Duration::from_millis(50);
const PATIENCE: Duration = Duration::from_secs(10);

/// The requests, as they come.
pub struct Load {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<Tally>>,
}

/// What came of them.
#[derive(Debug, Default)]
pub struct Tally {
    pub asked: usize,
    pub failed: Vec<String>,
    pub slowest: Duration,
    /// Tasks that the application said it has added.
    pub added: usize,
    /// Tasks that are there in the end.
    pub found: usize,
}

impl Load {
    /// Registers a user and begins.
    pub fn start(url: &str) -> Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let user = Arc::new(runtime.block_on(User::register(url))?);
        let stop = Arc::new(AtomicBool::new(false));
        let told = stop.clone();
        let thread = std::thread::spawn(move || runtime.block_on(go_on_until(&told, user)));
        Ok(Self { stop, thread })
    }

    /// Ends, and counts.
    pub fn stop(self) -> Result<Tally> {
        self.stop.store(true, Ordering::Relaxed);
        match self.thread.join() {
            Ok(tally) => tally,
            Err(_) => bail!("the load broke off"),
        }
    }
}

/// Requests begin on time, however long those before them take.
async fn go_on_until(stop: &AtomicBool, user: Arc<User>) -> Result<Tally> {
    let mut requests = JoinSet::new();
    let mut ticks = interval(BETWEEN);
    let mut number = 0;
    while !stop.load(Ordering::Relaxed) {
        ticks.tick().await;
        requests.spawn(request(user.clone(), number));
        number += 1;
    }
    let mut tally = Tally::default();
    for (is_task, took, result) in requests.join_all().await {
        tally.asked += 1;
        tally.slowest = tally.slowest.max(took);
        match result {
            Ok(()) => tally.added += usize::from(is_task),
            Err(error) => tally.failed.push(format!("{error:#}")),
        }
    }
    let tasks = user.ask(Method::GET, "/api/tasks", None).await?;
    tally.found = serde_json::from_slice::<Vec<Value>>(&tasks.body)?.len();
    Ok(tally)
}

/// In turn: a page, the list by the API, the page of the list, a new task.
async fn request(user: Arc<User>, number: usize) -> (bool, Duration, Result<()>) {
    let start = Instant::now();
    let title = json!({ "title": format!("task {number}") });
    let (method, path, body) = match number % 4 {
        0 => (Method::GET, "/login", None),
        1 => (Method::GET, "/api/tasks", None),
        2 => (Method::GET, "/all", None),
        _ => (Method::POST, "/api/tasks", Some(&title)),
    };
    let is_task = body.is_some();
    let answer = user.ask(method, path, body).await.map(drop);
    (is_task, start.elapsed(), answer.with_context(|| format!("request {number} to {path}")))
}

struct User {
    transport: Http,
    origin: String,
    cookies: String,
}

struct Answer {
    headers: HeaderMap,
    body: Vec<u8>,
}

impl User {
    async fn register(url: &str) -> Result<Self> {
        let transport = Http::new(url)?;
        let mut user = Self { transport, origin: url.to_owned(), cookies: String::new() };
        let email = format!("load-{}@example.invalid", std::process::id());
        let body = json!({ "name": "Load", "email": email, "password": "correct horse battery" });
        let answer = user.ask(Method::POST, "/api/auth/sign-up/email", Some(&body)).await?;
        let cookies = answer.headers.get_all(header::SET_COOKIE).iter();
        let pairs = cookies.filter_map(|line| line.to_str().ok()?.split(';').next());
        user.cookies = pairs.collect::<Vec<_>>().join("; ");
        Ok(user)
    }

    /// # Errors
    /// No answer in time, or one that is no success. A page that redirects to the sign-in is none either.
    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Answer> {
        let host = self.origin.trim_start_matches("http://");
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, host)
            .header(header::ORIGIN, &self.origin)
            .header(header::COOKIE, &self.cookies)
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.map_or_else(Body::empty, |body| body.to_string().into()))?;
        let received = timeout(PATIENCE, async {
            let (head, body) = self.transport.send(request).await?.into_parts();
            anyhow::Ok((head, body.collect().await?.to_bytes()))
        });
        let (head, body) = received.await.context("no answer in time")??;
        let is_redirect_home = path == "/login" && head.status == StatusCode::SEE_OTHER;
        ensure!(head.status.is_success() || is_redirect_home, "{}", head.status);
        Ok(Answer { headers: head.headers, body: body.to_vec() })
    }
}

//! A browser for tests: it sends requests to the router and keeps what came back.

use std::{net::SocketAddr, sync::Arc};

use api::{Http, Transport, Unreachable};
use async_trait::async_trait;
use axum::{Router, body::Body, extract::ConnectInfo};
use domain::Clock;
use frontend::{Settings, router};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::BodyExt;
use jiff::Timestamp;
use serde_json::json;
use telemetry::Shutdown;
use tower::ServiceExt;

use crate::fake::{self, Shared};

struct Still(Timestamp);

impl Clock for Still {
    fn now(&self) -> Timestamp {
        self.0
    }
}

struct Stuck;

#[async_trait]
impl Transport for Stuck {
    async fn send(&self, _: Request<Body>) -> Result<Response<Body>, Unreachable> {
        std::future::pending().await
    }
}

/// The router, the fake behind it.
pub struct Browser {
    pub router: Router,
    pub fake: Shared,
    pub headers: Vec<(&'static str, &'static str)>,
}

/// What came back.
#[derive(Debug)]
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Page {
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn cookies(&self) -> Vec<&str> {
        self.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect()
    }

    /// The titles of rows, in order.
    pub fn rows(&self) -> Vec<String> {
        let text = self.text();
        let ids = text.split("class=\"row").skip(1).filter_map(|row| row.split("id=\"").nth(1));
        ids.filter_map(|id| id.split('"').next().map(str::to_owned)).collect()
    }
}

impl Browser {
    /// With somebody signed in who lives in Berlin, on Monday, 23 November 2026, 11:00.
    pub fn new() -> Self {
        let fake = fake::fake();
        let settings = Settings { clock: Arc::new(Still(fake::now())), ..Settings::default() };
        Self { router: router(fake::transport(&fake), settings), fake, headers: Vec::new() }
    }

    /// With a backend that does not answer.
    pub fn away() -> Self {
        let transport: Arc<dyn Transport> = Arc::new(Http::new("http://127.0.0.1:1").unwrap());
        Self { router: router(transport, Settings::default()), ..Self::new() }
    }

    /// With a backend that never answers.
    pub fn stuck() -> Self {
        Self { router: router(Arc::new(Stuck), Settings::default()), ..Self::new() }
    }

    /// Of a server that was told to stop.
    pub async fn stopping() -> Self {
        let shutdown = Shutdown::when(std::future::ready(()));
        shutdown.told().await;
        let settings = Settings { shutdown, ..Settings::default() };
        Self { router: router(Arc::new(Stuck), settings), ..Self::new() }
    }

    pub fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    pub fn htmx(self) -> Self {
        self.with("hx-request", "true").with("hx-current-url", "http://todo.example/")
    }

    /// Adds `count` open tasks called `title`, due on `day`; their numbers begin at 1000.
    pub fn fill(&self, count: usize, title: &str, day: &str) {
        let mut fake = self.fake.lock().unwrap();
        let start = 1000 + fake.tasks.len();
        let numbers = (start..start + count).map(|number| i64::try_from(number).unwrap());
        let new = numbers.map(|number| fake::task(number, title, json!(day), json!(null), &[]));
        fake.tasks.extend(new);
    }

    pub async fn send(&self, method: Method, path: &str, form: Option<&str>) -> Page {
        let mut request =
            Request::builder().method(method).uri(path).header("host", "todo.example");
        for (name, value) in &self.headers {
            request = request.header(*name, *value);
        }
        if form.is_some() {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        let body = form.map_or(Body::empty(), |form| Body::from(form.to_owned()));
        let mut request = request.body(body).unwrap();
        let peer: SocketAddr = "192.0.2.4:4000".parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = answer.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Page { status: head.status, headers: head.headers, body }
    }

    pub async fn get(&self, path: &str) -> Page {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, form: &str) -> Page {
        self.send(Method::POST, path, Some(form)).await
    }

    /// The calls that the backend got, as `POST /api/tasks`.
    pub fn calls(&self) -> Vec<String> {
        self.fake.lock().unwrap().calls.iter().map(|(call, ..)| call.clone()).collect()
    }

    /// The headers and the body of the last call that begins like this.
    pub fn call(&self, start: &str) -> (HeaderMap, String) {
        let fake = self.fake.lock().unwrap();
        let mut calls = fake.calls.iter().rev();
        let (_, headers, body) = calls.find(|(call, ..)| call.starts_with(start)).unwrap();
        (headers.clone(), body.clone())
    }
}

//! Who visits: where to, as whom, and what they have made there.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use api::{BadAddress, Http, Transport};
use axum::body::{Body, Bytes};
use domain::{SystemRandom, token};
use http::{HeaderValue, Method, Request, header};
use http_body_util::{BodyExt, Limited};
use serde_json::Value;
use tokio::time::{sleep, timeout};

use crate::{Surprise, answer::Answer};

/// How long an answer may take. A database that sleeps takes some seconds to wake.
const PATIENCE: Duration = Duration::from_secs(15);

/// How long it waits in all where an answer says that there were too many requests: sign-ins are counted by address, and
/// others may come from the same one.
const MODESTY: Duration = Duration::from_secs(30);

/// More than any page or list of a fresh user.
const LARGEST_ANSWER: usize = 4 << 20;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// One user of an application, with a browser that runs no scripts.
pub struct Visitor {
    transport: Arc<dyn Transport>,
    /// What the browser calls the application.
    origin: String,
    pub(crate) email: String,
    pub(crate) password: String,
    /// Whether there may be a user to be deleted.
    pub(crate) has_signed_up: bool,
    cookies: BTreeMap<String, String>,
    pub(crate) tasks: Vec<Task>,
}

/// A task that the visitor made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Task {
    pub number: i64,
    pub title: String,
    pub is_completed: bool,
}

impl Visitor {
    /// Of the application at `base`, `http://host:port`: pages and API behind one address.
    ///
    /// # Errors
    /// Not such an address.
    pub fn to(base: &str) -> Result<Self, BadAddress> {
        let base = base.trim_end_matches('/');
        Ok(Self::over(Arc::new(Http::new(base)?), base))
    }

    /// The same over a transport. `origin` is what a browser would call the application: scheme, host, port.
    #[must_use]
    pub fn over(transport: Arc<dyn Transport>, origin: &str) -> Self {
        Self {
            transport,
            origin: origin.to_owned(),
            email: format!("smoke-{}@example.invalid", token(&SystemRandom, 16).to_lowercase()),
            password: token(&SystemRandom, 32),
            has_signed_up: false,
            cookies: BTreeMap::new(),
            tasks: Vec::new(),
        }
    }

    /// The same, with a browser that calls the application `origin`: `https://todo.example.com` where a proxy that is left
    /// out here stands in front, and the application knows itself by that name alone.
    #[must_use]
    pub fn calling_it(mut self, origin: &str) -> Self {
        origin.trim_end_matches('/').clone_into(&mut self.origin);
        self
    }

    /// The address that the user signs in with.
    #[must_use]
    pub fn email(&self) -> &str {
        &self.email
    }

    pub(crate) fn has_session(&self) -> bool {
        self.cookies.keys().any(|name| name.ends_with("session_token"))
    }

    pub(crate) fn forget_cookies(&mut self) -> BTreeMap<String, String> {
        std::mem::take(&mut self.cookies)
    }

    pub(crate) fn remember_cookies(&mut self, cookies: BTreeMap<String, String>) {
        self.cookies = cookies;
    }

    pub(crate) async fn get(&mut self, path: &str) -> Result<Answer, Surprise> {
        self.ask(Method::GET, path, None, Bytes::new()).await
    }

    /// A call of the API.
    pub(crate) async fn post(&mut self, path: &str, body: &Value) -> Result<Answer, Surprise> {
        self.ask(Method::POST, path, Some(JSON), body.to_string().into()).await
    }

    /// A form, as a browser without scripts sends it.
    pub(crate) async fn submit(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<Answer, Surprise> {
        let body = serde_urlencoded::to_string(fields).expect("texts make a form");
        self.ask(Method::POST, path, Some(FORM), body.into()).await
    }

    async fn ask(
        &mut self,
        method: Method,
        path: &str,
        content: Option<&'static str>,
        body: Bytes,
    ) -> Result<Answer, Surprise> {
        let asked = format!("{method} {path}");
        let silence = |came: String| Surprise {
            asked: asked.clone(),
            expected: "an answer".to_owned(),
            came,
        };
        let late = |_| silence(format!("nothing within {} s", PATIENCE.as_secs()));
        let mut waited = Duration::ZERO;
        loop {
            let request = self.request(method.clone(), path, content, body.clone().into());
            let request = request.map_err(|error| silence(domain::chain(&error)))?;
            let answer = timeout(PATIENCE, receive(&*self.transport, request)).await;
            let answer = answer.map_err(late)?.map_err(silence)?;
            if let Some(wait) = answer.wait().filter(|wait| waited + *wait <= MODESTY) {
                sleep(wait).await;
                waited += wait;
                continue;
            }
            let answer = Answer { asked, ..answer };
            self.keep_cookies(&answer);
            return Ok(answer);
        }
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        content: Option<&'static str>,
        body: Body,
    ) -> http::Result<Request<Body>> {
        let host = self.origin.split_once("://").map_or(&*self.origin, |(_, host)| host);
        let mut request = Request::builder().uri(path).header(header::HOST, host);
        if method != Method::GET {
            request = request.header(header::ORIGIN, &self.origin);
        }
        if let Some(content) = content {
            request = request.header(header::CONTENT_TYPE, content);
        }
        if !self.cookies.is_empty() {
            let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
            let cookies = cookies.collect::<Vec<_>>().join("; ");
            request = request.header(header::COOKIE, cookies);
        }
        request.method(method).body(body)
    }

    fn keep_cookies(&mut self, answer: &Answer) {
        let lines = answer.headers.get_all(header::SET_COOKIE).iter();
        for line in lines.filter_map(|line: &HeaderValue| line.to_str().ok()) {
            let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
            let Some((name, value)) = pair.split_once('=') else { continue };
            if attributes.to_ascii_lowercase().contains("max-age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// The whole answer, or why there is none.
async fn receive(transport: &dyn Transport, request: Request<Body>) -> Result<Answer, String> {
    let answer = transport.send(request).await.map_err(|error| domain::chain(&error))?;
    let (head, body) = answer.into_parts();
    let body = Limited::new(body, LARGEST_ANSWER).collect().await;
    let body =
        body.map_err(|error| format!("{} and then {}", head.status, domain::chain(&*error)))?;
    Ok(Answer {
        asked: String::new(),
        status: head.status,
        headers: head.headers,
        body: body.to_bytes(),
    })
}

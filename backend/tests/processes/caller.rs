//! Somebody who calls a process, and for whom no answer is an answer too.

use axum::body::Body;
use http::{HeaderMap, Method, Request, header};
use http_body_util::BodyExt;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use serde_json::{Value, json};

use crate::Http;

/// A signed-in user at a process.
#[derive(Clone)]
pub struct Caller {
    base: String,
    token: String,
    /// The user's id.
    pub user: String,
    http: Http,
}

/// A request, which the change log knows by its id.
#[derive(Debug, Clone)]
pub struct Call {
    pub id: String,
    pub key: Option<String>,
    pub method: Method,
    pub path: String,
    pub body: Value,
}

/// A request and what came of it; `None` when the connection broke off before an answer did.
#[derive(Debug, Clone)]
pub struct Sent {
    pub call: Call,
    pub answer: Option<Answer>,
}

/// What a process answered.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub json: Value,
}

impl Answer {
    /// A header as text; empty when it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The change that the request made.
    pub fn change(&self) -> Option<i64> {
        self.header("x-change-number").parse().ok()
    }

    /// Whether it is the answer to an earlier request with the same key.
    pub fn is_replayed(&self) -> bool {
        self.header("idempotency-replayed") == "true"
    }
}

impl Caller {
    /// Registers a user.
    pub async fn sign_up(base: &str, name: &str) -> Self {
        let email = format!("{name}@example.com");
        let account = json!({ "name": name, "email": email, "password": "correct horse" });
        let nobody = Self { token: String::new(), user: String::new(), ..Self::new(base) };
        let call = Call {
            id: "sign-up".to_owned(),
            key: None,
            method: Method::POST,
            path: "/api/auth/sign-up/email".to_owned(),
            body: account,
        };
        let answer = nobody.send(&call).await.expect("an answer to sign-up");
        assert_eq!(answer.status, 200, "{}", answer.json);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self {
            token: text(&answer.json["token"]),
            user: text(&answer.json["user"]["id"]),
            ..nobody
        }
    }

    fn new(base: &str) -> Self {
        // What was on its way when its connection ended is not sent again behind our back.
        let http =
            Client::builder(TokioExecutor::new()).retry_canceled_requests(false).build_http();
        Self { base: base.to_owned(), token: String::new(), user: String::new(), http }
    }

    /// The same user at another process, over connections of its own.
    pub fn at(&self, base: &str) -> Self {
        Self { token: self.token.clone(), user: self.user.clone(), ..Self::new(base) }
    }

    /// The same user with a bearer token's header.
    pub fn request(&self, call: &Call) -> Request<Body> {
        let uri = format!("{}{}", self.base, call.path);
        let mut request = Request::builder()
            .method(&call.method)
            .uri(uri)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .header("x-request-id", &call.id);
        if let Some(key) = &call.key {
            request = request.header("idempotency-key", key);
        }
        if call.body.is_null() {
            return request.body(Body::empty()).unwrap();
        }
        let request = request.header(header::CONTENT_TYPE, "application/json");
        request.body(Body::from(call.body.to_string())).unwrap()
    }

    pub async fn send(&self, call: &Call) -> Option<Answer> {
        let answer = self.http.request(self.request(call)).await.ok()?;
        let (head, body) = answer.into_parts();
        let body = body.collect().await.ok()?.to_bytes();
        let json = serde_json::from_slice(&body).unwrap_or_default();
        Some(Answer { status: head.status.as_u16(), headers: head.headers, json })
    }

    /// Reads something that must be there.
    pub async fn get(&self, path: &str) -> Answer {
        let answer = self.send(&Call::get(path)).await;
        let answer = answer.unwrap_or_else(|| panic!("no answer to GET {path}"));
        assert_eq!(answer.status, 200, "GET {path}: {}", answer.json);
        answer
    }
}

impl Call {
    pub fn get(path: &str) -> Self {
        let (id, path) = ("read".to_owned(), path.to_owned());
        Self { id, key: None, method: Method::GET, path, body: Value::Null }
    }
}

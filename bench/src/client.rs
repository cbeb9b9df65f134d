//! What the bench itself asks a server, beside the load.

use anyhow::{Result, bail};
use axum::body::Body;
use http::{HeaderMap, Method, Request, header};
use http_body_util::BodyExt;
use hyper_util::{
    client::legacy::{Client as Http, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::Value;

/// A caller of one server.
pub struct Client {
    base: String,
    http: Http<HttpConnector, Body>,
}

/// What came back.
pub struct Answer {
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Result<Value> {
        Ok(serde_json::from_slice(&self.body)?)
    }
}

impl Client {
    pub fn new(base: &str) -> Self {
        let http = Http::builder(TokioExecutor::new()).build_http();
        Self { base: base.to_owned(), http }
    }

    /// Asks for something. `head` holds lines `name: value`.
    ///
    /// # Errors
    /// No answer, or one that is no success.
    pub async fn get(&self, path: &str, head: &str) -> Result<Answer> {
        self.send(Method::GET, path, head, String::new()).await
    }

    /// Sends JSON.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub async fn post(&self, path: &str, head: &str, body: &Value) -> Result<Answer> {
        self.send(Method::POST, path, head, body.to_string()).await
    }

    async fn send(&self, method: Method, path: &str, head: &str, body: String) -> Result<Answer> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        for (name, value) in head.lines().filter_map(|line| line.split_once(": ")) {
            request = request.header(name, value);
        }
        if !body.is_empty() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let answer = self.http.request(request.body(Body::from(body))?).await?;
        let (parts, body) = answer.into_parts();
        let body = body.collect().await?.to_bytes().to_vec();
        if !parts.status.is_success() {
            bail!("{path}: {} {}", parts.status, String::from_utf8_lossy(&body));
        }
        Ok(Answer { headers: parts.headers, body })
    }
}

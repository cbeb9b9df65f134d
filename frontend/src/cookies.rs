//! Cookies of the backend, such as a session that was extended: whichever call of a visit brings one, the browser gets it.

use std::sync::{Arc, Mutex, PoisonError};

use api::{Transport, Unreachable};
use async_trait::async_trait;
use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};

/// The cookies of one visit.
#[derive(Clone, Default)]
pub(crate) struct Jar(Arc<Mutex<Vec<HeaderValue>>>);

/// The way to the backend, with a jar held under its answers.
pub(crate) struct Collecting {
    pub transport: Arc<dyn Transport>,
    pub jar: Jar,
}

/// Middleware: puts what the calls of a visit collected onto its answer.
pub(crate) async fn pass_on(mut request: Request, next: Next) -> Response {
    let jar = Jar::default();
    request.extensions_mut().insert(jar.clone());
    let mut answer = next.run(request).await;
    for cookie in jar.empty() {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}

impl Jar {
    /// Takes the cookies of an answer; a later one replaces an earlier one of the same name.
    fn collect(&self, headers: &HeaderMap) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for cookie in headers.get_all(header::SET_COOKIE) {
            kept.retain(|other| name(other) != name(cookie));
            kept.push(cookie.clone());
        }
    }

    fn empty(&self) -> Vec<HeaderValue> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Transport for Collecting {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Unreachable> {
        let answer = self.transport.send(request).await?;
        self.jar.collect(answer.headers());
        Ok(answer)
    }
}

fn name(cookie: &HeaderValue) -> &[u8] {
    cookie.as_bytes().split(|&byte| byte == b'=').next().unwrap_or_default()
}

//! How long a page may wait for the backend.

use std::{sync::Arc, time::Duration};

use api::{Transport, Unreachable};
use async_trait::async_trait;
use axum::{
    body::Body,
    extract::Request,
    http::{Method, StatusCode, Uri},
    middleware::Next,
    response::Response,
};
use tokio::time::{Instant, timeout, timeout_at};

use crate::{forward, pages::problem, words};

/// The backend gives up on its database after 5 s, on its password hashes after 5 s more.
const PAGE: Duration = Duration::from_secs(15);
/// A turn of the chat has 60 s.
const CHAT: Duration = Duration::from_secs(70);
/// What a page has to tell that the backend is late, before somebody else tells it.
const GRACE: Duration = Duration::from_secs(1);

/// How long the calls of a page may take together.
pub(crate) fn of(method: &Method, uri: &Uri) -> Duration {
    if method == Method::POST && uri.path() == "/chat" { CHAT } else { PAGE }
}

/// The way to the backend, until a moment.
pub(crate) struct Bounded {
    pub transport: Arc<dyn Transport>,
    pub until: Instant,
}

#[async_trait]
impl Transport for Bounded {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Unreachable> {
        let answer = timeout_at(self.until, self.transport.send(request)).await;
        answer.unwrap_or_else(|_| {
            tracing::warn!("the backend did not answer in time");
            Ok(forward::away(StatusCode::GATEWAY_TIMEOUT))
        })
    }
}

/// Ends every other wait, such as for the rest of an answer, with a page that says so.
pub(crate) async fn limit(request: Request, next: Next) -> Response {
    let patience = of(request.method(), request.uri()) + GRACE;
    let is_page = request.method() == Method::GET;
    let path = request.uri().path_and_query().filter(|_| is_page);
    let address = path.map_or("/", |address| address.as_str()).to_owned();
    let answer = timeout(patience, next.run(request)).await;
    answer.unwrap_or_else(|_| {
        tracing::warn!("no answer within {} s", patience.as_secs());
        problem::page(StatusCode::GATEWAY_TIMEOUT, words::AWAY, &address, None)
    })
}

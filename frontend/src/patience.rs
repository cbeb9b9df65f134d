//! How long a page may wait for the backend.

use std::time::Duration;

use axum::{extract::Request, middleware::Next, response::Response};
use http::{Method, StatusCode};

use crate::{pages::problem, words};

/// The backend gives up on its database after 5 s, on its password hashes after 5 s more.
const PAGE: Duration = Duration::from_secs(15);
/// A turn of the chat has 60 s.
const CHAT: Duration = Duration::from_secs(70);

/// Ends a wait that leads nowhere with a page that says so.
pub(crate) async fn limit(request: Request, next: Next) -> Response {
    let talks = request.method() == Method::POST && request.uri().path() == "/chat";
    let is_page = request.method() == Method::GET;
    let path = request.uri().path_and_query().filter(|_| is_page);
    let address = path.map_or("/", |address| address.as_str()).to_owned();
    let patience = if talks { CHAT } else { PAGE };
    let answer = tokio::time::timeout(patience, next.run(request)).await;
    answer.unwrap_or_else(|_| {
        tracing::warn!("the backend did not answer within {} s", patience.as_secs());
        problem::page(StatusCode::GATEWAY_TIMEOUT, words::AWAY, &address, None)
    })
}

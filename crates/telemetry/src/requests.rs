//! One log line a request, and the id that its answer and every line about it carry.

use std::time::Instant;

use api::REQUEST_ID;
use axum::{extract::Request, middleware::Next, response::Response};
use domain::{Clock, SystemClock, SystemRandom, uuid_v7};
use http::{HeaderValue, StatusCode};
use tracing::{Instrument, Span, field};

/// How many statements the request cost, as an extension of its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queries(pub u32);

/// Middleware: gives the request an id in `X-Request-Id` (the caller's, when it is sane), and logs one line when the answer
/// is there.
///
/// A 503 is a line like any other: it says that something else is away, and whoever found out has told that once. Health
/// checks come every few seconds and say nothing new.
pub async fn log_requests(mut request: Request, next: Next) -> Response {
    let id = request.headers().get(REQUEST_ID).and_then(sane).unwrap_or_else(new_id);
    let value = HeaderValue::from_str(&id).expect("letters, digits and hyphens");
    request.headers_mut().insert(REQUEST_ID, value.clone());

    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let span = tracing::info_span!("request", id, user.id = field::Empty);
    let start = Instant::now();
    let mut answer = next.run(request).instrument(span.clone()).await;
    let _here = span.enter();
    let elapsed = start.elapsed();
    let status = answer.status();
    let queries = answer.extensions().get::<Queries>().map_or(0, |queries| queries.0);
    let micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
    if status.is_server_error() && status != StatusCode::SERVICE_UNAVAILABLE {
        tracing::warn!(status = status.as_u16(), micros, queries, "{method} {path}");
    } else if matches!(&*path, "/healthz" | "/readyz" | "/health") {
        tracing::debug!(status = status.as_u16(), micros, queries, "{method} {path}");
    } else {
        tracing::info!(status = status.as_u16(), micros, queries, "{method} {path}");
    }
    answer.headers_mut().entry(REQUEST_ID).or_insert(value);
    answer
}

/// Adds the user to the log lines of the request at hand.
pub fn note_user(id: &domain::UserId) {
    Span::current().record("user.id", field::display(id));
}

/// Letters, digits, hyphens and underscores, at most 64: anything else could write into the log what it likes.
fn sane(value: &HeaderValue) -> Option<String> {
    let text = value.to_str().ok()?;
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    ((1..=64).contains(&text.len()) && text.bytes().all(safe)).then(|| text.to_owned())
}

fn new_id() -> String {
    uuid_v7(&SystemRandom, SystemClock.now()).simple().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sane_ids_are_taken() {
        let of = |text: &str| sane(&HeaderValue::from_str(text).unwrap());
        assert_eq!(of("0193-abc_D"), Some("0193-abc_D".to_owned()));
        for text in ["", "a b", "a\"b", "é", &"x".repeat(65)] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}

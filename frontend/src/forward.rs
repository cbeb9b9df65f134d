//! What passes through to the backend, streaming in both directions.

use std::sync::Arc;

use api::Client;
use axum::{
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header, uri::PathAndQuery};
use settings::TrustedProxies;
use telemetry::Shutdown;

use crate::{forwarded::Forwarded, streams, words};

/// Headers about one connection, not about the request.
const HOP_BY_HOP: [HeaderName; 8] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Sends a request on to the backend as it is.
pub(crate) async fn forward(
    State(client): State<Client>,
    State(proxies): State<Arc<TrustedProxies>>,
    State(shutdown): State<Shutdown>,
    request: Request,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let forwarded = Forwarded::of(&parts, &proxies);
    let authority =
        parts.uri.authority().and_then(|host| HeaderValue::from_str(host.as_str()).ok());

    strip(&mut parts.headers);
    parts.headers.remove(header::FORWARDED);
    for (name, value) in forwarded.headers() {
        match value {
            Some(value) => parts.headers.insert(name, value),
            None => parts.headers.remove(name),
        };
    }
    if let Some(host) = authority {
        parts.headers.insert(header::HOST, host); // a request of HTTP/2 has no such header
    }
    let path = parts.uri.path_and_query().cloned();
    parts.uri = Uri::from(path.unwrap_or(PathAndQuery::from_static("/")));
    parts.version = http::Version::HTTP_11;
    parts.extensions = http::Extensions::new();

    match client.forward(Request::from_parts(parts, body)).await {
        Ok(mut answer) => {
            strip(answer.headers_mut());
            streams::end_with(&shutdown, answer.map(Body::new))
        }
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "the backend does not answer");
            away(StatusCode::BAD_GATEWAY)
        }
    }
}

/// The answer to a program while the backend is away; `message` is for callers of `/api/auth`.
pub(crate) fn away(status: StatusCode) -> Response {
    let problem = serde_json::json!({
        "type": "/problems/backend_away",
        "title": status.canonical_reason(),
        "status": status.as_u16(),
        "detail": words::AWAY,
        "message": words::AWAY,
        "code": "backend_away",
        "request_id": "",
    });
    let headers = [
        (header::CONTENT_TYPE, "application/problem+json"),
        (header::RETRY_AFTER, "2"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, problem.to_string()).into_response()
}

fn strip(headers: &mut HeaderMap) {
    let named = headers.get_all(header::CONNECTION).iter().filter_map(|value| value.to_str().ok());
    let named: Vec<HeaderName> = named
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named.iter().chain(&HOP_BY_HOP) {
        headers.remove(name);
    }
}

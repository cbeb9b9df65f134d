//! What the browser is told to refuse.

use axum::response::Response;
use http::{HeaderName, HeaderValue, header};

/// Nothing but what comes from here, no script or style inside a page, no page inside another.
///
/// `trusted-types default`: `assets/app.js` makes that one policy, through which htmx's answers pass.
const CONTENT: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types default";

const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Puts the headers on an answer of ours.
pub(crate) async fn harden(mut answer: Response) -> Response {
    for (name, value) in HEADERS {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    let fresh = HeaderValue::from_static("private, no-cache");
    answer.headers_mut().entry(header::CACHE_CONTROL).or_insert(fresh);
    answer
}

//! Whether this process lives, and whether requests may be sent here.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use telemetry::Shutdown;

/// `GET /healthz`: this process runs.
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: it was not told to stop. Without the backend it still has something to say: a page that says so.
pub(crate) async fn readyz(State(shutdown): State<Shutdown>) -> Response {
    if shutdown.is_told() {
        return (StatusCode::SERVICE_UNAVAILABLE, "draining\n").into_response();
    }
    "ready\n".into_response()
}

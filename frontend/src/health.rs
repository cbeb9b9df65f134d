//! Whether this process lives, and whether it is of use.

use std::time::Duration;

use api::Client;
use axum::{
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{Request, StatusCode};

/// How long the backend may take to say that it is ready.
const PATIENCE: Duration = Duration::from_secs(2);

/// `GET /healthz`: this process runs.
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the backend can be reached and is ready itself.
pub(crate) async fn readyz(State(client): State<Client>) -> Response {
    let mut question = Request::new(Body::empty());
    *question.uri_mut() = http::Uri::from_static("/readyz");
    match tokio::time::timeout(PATIENCE, client.forward(question)).await {
        Ok(Ok(answer)) if answer.status().is_success() => "ready\n".into_response(),
        Ok(Ok(_)) => unready("the backend is not ready\n"),
        Ok(Err(_)) => unready("the backend does not answer; is BACKEND_URL right?\n"),
        Err(_) => unready("the backend takes too long\n"),
    }
}

fn unready(why: &'static str) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, why).into_response()
}

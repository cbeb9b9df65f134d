//! `/api/auth/*`: handed to the crate `auth` as it is.

use axum::{
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http_body_util::{BodyExt, Limited};

use crate::{app::App, connection::client_of, error::ApiError};

/// The largest body that sign-in takes.
const LARGEST: usize = 64 << 10;

/// Everything under `/api/auth`.
pub(crate) async fn answer(State(app): State<App>, request: Request) -> Response {
    let client = client_of(request.headers(), request.extensions(), &app.http.trusted_proxies);
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, LARGEST).collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => return ApiError::TooLarge.into_response(),
    };
    let path = parts.uri.path().strip_prefix("/api/auth").unwrap_or_default().to_owned();
    let request = http::Request::from_parts(parts, body);
    app.auth.answer(&client, &path, request).await.map(Body::from)
}

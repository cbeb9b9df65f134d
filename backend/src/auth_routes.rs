//! `/api/auth/*`: handed to the crate `auth` as it is.

use std::any::Any;

use auth::BodyError;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    response::Response,
    routing::any,
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{app::App, connection::client_of, error};

/// The largest body that sign-in takes.
const LARGEST: usize = 64 << 10;

/// Everything under `/api/auth`, in Better Auth's form whatever happens.
pub(crate) fn routes() -> Router<App> {
    around(
        Router::new()
            .route("/api/auth", any(answer))
            .route("/api/auth/", any(answer))
            .route("/api/auth/{*path}", any(answer)),
    )
}

fn around<S: Clone + Send + Sync + 'static>(routes: Router<S>) -> Router<S> {
    routes.layer(CatchPanicLayer::custom(panicked))
}

async fn answer(State(app): State<App>, request: Request) -> Response {
    let client = client_of(request.headers(), request.extensions(), &app.http.trusted_proxies);
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().strip_prefix("/api/auth").unwrap_or_default().to_owned();
    let request = http::Request::from_parts(parts, read(body));
    app.auth.answer(&client, &path, request).await.map(Body::from)
}

#[expect(clippy::needless_pass_by_value, reason = "the layer calls it so")]
fn panicked(cause: Box<dyn Any + Send>) -> Response {
    tracing::error!(error = error::words_of(&*cause), "sign-in failed");
    auth::internal_error().map(Body::from)
}

async fn read(body: Body) -> Result<Bytes, BodyError> {
    match Limited::new(body, LARGEST).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(BodyError::TooLarge),
        Err(_) => Err(BodyError::BrokenOff),
    }
}

#[cfg(test)]
mod tests {
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn a_body_arrives_whole_or_is_refused() {
        let whole = vec![b'x'; LARGEST];
        assert_eq!(read(whole.clone().into()).await.unwrap(), whole);
        assert_eq!(read(vec![b'x'; LARGEST + 1].into()).await, Err(BodyError::TooLarge));
        let broken_off = Body::new(Limited::new(Body::from("x"), 0));
        assert_eq!(read(broken_off).await, Err(BodyError::BrokenOff));
    }

    #[tokio::test]
    async fn a_panic_is_told_as_all_else_is() {
        async fn panics() -> Response {
            panic!("a bug")
        }
        let routes = around(Router::new().route("/api/auth/ok", any(panics)));
        let request = Request::get("/api/auth/ok").body(Body::empty()).unwrap();
        let answer = routes.oneshot(request).await.unwrap();
        assert_eq!(answer.status(), 500);
        assert_eq!(answer.headers()["content-type"], "application/json");
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, r#"{"message":"Internal server error","code":"INTERNAL_SERVER_ERROR"}"#);
    }
}

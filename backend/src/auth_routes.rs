//! `/api/auth/*`: handed to the crate `auth` as it is.

use auth::BodyError;
use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    response::Response,
};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::{app::App, connection::client_of};

/// The largest body that sign-in takes.
const LARGEST: usize = 64 << 10;

/// Everything under `/api/auth`.
pub(crate) async fn answer(State(app): State<App>, request: Request) -> Response {
    let client = client_of(request.headers(), request.extensions(), &app.http.trusted_proxies);
    let (parts, body) = request.into_parts();
    let body = match read(body).await {
        Ok(body) => body,
        Err(error) => return error.answer().map(Body::from),
    };
    let path = parts.uri.path().strip_prefix("/api/auth").unwrap_or_default().to_owned();
    let request = http::Request::from_parts(parts, body);
    app.auth.answer(&client, &path, request).await.map(Body::from)
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
    use super::*;

    #[tokio::test]
    async fn a_body_arrives_whole_or_is_refused() {
        let whole = vec![b'x'; LARGEST];
        assert_eq!(read(whole.clone().into()).await.unwrap(), whole);
        assert_eq!(read(vec![b'x'; LARGEST + 1].into()).await, Err(BodyError::TooLarge));
        let broken_off = Body::new(Limited::new(Body::from("x"), 0));
        assert_eq!(read(broken_off).await, Err(BodyError::BrokenOff));
    }
}

//! The description of the API (OpenAPI 3.1), made from the handlers.

use axum::response::IntoResponse;
use http::header;
use utoipa::openapi::{Info, License, OpenApi};

use crate::router;

/// The document, as `docs/openapi.json` holds it.
#[must_use]
pub fn document() -> OpenApi {
    let mut document = router::description();
    document.info = Info::new("todo-chatbot", env!("CARGO_PKG_VERSION"));
    document.info.description = Some(
        "Tasks by hand and by talking to them. Sign in at `/api/auth` as Better Auth does, or send a session token as a \
         bearer."
            .to_owned(),
    );
    document.info.license = Some(License::new("Apache-2.0"));
    document
}

/// The description of this API.
#[utoipa::path(get, path = "/api/openapi.json", tag = "operations", responses((status = 200, body = serde_json::Value)))]
pub(crate) async fn get() -> impl IntoResponse {
    let text = document().to_json().unwrap_or_default();
    ([(header::CONTENT_TYPE, "application/json")], text)
}

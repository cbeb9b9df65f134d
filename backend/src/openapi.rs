//! The description of the API (OpenAPI 3.1), made from the handlers.

mod around;
mod examples;

use axum::response::IntoResponse;
use http::{Method, header};
use utoipa::openapi::{
    Info, License, OpenApi, PathItem,
    path::Operation,
    security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme},
};

use crate::router;

/// The document, as `docs/openapi.json` holds it.
#[must_use]
pub fn document() -> OpenApi {
    let mut document = router::description();
    document.info = Info::new("todo-chatbot", env!("CARGO_PKG_VERSION"));
    document.info.description = Some(
        "Tasks by hand and by talking to them. Sign in at `/api/auth` as Better Auth does, or send a session token, a JWT \
         or an API token as a bearer. `docs/api.md` shows how."
            .to_owned(),
    );
    document.info.license = Some(License::new("Apache-2.0"));
    name_operations(&mut document);
    describe_sign_in(&mut document);
    for (method, operation) in all(&mut document) {
        around::describe(&method, operation);
        examples::add(operation);
    }
    document
}

/// Handlers are named for what they do, so that several have one name: the group goes before it.
fn name_operations(document: &mut OpenApi) {
    for (_, operation) in all(document) {
        let group = operation.tags.iter().flatten().next().cloned().unwrap_or_default();
        let name = operation.operation_id.take().unwrap_or_default();
        operation.operation_id = Some(format!("{group}_{name}"));
    }
}

/// A token in `Authorization`, or the cookie that sign-in sets.
fn describe_sign_in(document: &mut OpenApi) {
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let cookie = ApiKey::Cookie(ApiKeyValue::new("better-auth.session_token"));
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("bearer", bearer);
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(cookie));
    let nothing: [&str; 0] = [];
    for (_, operation) in all(document).filter(|(_, operation)| is_guarded(operation)) {
        operation.security = Some(vec![
            SecurityRequirement::new("bearer", nothing),
            SecurityRequirement::new("cookie", nothing),
        ]);
    }
}

/// Whether an operation wants somebody signed in: then it may answer 401.
fn is_guarded(operation: &Operation) -> bool {
    operation.responses.responses.contains_key("401")
}

fn all(document: &mut OpenApi) -> impl Iterator<Item = (Method, &mut Operation)> {
    document.paths.paths.values_mut().flat_map(|path| {
        let PathItem { get, post, put, patch, delete, .. } = path;
        [
            (Method::GET, get),
            (Method::POST, post),
            (Method::PUT, put),
            (Method::PATCH, patch),
            (Method::DELETE, delete),
        ]
        .into_iter()
        .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
    })
}

/// The description of this API.
#[utoipa::path(
    get, path = "/api/openapi.json", tag = "operations",
    responses(
        (status = 200, body = serde_json::Value),
        (status = 422, body = api::Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn get() -> impl IntoResponse {
    let text = document().to_json().unwrap_or_default();
    ([(header::CONTENT_TYPE, "application/json")], text)
}

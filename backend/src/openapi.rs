//! The description of the API (OpenAPI 3.1), made from the handlers.

use axum::response::IntoResponse;
use http::header;
use utoipa::openapi::{
    ContentBuilder, Info, License, OpenApi, Ref, ResponseBuilder,
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
        "Tasks by hand and by talking to them. Sign in at `/api/auth` as Better Auth does, or send a session token, \
         a JWT or an API token as a bearer."
            .to_owned(),
    );
    document.info.license = Some(License::new("Apache-2.0"));
    describe_sign_in(&mut document);
    describe_what_any_may_answer(&mut document);
    document
}

/// A session token in `Authorization`, or the cookie that sign-in sets.
fn describe_sign_in(document: &mut OpenApi) {
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let cookie = ApiKey::Cookie(ApiKeyValue::new("better-auth.session_token"));
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("bearer", bearer);
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(cookie));
    let nothing: [&str; 0] = [];
    for operation in guarded(document) {
        operation.security = Some(vec![
            SecurityRequirement::new("bearer", nothing),
            SecurityRequirement::new("cookie", nothing),
        ]);
    }
}

/// Answers that come from around the handlers: the body, the origin of a cookie, the database.
fn describe_what_any_may_answer(document: &mut OpenApi) {
    let problem = |description: &str| {
        let schema = Ref::from_schema_name("Problem");
        let content = ContentBuilder::new().schema(Some(schema)).build();
        ResponseBuilder::new()
            .description(description)
            .content("application/problem+json", content)
            .build()
    };
    for operation in guarded(document) {
        let mut may = vec![
            (
                "403",
                "A cookie came from a page of another site, or a token for reading with a change",
            ),
            ("422", "A parameter or member breaks a rule"),
            ("503", "The database is busy or away; try again after `Retry-After`"),
        ];
        if operation.request_body.is_some() {
            may.extend([
                ("400", "The body is no JSON"),
                ("413", "The body is larger than 64 KiB"),
                ("415", "The body is not sent as JSON"),
            ]);
        }
        let answers = &mut operation.responses.responses;
        for (status, description) in may {
            answers.entry(status.to_owned()).or_insert_with(|| problem(description).into());
        }
    }
}

/// The operations that want somebody signed in: those that may answer 401.
fn guarded(document: &mut OpenApi) -> impl Iterator<Item = &mut Operation> {
    let operations = document.paths.paths.values_mut().flat_map(|path| {
        [&mut path.get, &mut path.post, &mut path.patch, &mut path.delete].into_iter().flatten()
    });
    operations.filter(|operation| operation.responses.responses.contains_key("401"))
}

/// The description of this API.
#[utoipa::path(get, path = "/api/openapi.json", tag = "operations", responses((status = 200, body = serde_json::Value)))]
pub(crate) async fn get() -> impl IntoResponse {
    let text = document().to_json().unwrap_or_default();
    ([(header::CONTENT_TYPE, "application/json")], text)
}

//! `POST /api/tokens`.

use api::{NewToken, NewTokenBody, Problem, TokenScope};
use auth::TokenDraft;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use jiff::Timestamp;

use super::body;
use crate::{app::App, error::ApiError, extract::Json, signed_in::InPerson};

/// The longest name, in characters.
const LONGEST_NAME: usize = 100;

/// Makes an API token. Its text is in this answer alone: nobody can read it again.
///
/// Wants a session or a JWT: an API token cannot make another. A token that a JWT makes ends no later than the JWT, and
/// with it if `expires_at` is absent. A user may have 100.
#[utoipa::path(
    post, path = "/api/tokens", tag = "tokens", request_body = NewToken,
    responses(
        (status = 201, body = NewTokenBody), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem),
    ),
)]
pub(crate) async fn add(
    State(app): State<App>,
    InPerson { actor, until }: InPerson,
    Json(new): Json<NewToken>,
) -> Result<Response, ApiError> {
    let draft = draft(&app, &new, until)?;
    let made = app.auth.new_api_token(&actor, draft).await?;
    let answer = NewTokenBody { token: made.text, details: body(made.token) };
    let mut answer = (StatusCode::CREATED, Json(answer)).into_response();
    let secret = HeaderValue::from_static("no-store");
    answer.headers_mut().insert(header::CACHE_CONTROL, secret);
    Ok(answer)
}

/// What makes a token ends it at `until`, if that is known. A session goes on as long as it is used, and whoever has it
/// sees what it made.
fn draft(app: &App, new: &NewToken, until: Option<Timestamp>) -> Result<TokenDraft, ApiError> {
    let name = new.name.trim();
    let length = name.chars().count();
    if !(1..=LONGEST_NAME).contains(&length) || name.chars().any(char::is_control) {
        let rule = "have 1 to 100 characters, none of them a control character";
        return Err(ApiError::must("name", rule));
    }
    let expires_at = new.expires_at.map(|at| at.0).or(until);
    if expires_at.is_some_and(|at| at <= app.service.now()) {
        return Err(ApiError::must("expires_at", "lie in the future"));
    }
    if until.is_some_and(|end| expires_at > Some(end)) {
        return Err(ApiError::must("expires_at", "not lie after the end of the JWT that makes it"));
    }
    let scope = match new.scope {
        TokenScope::Read => storage::TokenScope::Read,
        TokenScope::Write => storage::TokenScope::Write,
    };
    Ok(TokenDraft { name: name.to_owned(), scope, expires_at })
}

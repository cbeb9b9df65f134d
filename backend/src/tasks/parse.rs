//! `POST /api/parse`: what quick add would make of a line.

use api::{ParseLine, ParsedLine, Problem};
use axum::extract::State;

use super::quick;
use crate::{
    app::App,
    error::ApiError,
    extract::Json,
    signed_in::{SignedIn, UserPolicy, Zone},
};

/// Reads a line as quick add does, and stores nothing: an API token for reading will do.
#[utoipa::path(
    post, path = "/api/parse", tag = "tasks", request_body = ParseLine,
    responses((status = 200, body = ParsedLine), (status = 401, body = Problem), (status = 422, body = Problem)),
)]
pub(crate) async fn parse(
    State(app): State<App>,
    SignedIn(_): SignedIn,
    Zone(zone): Zone,
    UserPolicy(policy): UserPolicy,
    Json(line): Json<ParseLine>,
) -> Result<Json<ParsedLine>, ApiError> {
    if line.text.contains(char::is_control) {
        return Err(ApiError::must("text", "not contain control characters"));
    }
    let (understood, spans) =
        quick::understood(&line.text, &line.ignore, &zone, &policy, app.service.now())?;
    Ok(Json(ParsedLine { title: understood.add.title, spans }))
}

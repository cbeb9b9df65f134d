//! `GET /api/tokens`.

use api::{Problem, TokenBody};
use axum::extract::State;

use super::body;
use crate::{app::App, error::ApiError, extract::Json, signed_in::SignedIn};

/// The user's API tokens, the oldest first, without their texts. Expired ones stay until they are deleted.
#[utoipa::path(
    get, path = "/api/tokens", tag = "tokens",
    responses((status = 200, body = Vec<TokenBody>), (status = 401, body = Problem)),
)]
pub(crate) async fn list(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
) -> Result<Json<Vec<TokenBody>>, ApiError> {
    let tokens = app.auth.api_tokens(&actor).await?;
    Ok(Json(tokens.into_iter().map(body).collect()))
}

//! `DELETE /api/tokens/{id}`.

use api::Problem;
use axum::extract::State;
use http::StatusCode;

use crate::{
    app::App,
    error::ApiError,
    extract::{Path, TokenId},
    signed_in::InPerson,
};

/// Deletes an API token, which is refused from then on.
///
/// Wants a session or a JWT: an API token cannot delete any.
#[utoipa::path(
    delete, path = "/api/tokens/{id}", tag = "tokens", params(("id" = Uuid, Path)),
    responses(
        (status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem),
    ),
)]
pub(crate) async fn delete(
    State(app): State<App>,
    InPerson { actor, .. }: InPerson,
    Path(TokenId(id)): Path<TokenId>,
) -> Result<StatusCode, ApiError> {
    if app.auth.delete_api_token(&actor, id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::NotFound("Token".to_owned()))
    }
}

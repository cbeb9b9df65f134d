//! `DELETE /api/tags/{id}`.

use api::Problem;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use domain::TagId;
use http::StatusCode;

use crate::{app::App, error::ApiError, extract::Path, signed_in::SignedIn, tasks::with_change};

/// Deletes a tag, and takes it off its tasks.
#[utoipa::path(
    delete, path = "/api/tags/{id}", tag = "tags", params(("id" = Uuid, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem)),
)]
pub(crate) async fn delete(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TagId>,
) -> Result<Response, ApiError> {
    let written = service::delete_tag(&app.service, &actor, id).await?;
    Ok(with_change(StatusCode::NO_CONTENT.into_response(), written.change))
}

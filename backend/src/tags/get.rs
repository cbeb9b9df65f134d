//! `GET /api/tags/{id}`.

use api::{Problem, TagWithCount};
use axum::extract::State;
use domain::TagId;

use super::counted;
use crate::{
    app::App,
    error::ApiError,
    extract::{Json, Path},
    signed_in::SignedIn,
};

/// One tag.
#[utoipa::path(
    get, path = "/api/tags/{id}", tag = "tags", params(("id" = Uuid, Path)),
    responses((status = 200, body = TagWithCount), (status = 401, body = Problem), (status = 404, body = Problem)),
)]
pub(crate) async fn get(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TagId>,
) -> Result<Json<TagWithCount>, ApiError> {
    Ok(Json(counted(&service::tag(&app.service, &actor, id).await?)))
}

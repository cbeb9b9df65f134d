//! `GET /api/tags`.

use api::{Problem, TagWithCount};
use axum::extract::State;

use super::counted;
use crate::{app::App, error::ApiError, extract::Json, signed_in::SignedIn};

/// All tags by name, with how many tasks have each.
#[utoipa::path(
    get, path = "/api/tags", tag = "tags",
    responses((status = 200, body = Vec<TagWithCount>), (status = 401, body = Problem)),
)]
pub(crate) async fn list(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
) -> Result<Json<Vec<TagWithCount>>, ApiError> {
    let tags = service::tags(&app.service, &actor).await?;
    Ok(Json(tags.iter().map(counted).collect()))
}

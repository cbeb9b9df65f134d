//! `PATCH /api/tags/{id}`.

use api::{Problem, TagBody, TagPatch};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use domain::TagId;
use service::TagEdit;

use super::{color, name};
use crate::{
    app::App,
    error::ApiError,
    extract::{Json, Path},
    signed_in::SignedIn,
    tasks::with_change,
};

/// Renames or colours a tag; absent members stay.
#[utoipa::path(
    patch, path = "/api/tags/{id}", tag = "tags", request_body = TagPatch, params(("id" = Uuid, Path)),
    responses(
        (status = 200, body = TagBody), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem),
    ),
)]
pub(crate) async fn edit(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<TagId>,
    Json(patch): Json<TagPatch>,
) -> Result<Response, ApiError> {
    let edit = TagEdit {
        name: patch.name.as_deref().map(name).transpose()?,
        color: patch.color.as_deref().map(color).transpose()?,
    };
    let written = service::edit_tag(&app.service, &actor, id, edit).await?;
    Ok(with_change(Json(TagBody::from(&written.value)).into_response(), written.change))
}

//! `PUT /api/{user_id}/tasks/{number}`.

use api::{OfficialTask, OfficialTaskEdit, Problem};
use axum::{extract::State, response::Response};
use service::TaskEdit;

use super::{OwnTask, description, one, title};
use crate::{
    app::App,
    error::ApiError,
    extract::{IfMatch, Json},
    signed_in::Zone,
    tasks::with_change,
};

/// Changes title or description; what is left out stays.
#[utoipa::path(
    put, path = "/api/{user_id}/tasks/{number}", tag = "official", request_body = OfficialTaskEdit,
    params(
        ("user_id" = String, Path, description = "The signed-in user's id"),
        ("number" = String, Path, description = "Number or id"),
    ),
    responses(
        (status = 200, body = OfficialTask), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem),
    ),
)]
pub(crate) async fn edit(
    State(app): State<App>,
    OwnTask(actor, key): OwnTask,
    Zone(zone): Zone,
    IfMatch(expected): IfMatch,
    Json(edit): Json<OfficialTaskEdit>,
) -> Result<Response, ApiError> {
    if edit.title.is_none() && edit.description.is_none() {
        return Err(ApiError::invalid("title", "title or description must be given"));
    }
    let edit = TaskEdit {
        title: edit.title.as_deref().map(title).transpose()?,
        description: match edit.description {
            None => None,
            Some(None) => Some(None),
            Some(Some(text)) => Some(description(&text)?),
        },
        ..TaskEdit::default()
    };
    let expected = expected.as_deref();
    let written = service::edit_task(&app.service, &actor, &zone, key, expected, edit).await?;
    Ok(with_change(one(&written.value, &actor), written.change))
}

//! `DELETE /api/{user_id}/tasks/{number}`.

use api::Problem;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;

use super::OwnTask;
use crate::{app::App, error::ApiError, extract::IfMatch, tasks::with_change};

/// Deletes a task. `X-Change-Number` of the answer brings it back.
#[utoipa::path(
    delete, path = "/api/{user_id}/tasks/{number}", tag = "official",
    params(
        ("user_id" = String, Path, description = "The signed-in user's id"),
        ("number" = String, Path, description = "Number or id"),
    ),
    responses(
        (status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 412, body = Problem),
    ),
)]
pub(crate) async fn delete(
    State(app): State<App>,
    OwnTask(actor, key): OwnTask,
    IfMatch(expected): IfMatch,
) -> Result<Response, ApiError> {
    let expected = expected.as_deref();
    let written = service::delete_tasks(&app.service, &actor, &[key], expected).await?;
    Ok(with_change(StatusCode::NO_CONTENT.into_response(), written.change))
}

//! `DELETE /api/tasks/{id}`.

use api::Problem;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;

use super::with_change;
use crate::{
    app::App,
    error::ApiError,
    extract::{IfMatch, TaskPath},
    signed_in::SignedIn,
};

/// Deletes a task. `X-Change-Number` of the answer brings it back.
#[utoipa::path(
    delete, path = "/api/tasks/{id}", tag = "tasks",
    params(("id" = String, Path, description = "Number or id")),
    responses(
        (status = 204), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 412, body = Problem),
    ),
)]
pub(crate) async fn delete(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    TaskPath(key): TaskPath,
    IfMatch(expected): IfMatch,
) -> Result<Response, ApiError> {
    let expected = expected.as_deref();
    let written = service::delete_tasks(&app.service, &actor, &[key], expected).await?;
    Ok(with_change(StatusCode::NO_CONTENT.into_response(), written.change))
}

//! `GET /api/tasks/{id}`.

use api::{Problem, TaskBody};
use axum::{extract::State, response::Response};

use super::{one, version_tag};
use crate::{
    app::App,
    caching::{IfNoneMatch, not_modified},
    error::ApiError,
    extract::TaskPath,
    signed_in::SignedIn,
};

/// One task, by number or id.
#[utoipa::path(
    get, path = "/api/tasks/{id}", tag = "tasks",
    params(("id" = String, Path, description = "Number or id")),
    responses(
        (status = 200, body = TaskBody), (status = 304), (status = 401, body = Problem),
        (status = 404, body = Problem),
    ),
)]
pub(crate) async fn get(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    TaskPath(key): TaskPath,
    seen: IfNoneMatch,
) -> Result<Response, ApiError> {
    let task = service::task(&app.service, &actor, key).await?;
    let tag = version_tag(&task);
    Ok(if seen.names(&tag) { not_modified(tag) } else { one(&task) })
}

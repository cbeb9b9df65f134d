//! `GET /api/{user_id}/tasks/{number}`.

use api::{OfficialTask, Problem};
use axum::{extract::State, response::Response};

use super::{OwnTask, one};
use crate::{
    app::App,
    caching::{IfNoneMatch, not_modified},
    error::ApiError,
    tasks::version_tag,
};

/// One task.
#[utoipa::path(
    get, path = "/api/{user_id}/tasks/{number}", tag = "official",
    params(
        ("user_id" = String, Path, description = "The signed-in user's id"),
        ("number" = String, Path, description = "Number or id"),
    ),
    responses(
        (status = 200, body = OfficialTask), (status = 304), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem),
    ),
)]
pub(crate) async fn get(
    State(app): State<App>,
    OwnTask(actor, key): OwnTask,
    seen: IfNoneMatch,
) -> Result<Response, ApiError> {
    let task = service::task(&app.service, &actor, key).await?;
    let tag = version_tag(&task);
    Ok(if seen.names(&tag) { not_modified(tag) } else { one(&task, &actor) })
}

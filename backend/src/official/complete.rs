//! `PATCH /api/{user_id}/tasks/{number}/complete`.

use api::{OfficialCompletion, OfficialTask, Problem};
use axum::{
    extract::{Request, State},
    response::Response,
};

use super::{OwnTask, one};
use crate::{
    app::App, error::ApiError, extract::json_or_nothing, signed_in::Zone, tasks::with_change,
};

/// Completes or reopens a task: as the body says, and without one to the other of what it is.
#[utoipa::path(
    patch, path = "/api/{user_id}/tasks/{number}/complete", tag = "official",
    request_body = Option<OfficialCompletion>,
    params(
        ("user_id" = String, Path, description = "The signed-in user's id"),
        ("number" = String, Path, description = "Number or id"),
    ),
    responses(
        (status = 200, body = OfficialTask), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem),
    ),
)]
pub(crate) async fn complete(
    State(app): State<App>,
    OwnTask(actor, key): OwnTask,
    Zone(zone): Zone,
    request: Request,
) -> Result<Response, ApiError> {
    let wanted: Option<OfficialCompletion> = json_or_nothing(request).await?;
    let completed = match wanted.and_then(|wanted| wanted.completed) {
        Some(completed) => completed,
        None => !service::task(&app.service, &actor, key).await?.is_completed(),
    };
    let written = if completed {
        let written = service::complete_tasks(&app.service, &actor, &zone, &[key]).await?;
        written.map(|completed| completed.tasks)
    } else {
        service::reopen_tasks(&app.service, &actor, &[key]).await?
    };
    let task = written.value.first().ok_or_else(|| ApiError::NotFound("Task".to_owned()))?;
    Ok(with_change(one(task, &actor), written.change))
}

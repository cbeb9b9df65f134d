//! `PATCH /api/{user_id}/tasks/{number}/complete`.

use api::{OfficialCompletion, OfficialTask, Problem};
use axum::{
    extract::{Request, State},
    response::Response,
};

use super::{OwnTask, one};
use crate::{
    app::App,
    error::ApiError,
    extract::{IfMatch, json_or_nothing},
    signed_in::Zone,
    tasks::with_change,
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
        (status = 404, body = Problem), (status = 412, body = Problem), (status = 422, body = Problem),
    ),
)]
pub(crate) async fn complete(
    State(app): State<App>,
    OwnTask(actor, key): OwnTask,
    Zone(zone): Zone,
    IfMatch(expected): IfMatch,
    request: Request,
) -> Result<Response, ApiError> {
    let wanted: Option<OfficialCompletion> = json_or_nothing(request).await?;
    let (app, keys, expected) = (&app.service, &[key], expected.as_deref());
    let written = match wanted.and_then(|wanted| wanted.completed) {
        None => {
            service::toggle_task(app, &actor, &zone, key, expected).await?.map(|task| vec![task])
        }
        Some(true) => service::complete_tasks(app, &actor, &zone, keys, expected)
            .await?
            .map(|completed| completed.tasks),
        Some(false) => service::reopen_tasks(app, &actor, keys, expected).await?,
    };
    let task = written.value.first().ok_or_else(|| ApiError::NotFound("Task".to_owned()))?;
    Ok(with_change(one(task, &actor), written.change))
}

//! `POST /api/tasks/{id}/complete` and `/reopen`.

use api::{Completed, Problem, TaskBody};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use domain::Task;
use service::Written;

use super::with_change;
use crate::{
    app::App,
    error::ApiError,
    extract::{Json, TaskPath},
    signed_in::{SignedIn, Zone},
};

/// Completes a task; one that is done stays as it is.
///
/// A recurring task gets its next occurrence, once for ever: reopened and completed again, it gets no second one. Counting
/// from `schedule`, days gone by before the day of completion are left out; a task without a due day counts from the day of
/// completion. The due time and the reminder keep their time of day where they were meant.
#[utoipa::path(
    post, path = "/api/tasks/{id}/complete", tag = "tasks",
    params(("id" = String, Path, description = "Number or id")),
    responses((status = 200, body = Completed), (status = 401, body = Problem), (status = 404, body = Problem)),
)]
pub(crate) async fn complete(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Zone(zone): Zone,
    TaskPath(key): TaskPath,
) -> Result<Response, ApiError> {
    let written = service::complete_tasks(&app.service, &actor, &zone, &[key]).await?;
    let next = written.value.next.first().map(TaskBody::from);
    answer(&written.map(|completed| completed.tasks), next)
}

/// Reopens a completed task; one that is open stays as it is.
///
/// The next occurrence of a recurring task stays: undo of the completion takes it away.
#[utoipa::path(
    post, path = "/api/tasks/{id}/reopen", tag = "tasks",
    params(("id" = String, Path, description = "Number or id")),
    responses((status = 200, body = Completed), (status = 401, body = Problem), (status = 404, body = Problem)),
)]
pub(crate) async fn reopen(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    TaskPath(key): TaskPath,
) -> Result<Response, ApiError> {
    answer(&service::reopen_tasks(&app.service, &actor, &[key]).await?, None)
}

fn answer(written: &Written<Vec<Task>>, next: Option<TaskBody>) -> Result<Response, ApiError> {
    let task = written.value.first().ok_or_else(|| ApiError::NotFound("Task".to_owned()))?;
    let body = Completed { task: TaskBody::from(task), next };
    Ok(with_change(Json(body).into_response(), written.change))
}

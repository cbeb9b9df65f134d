//! `POST /api/tasks/{id}/complete` and `/reopen`.

use api::{Completed, Problem, TaskBody};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use domain::Task;
use service::Written;

use super::{version_tag, with_change};
use crate::{
    app::App,
    caching::tagged,
    error::ApiError,
    extract::{IfMatch, Json, TaskPath},
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
    responses(
        (status = 200, body = Completed), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 412, body = Problem),
    ),
)]
pub(crate) async fn complete(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Zone(zone): Zone,
    TaskPath(key): TaskPath,
    IfMatch(expected): IfMatch,
) -> Result<Response, ApiError> {
    let expected = expected.as_deref();
    let written = service::complete_tasks(&app.service, &actor, &zone, &[key], expected).await?;
    let next = written.value.next.first().map(TaskBody::from);
    answer(&written.map(|completed| completed.tasks), next)
}

/// Reopens a completed task; one that is open stays as it is.
///
/// The next occurrence of a recurring task stays: undo of the completion takes it away.
#[utoipa::path(
    post, path = "/api/tasks/{id}/reopen", tag = "tasks",
    params(("id" = String, Path, description = "Number or id")),
    responses(
        (status = 200, body = Completed), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 412, body = Problem),
    ),
)]
pub(crate) async fn reopen(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    TaskPath(key): TaskPath,
    IfMatch(expected): IfMatch,
) -> Result<Response, ApiError> {
    let expected = expected.as_deref();
    let written = service::reopen_tasks(&app.service, &actor, &[key], expected).await?;
    answer(&written, None)
}

fn answer(written: &Written<Vec<Task>>, next: Option<TaskBody>) -> Result<Response, ApiError> {
    let task = written.value.first().ok_or_else(|| ApiError::NotFound("Task".to_owned()))?;
    let body = Completed { task: TaskBody::from(task), next };
    let answer = tagged(Json(body).into_response(), Some(version_tag(task)));
    Ok(with_change(answer, written.change))
}

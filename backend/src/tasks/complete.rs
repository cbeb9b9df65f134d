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
    signed_in::SignedIn,
};

/// Completes a task; one that is done stays as it is.
#[utoipa::path(
    post, path = "/api/tasks/{id}/complete", tag = "tasks",
    params(("id" = String, Path, description = "Number or id")),
    responses((status = 200, body = Completed), (status = 401, body = Problem), (status = 404, body = Problem)),
)]
pub(crate) async fn complete(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    TaskPath(key): TaskPath,
) -> Result<Response, ApiError> {
    answer(&service::complete_tasks(&app.service, &actor, &[key]).await?)
}

/// Reopens a completed task; one that is open stays as it is.
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
    answer(&service::reopen_tasks(&app.service, &actor, &[key]).await?)
}

fn answer(written: &Written<Vec<Task>>) -> Result<Response, ApiError> {
    let task = written.value.first().ok_or_else(|| ApiError::NotFound("Task".to_owned()))?;
    let body = Completed { task: TaskBody::from(task), next: None };
    Ok(with_change(Json(body).into_response(), written.change))
}

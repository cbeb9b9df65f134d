//! `PATCH /api/tasks/{id}`.

use api::{Problem, TaskBody, TaskPatch};
use axum::{extract::State, response::Response};
use domain::ZoneName;
use service::TaskEdit;

use super::{description, one, priority, tag_choice, title, with_change};
use crate::{
    app::App,
    due,
    error::ApiError,
    extract::{IfMatch, Json, TaskPath},
    signed_in::{SignedIn, Zone},
};

/// Changes fields of a task: a merge patch, in which null clears.
#[utoipa::path(
    patch, path = "/api/tasks/{id}", tag = "tasks", request_body = TaskPatch,
    params(("id" = String, Path, description = "Number or id")),
    responses(
        (status = 200, body = TaskBody), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 412, body = Problem), (status = 422, body = Problem),
    ),
)]
pub(crate) async fn edit(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Zone(zone): Zone,
    TaskPath(key): TaskPath,
    IfMatch(version): IfMatch,
    Json(patch): Json<TaskPatch>,
) -> Result<Response, ApiError> {
    let edit = read(patch, &zone)?;
    let written = service::edit_task(&app.service, &actor, key, version, edit).await?;
    Ok(with_change(one(&written.value), written.change))
}

fn read(patch: TaskPatch, zone: &ZoneName) -> Result<TaskEdit, ApiError> {
    let due = |text: String| due::parse("due_date", &text, zone);
    Ok(TaskEdit {
        title: patch.title.as_deref().map(title).transpose()?,
        description: match patch.description {
            None => None,
            Some(None) => Some(None),
            Some(Some(text)) => Some(description(&text)?),
        },
        due: patch.due_date.map(|text| text.map(due).transpose()).transpose()?,
        priority: patch.priority.map(|value| value.map(priority).transpose()).transpose()?,
        completed: patch.completed,
        tags: tag_choice(patch.tags, patch.tag_ids)?,
    })
}

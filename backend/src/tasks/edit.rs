//! `PATCH /api/tasks/{id}`.

use api::{Problem, TaskBody, TaskPatch};
use axum::{extract::State, response::Response};
use domain::ZoneName;
use service::TaskEdit;

use super::{
    anchor, description, one, position, priority, recurrence_end, recurrence_rule, remind_at,
    tag_choice, title, with_change,
};
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
    IfMatch(expected): IfMatch,
    Json(patch): Json<TaskPatch>,
) -> Result<Response, ApiError> {
    let edit = read(patch, &zone)?;
    let expected = expected.as_deref();
    let written = service::edit_task(&app.service, &actor, &zone, key, expected, edit).await?;
    Ok(with_change(one(&written.value), written.change))
}

/// The edit that a patch means.
pub(super) fn read(patch: TaskPatch, zone: &ZoneName) -> Result<TaskEdit, ApiError> {
    let due = |text: String| due::parse("due_date", &text, zone);
    Ok(TaskEdit {
        title: patch.title.as_deref().map(title).transpose()?,
        description: match patch.description {
            None => None,
            Some(None) => Some(None),
            Some(Some(text)) => Some(description(&text)?),
        },
        due: nullable(patch.due_date, due)?,
        priority: nullable(patch.priority, priority)?,
        completed: patch.completed,
        tags: tag_choice(patch.tags, patch.tag_ids)?,
        recurrence_rule: nullable(patch.recurrence_rule, |text| recurrence_rule(&text))?,
        recurrence_anchor: nullable(patch.recurrence_anchor, |text| anchor(&text))?,
        recurrence_end: nullable(patch.recurrence_end_date, |text| recurrence_end(&text, zone))?,
        remind_at: nullable(patch.remind_at, |text| remind_at(&text, zone))?,
        position: nullable(patch.position, position)?,
    })
}

/// A member that null clears.
fn nullable<T, U>(
    member: Option<Option<T>>,
    read: impl FnOnce(T) -> Result<U, ApiError>,
) -> Result<Option<Option<U>>, ApiError> {
    member.map(|value| value.map(read).transpose()).transpose()
}

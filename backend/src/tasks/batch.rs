//! `POST /api/tasks/batch`.

use api::{BatchAction, BatchDone, Problem, TagList, TaskBatch, TaskBody, TaskRef};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use domain::{TaskId, TaskNumber, ZoneName};
use service::{TagChoice, TaskKey};

use super::{edit, tag_choice, with_change};
use crate::{
    app::App,
    error::ApiError,
    extract::Json,
    signed_in::{SignedIn, Zone},
};

/// Does one thing to up to 500 tasks: all or nothing, as one change, which one undo takes back.
#[utoipa::path(
    post, path = "/api/tasks/batch", tag = "tasks", request_body = TaskBatch,
    responses(
        (status = 200, body = BatchDone), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem),
    ),
)]
pub(crate) async fn batch(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Zone(zone): Zone,
    Json(body): Json<TaskBatch>,
) -> Result<Response, ApiError> {
    let keys: Vec<TaskKey> = body.ids.iter().map(key).collect();
    let action = action(body.action, &zone)?;
    let written = service::batch(&app.service, &actor, &zone, &keys, action).await?;
    let done = BatchDone {
        tasks: written.value.tasks.iter().map(TaskBody::from).collect(),
        next: written.value.next.iter().map(TaskBody::from).collect(),
        deleted: written.value.deleted.iter().map(|number| number.0).collect(),
    };
    Ok(with_change(Json(done).into_response(), written.change))
}

fn key(task: &TaskRef) -> TaskKey {
    match task {
        TaskRef::Number(number) => TaskKey::Number(TaskNumber(*number)),
        TaskRef::Id(id) => TaskKey::Id(TaskId(*id)),
    }
}

fn action(action: BatchAction, zone: &ZoneName) -> Result<service::BatchAction, ApiError> {
    Ok(match action {
        BatchAction::Complete => service::BatchAction::Complete,
        BatchAction::Reopen => service::BatchAction::Reopen,
        BatchAction::Delete => service::BatchAction::Delete,
        BatchAction::Update { patch } => {
            service::BatchAction::Update(Box::new(edit::read(*patch, zone)?))
        }
        BatchAction::AddTags(list) => service::BatchAction::AddTags(tags(list)?),
        BatchAction::RemoveTags(list) => service::BatchAction::RemoveTags(tags(list)?),
    })
}

fn tags(list: TagList) -> Result<TagChoice, ApiError> {
    let choice = tag_choice(list.tags, list.tag_ids)?;
    choice.ok_or_else(|| ApiError::must("action", "have tags or tag_ids"))
}

//! `GET /api/changes`.

use api::{ChangeBody, ChangeListQuery, Problem};
use axum::extract::State;
use domain::ChangeNumber;

use crate::{
    app::App,
    error::ApiError,
    extract::{Json, Query, limit, task_key},
    signed_in::SignedIn,
};

/// The change log behind `after`, oldest first; of one task with `task`.
#[utoipa::path(
    get, path = "/api/changes", tag = "changes", params(ChangeListQuery),
    responses((status = 200, body = Vec<ChangeBody>), (status = 401, body = Problem), (status = 422, body = Problem)),
)]
pub(crate) async fn list(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Query(query): Query<ChangeListQuery>,
) -> Result<Json<Vec<ChangeBody>>, ApiError> {
    let after = match query.after.as_deref() {
        None => 0,
        Some(text) => text
            .parse()
            .ok()
            .filter(|number| *number >= 0)
            .ok_or_else(|| ApiError::must("after", "be a change number"))?,
    };
    let limit = limit(query.limit.as_deref())?.unwrap_or(200);
    let after = ChangeNumber(after);
    let changes = match query.task.as_deref() {
        None => service::changes(&app.service, &actor, after, limit).await?,
        Some(text) => {
            let task = task_key(text)
                .ok_or_else(|| ApiError::must("task", "be the number or the id of a task"))?;
            service::changes_of_task(&app.service, &actor, task, after, limit).await?
        }
    };
    Ok(Json(changes.iter().map(ChangeBody::from).collect()))
}

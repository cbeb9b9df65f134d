//! `POST /api/changes/{number}/undo`.

use api::{Problem, TaskBody, Undone};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use domain::ChangeNumber;

use crate::{
    app::App,
    error::ApiError,
    extract::{Json, Path},
    signed_in::SignedIn,
    tasks::with_change,
};

/// Takes a change back, whole or not at all. Undo the answer's `change` to redo.
#[utoipa::path(
    post, path = "/api/changes/{number}/undo", tag = "changes", params(("number" = i64, Path)),
    responses(
        (status = 200, body = Undone), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem),
    ),
)]
pub(crate) async fn undo(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(number): Path<ChangeNumber>,
) -> Result<Response, ApiError> {
    let undone = service::undo(&app.service, &actor, number).await?;
    let body = Undone {
        undone: undone.undone.number.0,
        change: undone.change.0,
        tasks: undone.tasks.iter().map(TaskBody::from).collect(),
        removed: undone.removed.iter().map(|number| number.0).collect(),
    };
    Ok(with_change(Json(body).into_response(), Some(undone.change)))
}

//! `POST /api/{user_id}/tasks`.

use api::{NewOfficialTask, OfficialTask, Problem};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use service::TaskDraft;

use super::{Own, body, description, title};
use crate::{app::App, error::ApiError, extract::Json, tasks::with_change};

/// Adds a task.
#[utoipa::path(
    post, path = "/api/{user_id}/tasks", tag = "official", request_body = NewOfficialTask,
    params(("user_id" = String, Path, description = "The signed-in user's id")),
    responses(
        (status = 201, body = OfficialTask), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem),
    ),
)]
pub(crate) async fn add(
    State(app): State<App>,
    Own(actor): Own,
    Json(new): Json<NewOfficialTask>,
) -> Result<Response, ApiError> {
    let draft = TaskDraft {
        description: new.description.as_deref().map(description).transpose()?.flatten(),
        ..TaskDraft::new(title(&new.title)?)
    };
    let written = service::add_task(&app.service, &actor, draft).await?;
    let user = utf8_percent_encode(&actor.user_id().0, NON_ALPHANUMERIC);
    let location = format!("/api/{user}/tasks/{}", written.value.number);
    let location = HeaderValue::from_str(&location).expect("a path of ASCII");
    let task = Json(body(&written.value, &actor));
    let answer = (StatusCode::CREATED, [(header::LOCATION, location)], task);
    Ok(with_change(answer.into_response(), written.change))
}

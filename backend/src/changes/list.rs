//! `GET /api/changes`.

use api::{ChangeBody, ChangeListQuery, Problem};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use domain::ChangeNumber;

use super::stream::{self, Stream};
use crate::{
    app::App,
    error::ApiError,
    extract::{Json, Query, limit, task_key},
    signed_in::SignedIn,
};

/// The change log behind `after`, oldest first; without `after`, as far back as it is kept (90 days); of one task with
/// `task`. An answer ends at `limit` changes or some 4 MiB: what comes behind its last change is asked for with that as
/// `after`, until nothing comes.
///
/// With `Accept: text/event-stream` it is followed live. Each change is one event: `id` is its number, `event` is
/// `change`, `data` is an entry as the list has it. The stream begins behind `Last-Event-ID`, else behind `after`. Without
/// either it begins now, and its first event, called `start`, says behind which number: `{"number": 12}`. No change is
/// left out and none comes twice. A comment line comes every 15 s. The stream ends with its session and when the server
/// stops: connect again with `Last-Event-ID`, as browsers do by themselves. A user has at most 100 streams on one server.
///
/// 410 says that changes behind the given number are no longer kept: read everything anew.
#[utoipa::path(
    get, path = "/api/changes", tag = "changes",
    params(ChangeListQuery, ("Last-Event-ID" = Option<String>, Header, description = "For a stream: the last number seen")),
    responses(
        (status = 200, content((Vec<ChangeBody> = "application/json"), (String = "text/event-stream"))),
        (status = 401, body = Problem), (status = 410, body = Problem), (status = 422, body = Problem),
    ),
)]
pub(crate) async fn list(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    stream: Option<Stream>,
    Query(query): Query<ChangeListQuery>,
) -> Result<Response, ApiError> {
    let after = query.after.as_deref().map(|text| number("after", text)).transpose()?;
    let limit = limit(query.limit.as_deref())?;
    if let Some(stream) = stream {
        if limit.is_some() {
            return Err(ApiError::must("limit", "be left out of a stream"));
        }
        if query.task.is_some() {
            return Err(ApiError::must("task", "be left out of a stream"));
        }
        return stream::follow(app, actor, stream, after).await;
    }
    let limit = limit.unwrap_or(200);
    let page = match query.task.as_deref() {
        None => service::changes(&app.service, &actor, after, limit).await?,
        Some(text) => {
            let task = task_key(text)
                .ok_or_else(|| ApiError::must("task", "be the number or the id of a task"))?;
            service::changes_of_task(&app.service, &actor, task, after, limit).await?
        }
    };
    let bodies: Vec<_> = page.changes.iter().map(ChangeBody::from).collect();
    Ok(Json(bodies).into_response())
}

/// A number of a change, or 0 for the time before the first.
pub(super) fn number(field: &str, text: &str) -> Result<ChangeNumber, ApiError> {
    let number = text.parse().ok().filter(|number| *number >= 0);
    number.map(ChangeNumber).ok_or_else(|| ApiError::must(field, "be a change number"))
}

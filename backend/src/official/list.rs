//! `GET /api/{user_id}/tasks`.

use api::{OfficialListQuery, OfficialTask, Problem, TaskListQuery};
use axum::{extract::State, response::Response};
use http::Uri;
use language::Policy;

use super::{Own, body};
use crate::{
    app::App,
    caching::IfNoneMatch,
    error::ApiError,
    extract::Query,
    signed_in::Zone,
    tasks::list::{List, answer},
};

/// Lists tasks.
///
/// A page that is full names the next one in `Link` and `X-Next-Cursor`.
#[utoipa::path(
    get, path = "/api/{user_id}/tasks", tag = "official",
    params(("user_id" = String, Path, description = "The signed-in user's id"), OfficialListQuery),
    responses(
        (status = 200, body = Vec<OfficialTask>), (status = 304), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 422, body = Problem),
    ),
)]
pub(crate) async fn list(
    State(app): State<App>,
    Own(actor): Own,
    Zone(zone): Zone,
    seen: IfNoneMatch,
    uri: Uri,
    Query(query): Query<OfficialListQuery>,
) -> Result<Response, ApiError> {
    let sort = query.sort.as_deref();
    if !matches!(sort, None | Some("created" | "title" | "due_date")) {
        return Err(ApiError::must("sort", "be created, title or due_date"));
    }
    let wanted = TaskListQuery {
        status: query.status.clone(),
        sort_by: query.sort.clone(),
        sort_order: sort.filter(|sort| *sort != "created").map(|_| "asc".to_owned()),
        limit: query.limit.clone(),
        cursor: query.cursor.clone(),
        ..TaskListQuery::default()
    };
    let next = |cursor: &str| {
        OfficialListQuery { cursor: Some(cursor.to_owned()), ..query.clone() }.to_text()
    };
    let policy = Policy::default(); // nothing here asks for it
    let (wanted, uri, zone) = (&wanted, &uri, &zone);
    let list = List { query: wanted, uri, zone, policy: &policy, seen: &seen, next: &next };
    answer(&app, &actor, list, |task| body(task, &actor)).await
}

//! `GET /api/export`.

use api::{EXPORT_FORMAT, Export, ExportQuery, Instant, Problem, TagBody};
use auth::Actor;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use domain::{Cursor, Sort, SortBy, Task, TaskQuery};
use http::{HeaderMap, HeaderValue, header};

use super::{pages::Pages, vtodo};
use crate::{
    app::App,
    error::ApiError,
    extract::Query,
    signed_in::{SignedIn, Zone},
    streamed::streamed,
    user_settings,
};

/// All of the user's data, to keep or to take elsewhere.
///
/// As JSON, everything but the change log; with `format=ics` or `Accept: text/calendar`, the tasks as iCalendar VTODO.
/// It is written while it is read: when that fails, the answer breaks off.
#[utoipa::path(
    get, path = "/api/export", tag = "export and import", params(ExportQuery),
    responses(
        (status = 200, content((Export = "application/json"), (String = "text/calendar"))),
        (status = 401, body = Problem), (status = 422, body = Problem),
    ),
)]
pub(crate) async fn export(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Zone(zone): Zone,
    headers: HeaderMap,
    Query(query): Query<ExportQuery>,
) -> Result<Response, ApiError> {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    let calendar = match query.format.as_deref() {
        None => accept.is_some_and(|accept| accept.contains("text/calendar")),
        Some("json") => false,
        Some("ics") => true,
        Some(_) => return Err(ApiError::must("format", "be json or ics")),
    };
    // A database that is away is told by a status, not by a body that breaks off at once.
    let tasks = tasks_behind(&app, &actor, None).await?;
    let (kind, ending, frame) = if calendar {
        ("text/calendar; charset=utf-8", "ics", vtodo::write().to_string())
    } else {
        ("application/json", "json", frame(&app, &actor).await?)
    };
    let today = app.service.now().to_zoned(zone.time_zone()).date();
    let name = format!("attachment; filename=\"todo-{today}.{ending}\"");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).expect("a date and letters")),
    ];
    let (parts, body) = streamed(1);
    let pages = Pages { app, actor, parts };
    tokio::spawn(async move {
        if calendar { pages.calendar(&frame, tasks).await } else { pages.json(&frame, tasks).await }
    });
    Ok((headers, body).into_response())
}

/// The export without what comes in pages.
async fn frame(app: &App, actor: &Actor) -> Result<String, ApiError> {
    let tags = service::tags(&app.service, actor).await?;
    let export = Export {
        format: EXPORT_FORMAT.to_owned(),
        version: 1,
        exported_at: Instant(app.service.now()),
        settings: user_settings::body(service::settings(&app.service, actor).await?),
        tags: tags.iter().map(|tag| TagBody::from(&tag.tag)).collect(),
        tasks: Vec::new(),
        conversations: Vec::new(),
    };
    serde_json::to_string(&export).map_err(|error| ApiError::Internal(error.into()))
}

/// The next tasks, in the order in which they were made: nothing that happens meanwhile changes it.
pub(super) async fn tasks_behind(
    app: &App,
    actor: &Actor,
    last: Option<&Task>,
) -> Result<Vec<Task>, ApiError> {
    let query = TaskQuery {
        sort: Sort { by: SortBy::Created, descending: false },
        after: last.map(Cursor::from),
        limit: Some(super::PAGE),
        ..TaskQuery::default()
    };
    Ok(service::list_tasks(&app.service, actor, &query).await?)
}

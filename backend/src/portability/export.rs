//! `GET /api/export`.

use api::{
    EXPORT_FORMAT, Export, ExportQuery, ExportedConversation, ExportedTask, Instant, Problem,
    TagBody, TaskBody,
};
use auth::Actor;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use domain::{Cursor, Due, Sort, SortBy, Task, TaskQuery};
use http::{HeaderMap, HeaderValue, header};
use service::Service;

use super::vtodo;
use crate::{
    app::App,
    chat::history,
    error::ApiError,
    extract::{Json, Query},
    signed_in::{SignedIn, Zone},
    user_settings,
};

/// How many rows to read at once.
const PAGE: u16 = 200;

/// All of the user's data, to keep or to take elsewhere.
///
/// As JSON, everything but the change log; with `format=ics` or `Accept: text/calendar`, the tasks as iCalendar VTODO.
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
    let tasks = all_tasks(&app.service, &actor).await?;
    let (mut answer, ending) = if calendar {
        let text = vtodo::write(&tasks).to_string();
        let kind = HeaderValue::from_static("text/calendar; charset=utf-8");
        (([(header::CONTENT_TYPE, kind)], text).into_response(), "ics")
    } else {
        (Json(everything(&app, &actor, &tasks).await?).into_response(), "json")
    };
    let today = app.service.now().to_zoned(zone.time_zone()).date();
    let name = format!("attachment; filename=\"todo-{today}.{ending}\"");
    let name = HeaderValue::from_str(&name).expect("a date and letters");
    answer.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    Ok(answer)
}

async fn everything(app: &App, actor: &Actor, tasks: &[Task]) -> Result<Export, ApiError> {
    let tags = service::tags(&app.service, actor).await?;
    Ok(Export {
        format: EXPORT_FORMAT.to_owned(),
        version: 1,
        exported_at: Instant(app.service.now()),
        settings: user_settings::body(service::settings(&app.service, actor).await?),
        tags: tags.iter().map(|tag| TagBody::from(&tag.tag)).collect(),
        tasks: tasks.iter().map(exported).collect(),
        conversations: conversations(&app.service, actor).await?,
    })
}

/// By number. Numbers rise with the time of making, so a task that is added meanwhile comes last or not at all.
async fn all_tasks(app: &Service, actor: &Actor) -> Result<Vec<Task>, ApiError> {
    let sort = Sort { by: SortBy::Created, descending: false };
    let mut query = TaskQuery { sort, limit: Some(TaskQuery::MOST), ..TaskQuery::default() };
    let mut all = Vec::new();
    loop {
        let page = service::list_tasks(app, actor, &query).await?;
        let Some(last) = page.last() else { break };
        query.after = Some(Cursor::from(last));
        let is_last = page.len() < usize::from(TaskQuery::MOST);
        all.extend(page);
        if is_last {
            break;
        }
    }
    all.sort_by_key(|task| task.number);
    Ok(all)
}

async fn conversations(
    app: &Service,
    actor: &Actor,
) -> Result<Vec<ExportedConversation>, ApiError> {
    let mut all = Vec::new();
    loop {
        let offset = u32::try_from(all.len()).unwrap_or(u32::MAX);
        let (page, total) = service::conversations(app, actor, PAGE, offset).await?;
        let is_last = page.is_empty();
        for summary in page {
            let id = summary.conversation.id;
            let mut messages = Vec::new();
            while u64::try_from(messages.len()).unwrap_or(u64::MAX) < summary.messages {
                let offset = u32::try_from(messages.len()).unwrap_or(u32::MAX);
                let (page, _) = service::messages(app, actor, id, PAGE, offset).await?;
                if page.is_empty() {
                    break;
                }
                messages.extend(page.into_iter().map(history::message));
            }
            all.push(ExportedConversation { conversation: history::summary(summary), messages });
        }
        if is_last || u64::try_from(all.len()).unwrap_or(u64::MAX) >= total {
            return Ok(all);
        }
    }
}

fn exported(task: &Task) -> ExportedTask {
    let due_zone = match &task.due {
        Some(Due::At { zone, .. }) => Some(zone.as_str().to_owned()),
        _ => None,
    };
    ExportedTask { task: TaskBody::from(task), due_zone }
}

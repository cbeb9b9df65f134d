//! `GET /api/tasks`.

use api::{NEXT_CURSOR, Problem, TOTAL_COUNT, TaskBody, TaskListQuery};
use auth::Actor;
use axum::{
    extract::{FromRequestParts, State},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    Cursor, DueBound, DueFilter, Priority, Sort, SortBy, Status, TagId, TagName, Task, TaskQuery,
    ZoneName,
};
use http::{HeaderValue, StatusCode, Uri, header, request::Parts};
use jiff::{Timestamp, ToSpan, civil::Date};
use serde::Serialize;
use storage::TaskPage;
use uuid::Uuid;

use super::{MOST_TAGS, rule};
use crate::{
    app::App,
    caching::{IfNoneMatch, ListTag, not_modified, tagged},
    error::ApiError,
    extract::{Json, limit, query_of, unreadable_query},
    signed_in::{SignedIn, Zone},
};

/// Lists tasks.
///
/// A page that is full names the next one in `Link` and `X-Next-Cursor`.
#[utoipa::path(
    get, path = "/api/tasks", tag = "tasks", params(TaskListQuery),
    responses(
        (status = 200, body = Vec<TaskBody>), (status = 304), (status = 401, body = Problem),
        (status = 422, body = Problem),
    ),
)]
pub(crate) async fn list(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Zone(zone): Zone,
    seen: IfNoneMatch,
    Query { query, uri }: Query,
) -> Result<Response, ApiError> {
    let next =
        |cursor: &str| TaskListQuery { cursor: Some(cursor.to_owned()), ..query.clone() }.to_text();
    let list = List { query: &query, uri: &uri, zone: &zone, seen: &seen, next: &next };
    answer(&app, &actor, list, |task| TaskBody::from(task)).await
}

/// A list that is asked for.
pub(crate) struct List<'a> {
    pub(crate) query: &'a TaskListQuery,
    pub(crate) uri: &'a Uri,
    pub(crate) zone: &'a ZoneName,
    pub(crate) seen: &'a IfNoneMatch,
    /// The query of the page that begins behind a cursor.
    pub(crate) next: &'a (dyn Fn(&str) -> String + Sync),
}

/// A list, each task in the shape of `body`.
pub(crate) async fn answer<T: Serialize>(
    app: &App,
    actor: &Actor,
    wanted: List<'_>,
    body: impl Fn(&Task) -> T,
) -> Result<Response, ApiError> {
    let List { query, uri, zone, seen, next } = wanted;
    let wanted = read(query, zone, app.service.now())?;
    let counts = flag("count", query.count.as_deref())?;
    // What is due today is another tomorrow, without any change.
    let tag = (query.due.is_none() && query.overdue.is_none())
        .then(|| ListTag::of(actor.user_id(), uri, zone));
    if let Some(tag) = tag.as_ref().filter(|_| seen.is_any()) {
        return Ok(not_modified(tag.at(service::last_change(&app.service, actor).await?)));
    }
    let known = tag.as_ref().and_then(|tag| tag.named_by(seen));
    let page = service::task_page(&app.service, actor, &wanted, known, counts).await?;
    let Some(TaskPage { tasks, last_change, total }) = page else {
        let tag = tag.zip(known).map(|(tag, known)| tag.at(known));
        return Ok(tagged(StatusCode::NOT_MODIFIED.into_response(), tag));
    };
    let limit = usize::from(wanted.limit.unwrap_or(TaskQuery::MOST));
    let answer = Json(tasks.iter().map(body).collect::<Vec<_>>()).into_response();
    let mut answer = tagged(answer, tag.map(|tag| tag.at(last_change)));
    if let Some(last) = tasks.last().filter(|_| tasks.len() == limit) {
        let cursor = encode(last);
        let link = format!("<{}?{}>; rel=\"next\"", uri.path(), next(&cursor));
        for (name, value) in [(NEXT_CURSOR, cursor), (header::LINK, link)] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                answer.headers_mut().insert(name, value);
            }
        }
    }
    if let Some(total) = total {
        answer.headers_mut().insert(TOTAL_COUNT, HeaderValue::from(total));
    }
    Ok(answer)
}

/// The query as sent.
pub(crate) struct Query {
    query: TaskListQuery,
    uri: Uri,
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let query =
            TaskListQuery::from_text(query_of(parts)).map_err(|error| unreadable_query(&error))?;
        Ok(Self { query, uri: parts.uri.clone() })
    }
}

fn read(query: &TaskListQuery, zone: &ZoneName, now: Timestamp) -> Result<TaskQuery, ApiError> {
    let (tag_names, mut tags) = tags(&query.tag)?;
    if let Some(id) = &query.tag_id {
        let id = id.parse().map_err(|_| ApiError::must("tag_id", "be the id of a tag"))?;
        tags.push(TagId(id));
    }
    let mut status = match query.status.as_deref() {
        None | Some("all") => None,
        Some("pending") => Some(Status::Open),
        Some("completed") => Some(Status::Done),
        Some(_) => return Err(ApiError::must("status", "be all, pending or completed")),
    };
    let overdue =
        flag("overdue", query.overdue.as_deref())? || query.due.as_deref() == Some("overdue");
    if overdue && status.is_none() {
        status = Some(Status::Open);
    }
    Ok(TaskQuery {
        status,
        priority: query.priority.as_deref().map(priority).transpose()?,
        tags,
        tag_names,
        search: query.search.as_deref().map(search).transpose()?,
        due: if overdue { Some(before_now(zone, now)) } else { due(query, zone, now)? },
        sort: Sort {
            by: sort_by(query.sort_by.as_deref())?,
            descending: match query.sort_order.as_deref() {
                None | Some("desc") => true,
                Some("asc") => false,
                Some(_) => return Err(ApiError::must("sort_order", "be asc or desc")),
            },
        },
        after: query.cursor.as_deref().map(decode).transpose()?,
        limit: limit(query.limit.as_deref())?,
    })
}

fn tags(given: &[String]) -> Result<(Vec<TagName>, Vec<TagId>), ApiError> {
    if given.len() > MOST_TAGS {
        return Err(ApiError::must("tag", format_args!("stand at most {MOST_TAGS} times")));
    }
    let (mut names, mut ids) = (Vec::new(), Vec::new());
    for tag in given {
        match tag.parse::<Uuid>() {
            Ok(id) => ids.push(TagId(id)),
            Err(_) => names.push(TagName::parse(tag).map_err(rule("tag"))?),
        }
    }
    Ok((names, ids))
}

fn priority(text: &str) -> Result<Priority, ApiError> {
    let wrong = || ApiError::must("priority", "be 1, 2 or 3");
    let number: u8 = text.parse().map_err(|_| wrong())?;
    Priority::try_from(number).map_err(|_| wrong())
}

fn search(text: &str) -> Result<String, ApiError> {
    if text.chars().any(char::is_control) {
        return Err(ApiError::must("search", "contain no control characters"));
    }
    Ok(text.to_owned())
}

fn flag(name: &str, text: Option<&str>) -> Result<bool, ApiError> {
    match text {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(ApiError::must(name, "be true or false")),
    }
}

fn sort_by(text: Option<&str>) -> Result<SortBy, ApiError> {
    Ok(match text {
        None | Some("created_at" | "created") => SortBy::Created,
        Some("updated_at") => SortBy::Updated,
        Some("due_date") => SortBy::Due,
        Some("priority") => SortBy::Priority,
        Some("title") => SortBy::Title,
        Some("position") => SortBy::Position,
        Some(_) => {
            let allowed = "be created_at, updated_at, due_date, priority, title or position";
            return Err(ApiError::must("sort_by", allowed));
        }
    })
}

fn before_now(zone: &ZoneName, now: Timestamp) -> DueFilter {
    DueFilter::Between { from: None, before: Some(DueBound::now(now, &zone.time_zone())) }
}

fn due(
    query: &TaskListQuery,
    zone: &ZoneName,
    now: Timestamp,
) -> Result<Option<DueFilter>, ApiError> {
    let viewer = zone.time_zone();
    let today = now.to_zoned(viewer.clone()).date();
    let (first, last) = match query.due.as_deref() {
        None => {
            let day = |name, text: &Option<String>| -> Result<Option<Date>, ApiError> {
                let wrong = |_| ApiError::must(name, "be a day such as 2026-12-01");
                text.as_deref().map(|text| text.parse().map_err(wrong)).transpose()
            };
            (day("due_from", &query.due_from)?, day("due_to", &query.due_to)?)
        }
        Some("none") => return Ok(Some(DueFilter::None)),
        Some("today") => (Some(today), Some(today)),
        Some("week") => (Some(today), Some(today.saturating_add(6.days()))),
        Some(_) => {
            return Err(ApiError::must("due", "be overdue, today, week or none"));
        }
    };
    if first.is_none() && last.is_none() {
        return Ok(None);
    }
    let start = |day| DueBound::start_of(day, &viewer);
    // No day comes behind the last one of the calendar: then nothing is too late.
    let before = last.and_then(|day: Date| day.checked_add(1.day()).ok()).map(start);
    Ok(Some(DueFilter::Between { from: first.map(start), before }))
}

/// A cursor is opaque to callers: the sort keys of the last row, as JSON in base64url.
fn encode(last: &Task) -> String {
    let keys = serde_json::to_vec(&Cursor::from(last)).expect("a cursor is made of plain values");
    URL_SAFE_NO_PAD.encode(keys)
}

fn decode(text: &str) -> Result<Cursor, ApiError> {
    let keys = URL_SAFE_NO_PAD.decode(text).ok();
    let cursor = keys.and_then(|keys| serde_json::from_slice(&keys).ok());
    cursor.ok_or_else(|| ApiError::must("cursor", "be one that a list gave"))
}

//! `GET /api/tasks`.

mod cursor;
mod due;

use api::{NEXT_CURSOR, Problem, TOTAL_COUNT, TaskBody, TaskListQuery};
use auth::Actor;
use axum::{
    extract::{FromRequestParts, State},
    response::{IntoResponse, Response},
};
use domain::{Priority, Sort, SortBy, Status, TagId, TagName, Task, TaskQuery, ZoneName};
use http::{HeaderValue, StatusCode, Uri, header, request::Parts};
use jiff::Timestamp;
use language::Policy;
use serde::Serialize;
use storage::TaskPage;
use uuid::Uuid;

use super::{MOST_TAGS, rule};
use crate::{
    app::App,
    caching::{IfNoneMatch, ListTag, not_modified, tagged},
    error::ApiError,
    extract::{Json, limit, query_of, unreadable_query},
    signed_in::{SignedIn, UserPolicy, Zone},
};

/// Lists tasks.
///
/// A page that is full names the next one in `Link` and `X-Next-Cursor`.
#[utoipa::path(
    get, path = "/api/tasks", tag = "tasks",
    params(
        TaskListQuery,
        ("tag" = Option<Vec<String>>, Query, description = "The name or id of a tag; repeatable, for tasks that have all of them"),
        ("sort" = Option<String>, Query, description = "Another name of `sort_by`"),
        ("due_after" = Option<String>, Query, description = "Another name of `due_from`"),
        ("due_before" = Option<String>, Query, description = "Another name of `due_to`"),
    ),
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
    Asked { query, uri, policy }: Asked,
) -> Result<Response, ApiError> {
    let next =
        |cursor: &str| TaskListQuery { cursor: Some(cursor.to_owned()), ..query.clone() }.to_text();
    let (query, uri, zone) = (&query, &uri, &zone);
    let list = List { query, uri, zone, policy: &policy, seen: &seen, next: &next };
    answer(&app, &actor, list, |task| TaskBody::from(task)).await
}

/// A list that is asked for.
pub(crate) struct List<'a> {
    pub(crate) query: &'a TaskListQuery,
    pub(crate) uri: &'a Uri,
    pub(crate) zone: &'a ZoneName,
    pub(crate) policy: &'a Policy,
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
    let List { query, uri, zone, policy, seen, next } = wanted;
    let wanted = read(query, zone, policy, app.service.now())?;
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
        let cursor = cursor::encode(last);
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
pub(crate) struct Asked {
    query: TaskListQuery,
    uri: Uri,
    policy: Policy,
}

impl FromRequestParts<App> for Asked {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let query =
            TaskListQuery::from_text(query_of(parts)).map_err(|error| unreadable_query(&error))?;
        // Nothing else here asks the policy, which may cost a statement.
        let policy = match query.due.as_deref() {
            Some("week") => UserPolicy::from_request_parts(parts, app).await?.0,
            _ => Policy::default(),
        };
        Ok(Self { query, uri: parts.uri.clone(), policy })
    }
}

fn read(
    query: &TaskListQuery,
    zone: &ZoneName,
    policy: &Policy,
    now: Timestamp,
) -> Result<TaskQuery, ApiError> {
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
    if overdue {
        if status == Some(Status::Done) {
            return Err(ApiError::must("status", "not be completed together with overdue"));
        }
        status = Some(Status::Open);
    }
    Ok(TaskQuery {
        status,
        priority: query.priority.as_deref().map(priority).transpose()?,
        tags,
        tag_names,
        search: query.search.as_deref().map(search).transpose()?,
        due: due::filter(query, overdue, policy, &now.to_zoned(zone.time_zone()))?,
        sort: Sort {
            by: sort_by(query.sort_by.as_deref())?,
            descending: match query.sort_order.as_deref() {
                None | Some("desc") => true,
                Some("asc") => false,
                Some(_) => return Err(ApiError::must("sort_order", "be asc or desc")),
            },
        },
        after: query.cursor.as_deref().map(cursor::decode).transpose()?,
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
    if text.split_whitespace().count() > TaskQuery::MOST_WORDS {
        let rule = format_args!("have at most {} words", TaskQuery::MOST_WORDS);
        return Err(ApiError::must("search", rule));
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

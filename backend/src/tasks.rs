//! `/api/tasks`: one file an operation; what several need stands here.

pub(crate) mod add;
pub(crate) mod batch;
pub(crate) mod complete;
pub(crate) mod delete;
pub(crate) mod edit;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod parse;
mod quick;

use api::{CHANGE_NUMBER, TaskBody};
use axum::response::{IntoResponse, Response};
use domain::{
    Anchor, ChangeNumber, Description, Due, Invalid, Position, Priority, RecurrenceRule, TagId,
    TagName, Task, Title, ZoneName,
};
use http::HeaderValue;
use jiff::{Timestamp, civil::Date};
use service::TagChoice;
use uuid::Uuid;

use crate::{caching::tagged, due, error::ApiError, extract::Json};

/// The most tags that a list may be asked for.
const MOST_TAGS: usize = 50;

/// One task, with its version as `ETag`.
fn one(task: &Task) -> Response {
    tagged(Json(TaskBody::from(task)).into_response(), Some(version_tag(task)))
}

/// A task's version as `ETag`, which is what `If-Match` takes.
pub(crate) fn version_tag(task: &Task) -> HeaderValue {
    let version = HeaderValue::from_str(&format!("\"{}\"", task.version));
    version.expect("digits in quotes are a header value")
}

/// Names the change that the request made, if it made one.
pub(crate) fn with_change(mut answer: Response, change: Option<ChangeNumber>) -> Response {
    if let Some(change) = change {
        answer.headers_mut().insert(CHANGE_NUMBER, HeaderValue::from(change.0));
    }
    answer
}

pub(crate) fn title(text: &str) -> Result<Title, ApiError> {
    Title::parse(text).map_err(rule("title"))
}

pub(crate) fn description(text: &str) -> Result<Option<Description>, ApiError> {
    Description::parse(text).map_err(rule("description"))
}

fn priority(value: u8) -> Result<Priority, ApiError> {
    Priority::try_from(value).map_err(|error| ApiError::invalid("priority", error))
}

fn position(value: f64) -> Result<Position, ApiError> {
    Position::new(value).map_err(|error| ApiError::invalid("position", error))
}

/// A reminder comes at a time: a day alone does not say when.
fn remind_at(text: &str, zone: &ZoneName) -> Result<Timestamp, ApiError> {
    match due::parse("remind_at", text, zone) {
        Ok(Due::At { at, .. }) => Ok(at),
        _ => Err(ApiError::must("remind_at", "be a time such as 2026-12-01T09:00")),
    }
}

fn recurrence_rule(text: &str) -> Result<RecurrenceRule, ApiError> {
    RecurrenceRule::parse(text).map_err(rule("recurrence_rule"))
}

fn anchor(text: &str) -> Result<Anchor, ApiError> {
    let wrong = || ApiError::must("recurrence_anchor", "be schedule or completion");
    Anchor::from_name(text).ok_or_else(wrong)
}

/// A day; of an instant, which older clients send, its day where the user is.
fn recurrence_end(text: &str, zone: &ZoneName) -> Result<Date, ApiError> {
    due::parse("recurrence_end_date", text, zone).map(|end| end.day())
}

/// Tags by name or by id; both together could contradict each other.
fn tag_choice(
    names: Option<Vec<String>>,
    ids: Option<Vec<Uuid>>,
) -> Result<Option<TagChoice>, ApiError> {
    match (names, ids) {
        (Some(_), Some(_)) => Err(ApiError::must("tags", "not stand together with tag_ids")),
        (Some(names), None) => {
            let names = names.iter().map(|name| TagName::parse(name).map_err(rule("tags")));
            Ok(Some(TagChoice::Names(names.collect::<Result<_, _>>()?)))
        }
        (None, Some(ids)) => Ok(Some(TagChoice::Ids(ids.into_iter().map(TagId).collect()))),
        (None, None) => Ok(None),
    }
}

fn rule(field: &'static str) -> impl Fn(Invalid) -> ApiError {
    move |rule| ApiError::invalid(field, rule)
}

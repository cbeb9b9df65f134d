//! `/api/tasks`: one file an operation; what several need stands here.

pub(crate) mod add;
pub(crate) mod complete;
pub(crate) mod delete;
pub(crate) mod edit;
pub(crate) mod get;
pub(crate) mod list;

use api::{CHANGE_NUMBER, TaskBody};
use axum::response::{IntoResponse, Response};
use domain::{ChangeNumber, Description, Invalid, Priority, TagId, TagName, Task, Title};
use http::HeaderValue;
use service::TagChoice;
use uuid::Uuid;

use crate::{caching::tagged, error::ApiError, extract::Json};

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

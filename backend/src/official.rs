//! The official API, `/api/{user_id}/…`: the same functions behind another mapping. Tasks and conversations go by their
//! numbers, and the path names the user, who must be the one that is signed in.

pub(crate) mod add;
pub(crate) mod chat;
pub(crate) mod complete;
pub(crate) mod delete;
pub(crate) mod edit;
pub(crate) mod get;
pub(crate) mod list;

use std::collections::HashMap;

use api::{OfficialTask, TaskBody};
use auth::Actor;
use axum::{
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use domain::{Description, Task, Title};
use http::request::Parts;
use service::TaskKey;

use crate::{
    caching::tagged,
    error::ApiError,
    extract::{Json, key_of},
    signed_in::SignedIn,
    tasks::{self, version_tag},
};

/// The longest title here; the rest of the API takes longer ones.
const LONGEST_TITLE: usize = 200;
/// The longest description here.
const LONGEST_DESCRIPTION: usize = 1_000;

/// The user of the path, who is the one that is signed in.
#[derive(Debug, Clone)]
pub(crate) struct Own(pub(crate) Actor);

/// The same, and the task that the path names: by its number or its id. Anything else names no task.
#[derive(Debug, Clone)]
pub(crate) struct OwnTask(pub(crate) Actor, pub(crate) TaskKey);

impl<S: Send + Sync> FromRequestParts<S> for Own {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let named = variables(parts, state).await.remove("user_id");
        let found = parts.extensions.get::<SignedIn>().ok_or(ApiError::Unauthorized)?;
        if named.as_ref() != Some(&found.0.user_id().0) {
            return Err(ApiError::ForeignUser);
        }
        Ok(Self(found.0.clone()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for OwnTask {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Own(actor) = Own::from_request_parts(parts, state).await?;
        let text = variables(parts, state).await.remove("number").unwrap_or_default();
        Ok(Self(actor, key_of(&text)?))
    }
}

/// The variables of a route's path; none when one of them is not UTF-8.
#[expect(clippy::disallowed_types, reason = "its rejection becomes ours where it is used")]
async fn variables<S: Send + Sync>(parts: &mut Parts, state: &S) -> HashMap<String, String> {
    type Variables = axum::extract::Path<HashMap<String, String>>;
    let path = Variables::from_request_parts(parts, state).await;
    path.map(|path| path.0).unwrap_or_default()
}

fn body(task: &Task, actor: &Actor) -> OfficialTask {
    OfficialTask::new(&TaskBody::from(task), &actor.user_id().0)
}

/// One task, with its version as `ETag`.
fn one(task: &Task, actor: &Actor) -> Response {
    tagged(Json(body(task, actor)).into_response(), Some(version_tag(task)))
}

fn title(text: &str) -> Result<Title, ApiError> {
    let title = tasks::title(text)?;
    if title.as_str().chars().count() > LONGEST_TITLE {
        let rule = format_args!("be at most {LONGEST_TITLE} characters long");
        return Err(ApiError::must("title", rule));
    }
    Ok(title)
}

fn description(text: &str) -> Result<Option<Description>, ApiError> {
    let description = tasks::description(text)?;
    let length = description.as_ref().map_or(0, |text| text.as_str().chars().count());
    if length > LONGEST_DESCRIPTION {
        let rule = format_args!("be at most {LONGEST_DESCRIPTION} characters long");
        return Err(ApiError::must("description", rule));
    }
    Ok(description)
}

//! What handlers take from a request, with our errors where axum's own are plain text.

use std::{convert::Infallible, fmt::Display};

use axum::extract::{FromRequest, FromRequestParts, Request, rejection::BytesRejection};
use axum::{
    body::Bytes,
    response::{IntoResponse, Response},
};
use domain::{ChangeNumber, TagId, TaskId, TaskNumber, Version};
use http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use serde::{
    Serialize,
    de::{DeserializeOwned, IgnoredAny},
};
use service::TaskKey;
use uuid::Uuid;

use crate::error::ApiError;

/// A JSON body, taken or given.
#[derive(Debug, Clone)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        if !is_json(request.headers()) {
            return Err(ApiError::MediaType);
        }
        let body = Bytes::from_request(request, state).await.map_err(|error| unreadable(&error))?;
        read(&body).map(Self)
    }
}

/// A JSON body where there may also be none: then nobody looks at the media type.
pub(crate) async fn json_or_nothing<T: DeserializeOwned>(
    request: Request,
) -> Result<Option<T>, ApiError> {
    let is_json = is_json(request.headers());
    let body = Bytes::from_request(request, &()).await.map_err(|error| unreadable(&error))?;
    match (body.is_empty(), is_json) {
        (true, _) => Ok(None),
        (false, false) => Err(ApiError::MediaType),
        (false, true) => read(&body).map(Some),
    }
}

/// How deep lists and objects may lie in each other: far deeper than any body of ours.
const DEEPEST: usize = 64;

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let value = from_json(body)?;
    // Serde would take the members of an object from an array as well, by their places.
    if !body.trim_ascii_start().starts_with(b"{") {
        return Err(ApiError::must("body", "be a JSON object"));
    }
    Ok(value)
}

/// Reads JSON; an error names the member that is wrong.
pub(crate) fn from_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    // Serde looks at neither in members that nobody reads.
    if str::from_utf8(body).is_err() {
        return Err(ApiError::Malformed("The body is not UTF-8".to_owned()));
    }
    if depth(body) > DEEPEST {
        return Err(ApiError::Malformed(format!("The body is nested deeper than {DEEPEST}")));
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let field = error.path().to_string();
        match error.into_inner() {
            rule if rule.is_data() => wrong_type(&field, &rule),
            // Serde takes a list in place of a name for bad syntax.
            rule if serde_json::from_slice::<IgnoredAny>(body).is_ok() => wrong_type(&field, &rule),
            syntax => ApiError::Malformed(format!("The body is no JSON: {syntax}")),
        }
    })?;
    json.end().map_err(|error| ApiError::Malformed(format!("The body is no JSON: {error}")))?;
    Ok(value)
}

/// How deep the brackets of a JSON text lie in each other, those within texts left out.
fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_text) = (0_usize, 0, false);
    let mut bytes = json.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => in_text = !in_text,
            b'\\' if in_text => _ = bytes.next(),
            b'[' | b'{' if !in_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// A member of another type, or out of its range. Serde adds the line and column, which say nothing about one member.
fn wrong_type(field: &str, rule: &serde_json::Error) -> ApiError {
    let text = rule.to_string();
    let text = text.split(" at line ").next().unwrap_or(&text);
    match field {
        "." => ApiError::invalid("body", text),
        _ => ApiError::invalid(field, format_args!("{field} has a wrong value: {text}")),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
        || kind
            .to_ascii_lowercase()
            .strip_prefix("application/")
            .is_some_and(|kind| kind.ends_with("+json"))
}

pub(crate) fn unreadable(error: &BytesRejection) -> ApiError {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::TooLarge,
        _ => ApiError::Malformed("The body could not be read".to_owned()),
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => {
                let json = HeaderValue::from_static("application/json");
                ([(header::CONTENT_TYPE, json)], body).into_response()
            }
            Err(error) => ApiError::Internal(error.into()).into_response(),
        }
    }
}

/// The part of a path that names a task: its number, or its id. Anything else names no task.
#[derive(Debug, Clone, Copy)]
pub struct TaskPath(pub TaskKey);

impl<S: Send + Sync> FromRequestParts<S> for TaskPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        Ok(Self(key_of(&last(parts, state).await)?))
    }
}

/// What a number or an id names.
pub(crate) fn key_of(text: &str) -> Result<TaskKey, ApiError> {
    task_key(text).ok_or_else(|| ApiError::NotFound("Task".to_owned()))
}

/// A task by its number or its id.
pub(crate) fn task_key(text: &str) -> Option<TaskKey> {
    match text.parse::<Uuid>() {
        Ok(id) => Some(TaskKey::Id(TaskId(id))),
        Err(_) => text.parse().ok().map(|number| TaskKey::Number(TaskNumber(number))),
    }
}

/// The part of a path that names a `T`. What does not parse names nothing.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

/// What a path can name.
pub trait Named: Sized {
    /// What it is called.
    const NAME: &'static str;

    /// Out of the path.
    fn read(text: &str) -> Option<Self>;
}

impl Named for TagId {
    const NAME: &'static str = "Tag";

    fn read(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }
}

/// The id of an API token.
#[derive(Debug, Clone, Copy)]
pub struct TokenId(pub Uuid);

impl Named for TokenId {
    const NAME: &'static str = "Token";

    fn read(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }
}

impl Named for ChangeNumber {
    const NAME: &'static str = "Change";

    fn read(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }
}

impl<T: Named, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let named = T::read(&last(parts, state).await);
        named.map(Self).ok_or_else(|| ApiError::NotFound(T::NAME.to_owned()))
    }
}

/// The one variable of a route's path; empty when it is not UTF-8.
#[expect(clippy::disallowed_types, reason = "its rejection becomes ours here")]
async fn last<S: Send + Sync>(parts: &mut Parts, state: &S) -> String {
    let path = axum::extract::Path::<String>::from_request_parts(parts, state).await;
    path.map(|path| path.0).unwrap_or_default()
}

/// The versions in `If-Match`, if it is sent (RFC 9110, section 13.1.1): a caller that has seen them and wants to change
/// no other. A tag that we never gave matches no version, and so does a weak one.
#[derive(Debug, Clone)]
pub struct IfMatch(pub Option<Vec<Version>>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let lines = parts.headers.get_all(header::IF_MATCH).iter();
        let lines: Vec<_> = lines.map(|line| line.to_str().unwrap_or_default()).collect();
        let text = lines.join(",");
        let any = lines.is_empty() || text.trim() == "*";
        Ok(Self((!any).then(|| versions(&text))))
    }
}

/// Tags stand in quotes, which may hold a comma; one that stands alone may come without.
fn versions(text: &str) -> Vec<Version> {
    let tags: Vec<_> = text.split(',').map(str::trim).collect();
    let quoted = |tag: &str| tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok();
    match &*tags {
        [alone] => quoted(alone).or_else(|| alone.parse().ok()).map(Version).into_iter().collect(),
        several => several.iter().filter_map(|tag| quoted(tag)).map(Version).collect(),
    }
}

/// A query. An unknown parameter, and one that stands twice, is refused.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let query = serde_urlencoded::from_str(query_of(parts));
        query.map(Self).map_err(|error| unreadable_query(&error))
    }
}

/// The query as it stands in the address.
pub(crate) fn query_of(parts: &Parts) -> &str {
    parts.uri.query().unwrap_or_default()
}

/// A parameter that is unknown, or stands twice.
pub(crate) fn unreadable_query(error: &impl Display) -> ApiError {
    let text = error.to_string();
    // Serde goes on to list the parameters it knows, which leaves out those that are read apart.
    let text = text.split(", expected").next().unwrap_or(&text);
    ApiError::invalid("query", text.replace("field", "parameter"))
}

/// `limit`: how many rows, 1 to 200.
pub(crate) fn limit(text: Option<&str>) -> Result<Option<u16>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    let number = text.parse().ok().filter(|limit| (1..=200).contains(limit));
    number.map(Some).ok_or_else(|| ApiError::must("limit", "be a number from 1 to 200"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_whole_tags() {
        for (text, wanted) in [
            ("\"3\"", &[3][..]),
            ("3", &[3]),
            ("\"3\", \"5\" , W/\"7\", 9", &[3, 5]),
            ("\"1,2,3\"", &[]),
            ("W/\"3\"", &[]),
            ("", &[]),
        ] {
            assert!(versions(text).into_iter().map(|version| version.0).eq(wanted.iter().copied()));
        }
    }

    #[test]
    fn depth_counts_brackets_outside_of_texts() {
        for (json, deepest) in [
            (&b"{}"[..], 1),
            (br#"{"a": [[1], {"b": []}]}"#, 4),
            (br#"{"[[[": "{\"[[", "b": "\\"}"#, 1),
            (b"]]][", 1),
            (b"7", 0),
        ] {
            assert_eq!(depth(json), deepest, "{}", json.escape_ascii());
        }
    }
}

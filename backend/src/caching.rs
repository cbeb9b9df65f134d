//! What callers may keep, and how they ask whether it is still so (RFC 9110, section 13).

use axum::{
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use domain::{ChangeNumber, ZoneName};
use http::{HeaderValue, StatusCode, Uri, header, request::Parts};
use sha2::{Digest, Sha256};

use crate::{error::ApiError, version::BUILD};

/// `If-None-Match`: what the caller has.
#[derive(Debug, Clone)]
pub(crate) struct IfNoneMatch(Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let lines = parts.headers.get_all(header::IF_NONE_MATCH).iter();
        let lines: Vec<_> = lines.filter_map(|line| line.to_str().ok()).collect();
        Ok(Self((!lines.is_empty()).then(|| lines.join(","))))
    }
}

impl IfNoneMatch {
    /// Whether the caller has something and is content with it, whatever it is.
    pub(crate) fn is_any(&self) -> bool {
        self.sent().trim() == "*"
    }

    /// Whether the caller has this, by the weak comparison.
    pub(crate) fn names(&self, tag: &HeaderValue) -> bool {
        let wanted = weak(tag.to_str().unwrap_or_default());
        self.is_any() || self.sent().split(',').any(|tag| weak(tag) == wanted)
    }

    fn sent(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }
}

/// A tag as it is compared: without what makes it weak.
fn weak(tag: &str) -> &str {
    tag.trim().trim_start_matches("W/")
}

/// The answer to a caller who has what there is.
pub(crate) fn not_modified(tag: HeaderValue) -> Response {
    (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response()
}

/// An answer that its caller may ask about again.
pub(crate) fn tagged(mut answer: Response, tag: Option<HeaderValue>) -> Response {
    if let Some(tag) = tag {
        answer.headers_mut().insert(header::ETAG, tag);
    }
    answer
}

/// What a list depends on beside the user's data: who asks, for what, in which zone, of which build.
#[derive(Debug, Clone)]
pub(crate) struct ListTag(String);

impl ListTag {
    /// Of a list at an address.
    pub(crate) fn of(user: &domain::UserId, uri: &Uri, zone: &ZoneName) -> Self {
        let mut hash = Sha256::new();
        let query = uri.query().unwrap_or_default();
        for part in [BUILD, &user.0, uri.path(), query, zone.as_str()] {
            hash.update(part);
            hash.update([0]);
        }
        Self(hex::encode(&hash.finalize()[..8]))
    }

    /// As it is after a change.
    pub(crate) fn at(&self, change: ChangeNumber) -> HeaderValue {
        let tag = HeaderValue::from_str(&format!("W/\"{change}-{}\"", self.0));
        tag.expect("digits and letters in quotes are a header value")
    }

    /// The change after which the caller has seen the list, the latest where they name several.
    pub(crate) fn named_by(&self, seen: &IfNoneMatch) -> Option<ChangeNumber> {
        let number = |tag: &str| {
            let (number, hash) = weak(tag).strip_prefix('"')?.strip_suffix('"')?.split_once('-')?;
            if hash == self.0 { number.parse().ok().map(ChangeNumber) } else { None }
        };
        seen.sent().split(',').filter_map(number).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_compared_weakly() {
        let tag = HeaderValue::from_static("W/\"7-ab\"");
        let has = |sent: &str| IfNoneMatch(Some(sent.to_owned())).names(&tag);
        for sent in ["W/\"7-ab\"", "\"7-ab\"", "\"1\", W/\"7-ab\"", "*", " W/\"7-ab\" "] {
            assert!(has(sent), "{sent}");
        }
        for sent in ["", "7-ab", "\"7\"", "W/\"7-ac\""] {
            assert!(!has(sent), "{sent}");
        }
        assert!(!IfNoneMatch(None).names(&tag));
    }

    #[test]
    fn a_list_is_recognised_by_all_but_its_number() {
        let tag = ListTag("ab".to_owned());
        let named = |sent: &str| tag.named_by(&IfNoneMatch(Some(sent.to_owned())));
        assert_eq!(named("\"9-cd\", W/\"7-ab\", \"8-ab\""), Some(ChangeNumber(8)));
        for sent in ["", "*", "7-ab", "\"7\"", "\"x-ab\"", "W/\"7-cd\""] {
            assert_eq!(named(sent), None, "{sent}");
        }
    }
}

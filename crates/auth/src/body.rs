//! Bodies of requests: whether they arrived, media type and syntax.
//!
//! Source: `better-auth.md`, section 2, step 3.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, header};
use serde_json::{Map, Value};

use crate::{
    failure::{Failure, Refusal},
    reply::Reply,
};

/// Why a body did not arrive whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyError {
    /// It is longer than the caller takes.
    TooLarge,
    /// Its sender stopped in the middle.
    BrokenOff,
}

impl BodyError {
    /// The answer to a request with such a body, in the form of all others under `/api/auth`.
    #[must_use]
    pub fn answer(self) -> Response<Bytes> {
        let refusal = match self {
            Self::TooLarge => Refusal::BODY_TOO_LARGE,
            Self::BrokenOff => Refusal::BODY_BROKEN_OFF,
        };
        Reply::from(Failure::from(refusal)).into_response(HeaderMap::new())
    }
}

/// Which bodies an endpoint takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accepts {
    /// It does not look at a body.
    Nothing,
    /// JSON.
    Json,
    /// JSON, and forms as a page without scripts sends them.
    JsonOrForm,
}

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

impl Accepts {
    /// Reads a body. `None` where there is none, or none that anybody named the type of: both are JavaScript's `undefined`.
    ///
    /// # Errors
    /// 415 for another media type, 400 for broken JSON.
    pub(crate) fn read(self, headers: &HeaderMap, bytes: &[u8]) -> Result<Option<Value>, Refusal> {
        let sent = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
        let sent = String::from_utf8_lossy(sent.unwrap_or_default());
        if self == Self::Nothing || bytes.is_empty() || sent.is_empty() {
            return Ok(None);
        }
        let media_type = sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match (media_type.as_str(), self) {
            (JSON, _) => serde_json::from_slice(bytes).map(Some).map_err(|_| Refusal::INVALID_JSON),
            (FORM, Self::JsonOrForm) => Ok(Some(form(bytes))),
            _ => Err(Refusal::media_type(&sent, self.allowed())),
        }
    }

    fn allowed(self) -> &'static str {
        match self {
            Self::JsonOrForm => "application/x-www-form-urlencoded, application/json",
            Self::Json | Self::Nothing => JSON,
        }
    }
}

/// A form as an object of texts; the last value of a name counts.
fn form(bytes: &[u8]) -> Value {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(bytes).unwrap_or_default();
    let pairs = pairs.into_iter().map(|(name, value)| (name, Value::String(value)));
    Value::Object(pairs.collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(
        BodyError::TooLarge,
        413,
        r#"{"message":"Request body is too large","code":"PAYLOAD_TOO_LARGE"}"#
    )]
    #[case(
        BodyError::BrokenOff,
        400,
        r#"{"message":"Request body is incomplete","code":"BAD_REQUEST"}"#
    )]
    fn a_body_that_did_not_arrive_is_refused_as_all_else(
        #[case] error: BodyError,
        #[case] status: u16,
        #[case] body: &str,
    ) {
        let answer = error.answer();
        assert_eq!((answer.status().as_u16(), &answer.body()[..]), (status, body.as_bytes()));
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/json");
    }
}

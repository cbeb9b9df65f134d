//! Bodies of requests: whether they arrived, media type and syntax.
//!
//! Source: `better-auth.md`, section 2, step 3.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use serde_json::{Map, Value};

use crate::failure::Refusal;

/// Why a body did not arrive whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyError {
    /// It is longer than the caller takes.
    TooLarge,
    /// Its sender stopped in the middle.
    BrokenOff,
}

impl From<BodyError> for Refusal {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge => Self::BODY_TOO_LARGE,
            BodyError::BrokenOff => Self::BODY_BROKEN_OFF,
        }
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
    /// 413 or 400 when it did not arrive whole, 415 for another media type, 400 for broken JSON.
    pub(crate) async fn read(
        self,
        headers: &HeaderMap,
        body: impl Future<Output = Result<Bytes, BodyError>>,
    ) -> Result<Option<Value>, Refusal> {
        if self == Self::Nothing {
            return Ok(None);
        }
        let bytes = body.await?;
        let sent = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
        let sent = String::from_utf8_lossy(sent.unwrap_or_default());
        if bytes.is_empty() || sent.is_empty() {
            return Ok(None);
        }
        let media_type = sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match (media_type.as_str(), self) {
            (JSON, _) => {
                serde_json::from_slice(&bytes).map(Some).map_err(|_| Refusal::INVALID_JSON)
            }
            (FORM, Self::JsonOrForm) => Ok(Some(form(&bytes))),
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

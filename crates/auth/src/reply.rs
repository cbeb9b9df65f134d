//! Answers.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;

/// An answer, before the headers that belong to the request as a whole are added: see [`Call`](crate::call::Call).
#[derive(Debug)]
pub(crate) struct Reply {
    status: StatusCode,
    body: Bytes,
    headers: HeaderMap,
}

/// `{"status":true}`.
#[derive(Debug, Serialize)]
pub(crate) struct Done {
    status: bool,
}

impl Done {
    pub(crate) const YES: Self = Self { status: true };
}

/// What stands in an address as it is; all else is encoded, as a browser would.
const PLACE: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`');

impl Reply {
    /// 302 to a place.
    pub(crate) fn redirect(place: &str) -> Self {
        let place = utf8_percent_encode(place, PLACE).to_string();
        let place = HeaderValue::try_from(place).expect("what is not ASCII was encoded");
        let headers = HeaderMap::from_iter([(header::LOCATION, place)]);
        Self { status: StatusCode::FOUND, body: Bytes::new(), headers }
    }

    /// 302 to a place with one more query parameter, both of plain characters.
    pub(crate) fn redirect_with(place: &str, name: &str, value: &str) -> Self {
        let (place, fragment) = place.split_at(place.find('#').unwrap_or(place.len()));
        let joint = if place.contains('?') { '&' } else { '?' };
        Self::redirect(&format!("{place}{joint}{name}={value}{fragment}"))
    }

    /// 200 with a JSON body.
    pub(crate) fn json(body: &impl Serialize) -> Self {
        Self::with_status(StatusCode::OK, body)
    }

    /// A JSON body with any status.
    pub(crate) fn with_status(status: StatusCode, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).expect("bodies are structs with text keys");
        let json = HeaderValue::from_static("application/json");
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, json)]);
        Self { status, body: body.into(), headers }
    }

    /// 404 without a body, which is what Better Auth says to everything it does not know.
    pub(crate) fn unknown() -> Self {
        Self { status: StatusCode::NOT_FOUND, body: Bytes::new(), headers: HeaderMap::new() }
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: header::HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// The response, with more headers.
    pub(crate) fn into_response(self, more: HeaderMap) -> Response<Bytes> {
        let mut response = Response::new(self.body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response.headers_mut().extend(more);
        response
    }
}

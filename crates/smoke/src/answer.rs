//! An answer, and what is asked of it.

use std::time::Duration;

use axum::body::Bytes;
use http::{HeaderMap, HeaderName, StatusCode, header};
use serde_json::Value;

use crate::Surprise;

/// How much of a body is shown.
const SHOWN: usize = 200;

/// What came, and what had been asked.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Method and path of the request.
    pub asked: String,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// The answer, if it has this status.
    pub(crate) fn with(self, status: StatusCode) -> Result<Self, Surprise> {
        if self.status == status { Ok(self) } else { Err(self.instead_of(status.as_str())) }
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Result<Value, Surprise> {
        serde_json::from_slice(&self.body).map_err(|_| self.instead_of("JSON"))
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header as text; empty when it is missing.
    pub(crate) fn header(&self, name: &HeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// How long to wait, where it says that there were too many requests: as Better Auth says it, or as others do.
    pub(crate) fn wait(&self) -> Option<Duration> {
        const NAMES: [HeaderName; 2] =
            [HeaderName::from_static("x-retry-after"), header::RETRY_AFTER];
        let seconds = NAMES.iter().find_map(|name| self.header(name).parse().ok());
        seconds.filter(|_| self.status == StatusCode::TOO_MANY_REQUESTS).map(Duration::from_secs)
    }

    /// The path that it redirects to.
    pub(crate) fn location(&self) -> Result<String, Surprise> {
        let location = self.header(&header::LOCATION);
        let path = match location.split_once("://") {
            Some((_, rest)) => rest.find('/').map_or("/", |start| &rest[start..]),
            None => location,
        };
        if path.starts_with('/') {
            Ok(path.to_owned())
        } else {
            Err(self.instead_of("a redirect to a page"))
        }
    }

    /// It is not what was expected.
    pub(crate) fn instead_of(&self, expected: impl Into<String>) -> Surprise {
        Surprise { asked: self.asked.clone(), expected: expected.into(), came: self.told() }
    }

    /// Status, id of the request, and the beginning of the body on one line.
    fn told(&self) -> String {
        let mut told = self.status.as_str().to_owned();
        if self.status.is_redirection() {
            told = format!("{told} to {}", self.header(&header::LOCATION));
        }
        let id = self.header(&api::REQUEST_ID);
        if !id.is_empty() {
            told = format!("{told} (request {id})");
        }
        let text = self.text().split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() {
            return told;
        }
        let cut = text.char_indices().nth(SHOWN).map(|(end, _)| end);
        let rest = if cut.is_some() { "…" } else { "" };
        format!("{told}: {}{rest}", &text[..cut.unwrap_or(text.len())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(headers: &[(HeaderName, &str)], body: &str) -> Answer {
        let headers = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap()));
        Answer {
            asked: "GET /".to_owned(),
            status: StatusCode::SEE_OTHER,
            headers: headers.collect(),
            body: body.to_owned().into(),
        }
    }

    #[test]
    fn a_surprise_shows_status_request_and_the_beginning_of_the_body() {
        let headers = [(api::REQUEST_ID, "r1"), (header::LOCATION, "/login")];
        let told = answer(&headers, "<p>\n  so").with(StatusCode::OK).unwrap_err().to_string();
        assert_eq!(told, "GET / should give 200, gave 303 to /login (request r1): <p> so");
        let long = answer(&[], &"é".repeat(201)).json().unwrap_err().came;
        assert!(long.ends_with(&format!(": {}…", "é".repeat(200))), "{long}");
    }

    #[test]
    fn too_many_requests_say_how_long_to_wait() {
        let name = HeaderName::from_static("x-retry-after");
        let refused = |name: &HeaderName| Answer {
            status: StatusCode::TOO_MANY_REQUESTS,
            ..answer(&[(name.clone(), "7")], "")
        };
        assert_eq!(refused(&name).wait(), Some(Duration::from_secs(7)));
        assert_eq!(refused(&header::RETRY_AFTER).wait(), Some(Duration::from_secs(7)));
        assert_eq!(refused(&header::LOCATION).wait(), None);
        assert_eq!(answer(&[(name, "7")], "").wait(), None, "not refused");
    }

    #[test]
    fn a_redirect_leads_to_a_path() {
        let to = |place| answer(&[(header::LOCATION, place)], "").location();
        assert_eq!(to("/all").unwrap(), "/all");
        assert_eq!(to("http://todo:3000/all?a=b").unwrap(), "/all?a=b");
        assert_eq!(to("http://todo:3000").unwrap(), "/");
        assert!(to("").is_err());
    }
}

//! On whose behalf a call is made.

use http::{HeaderMap, HeaderName, HeaderValue, header};

/// Names a request on every answer and log line; taken from the caller when it is sane.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// On a request: the zone in which its local times are meant. On an answer: the zone in force.
pub const ZONE: HeaderName = HeaderName::from_static("x-time-zone");
/// The zone of the user's browser: stored and used while the user has none, ignored after.
pub const BROWSER_ZONE: HeaderName = HeaderName::from_static("x-browser-time-zone");
/// On an answer: the number of the change that the request made.
pub const CHANGE_NUMBER: HeaderName = HeaderName::from_static("x-change-number");
/// On a list: the cursor with which it goes on.
pub const NEXT_CURSOR: HeaderName = HeaderName::from_static("x-next-cursor");
/// On a list that was to be counted: how many match in all.
pub const TOTAL_COUNT: HeaderName = HeaderName::from_static("x-total-count");

/// On a request that writes: sent again with the same key, it writes nothing again.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// On an answer: it is the one that the first request with this key got.
pub const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The headers of a browser's request that a call for it carries on: who the user is, where the request came from.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    headers: HeaderMap,
}

impl Caller {
    /// What is passed on as it came.
    const CARRIED: [HeaderName; 8] = [
        header::COOKIE,
        header::ORIGIN,
        header::REFERER,
        header::USER_AGENT,
        HeaderName::from_static("sec-fetch-site"),
        HeaderName::from_static("sec-fetch-mode"),
        HeaderName::from_static("sec-fetch-dest"),
        REQUEST_ID,
    ];

    /// Takes from a browser's request what belongs to its sender.
    #[must_use]
    pub fn of(browser: &HeaderMap) -> Self {
        let mut headers = HeaderMap::new();
        for name in Self::CARRIED {
            for value in browser.get_all(&name) {
                headers.append(&name, value.clone());
            }
        }
        Self { headers }
    }

    /// Adds or replaces a header, such as `X-Forwarded-For`.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// What goes onto the call.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }
}

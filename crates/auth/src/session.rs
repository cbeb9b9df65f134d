//! Sessions: which one a request presents, how long it lives, when it slides.
//!
//! Source: `better-auth.md`, sections 6 and 7.

use domain::UserId;
use http::{HeaderMap, HeaderValue, header};
use jiff::{SignedDuration, Timestamp};
use storage::{Session, SignedIn, StorageError};

use crate::{
    Auth,
    call::Call,
    cookie::{self, Cookie, Life},
    signature::Signer,
};

const DAY: SignedDuration = SignedDuration::from_hours(24);
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// [`WEEK`] in the seconds of a cookie.
const WEEK_SECONDS: u32 = 7 * 24 * 60 * 60;

/// How long a new session lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Duration {
    /// A week from its last use.
    Week,
    /// Until the browser ends, a day at most.
    Browser,
}

impl Duration {
    /// `rememberMe`, which is true when absent.
    pub(crate) fn of(remember_me: Option<bool>) -> Self {
        if remember_me == Some(false) { Self::Browser } else { Self::Week }
    }

    pub(crate) fn cookie_life(self) -> Life {
        match self {
            Self::Week => Life::Seconds(WEEK_SECONDS),
            Self::Browser => Life::Browser,
        }
    }

    fn from(self, now: Timestamp) -> Timestamp {
        now + match self {
            Self::Week => WEEK,
            Self::Browser => DAY,
        }
    }
}

/// The tokens that a request presents, with genuine signatures where they are signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Presented {
    /// In `Authorization`, in place of any cookie.
    Bearer(String),
    /// In cookies, the one that counts first; there is a second only in the case told at [`Cookie::values`].
    Cookies(Vec<String>),
}

impl Presented {
    /// The token that counts.
    pub(crate) fn token(&self) -> Option<&str> {
        match self {
            Self::Bearer(token) => Some(token),
            Self::Cookies(tokens) => tokens.first().map(String::as_str),
        }
    }

    /// Every token, for a sign-out that leaves none behind.
    pub(crate) fn all(&self) -> &[String] {
        match self {
            Self::Bearer(token) => std::slice::from_ref(token),
            Self::Cookies(tokens) => tokens,
        }
    }
}

/// A session that lives.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) signed_in: SignedIn,
    /// Whether its end was moved just now, so that the cookie has to be sent again.
    pub(crate) slid: bool,
}

/// Whether a request carries a valid `dont_remember`: its session ends with the browser, and does not slide.
pub(crate) fn ends_with_browser(signer: &Signer, secure: bool, headers: &HeaderMap) -> bool {
    let mut marks = Cookie::DontRemember.values(secure, headers);
    marks.any(|mark| signer.verify(&mark).is_some())
}

/// What stands after `Bearer`, in any case, in `Authorization`.
pub(crate) fn bearer_text(headers: &HeaderMap) -> Option<String> {
    let value = String::from_utf8_lossy(headers.get(header::AUTHORIZATION)?.as_bytes());
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| token.to_owned())
}

/// Whether a session is old enough to be asked for the password again.
pub(crate) fn is_stale(session: &Session, now: Timestamp) -> bool {
    now.duration_since(session.created_at) >= DAY
}

impl Auth {
    /// Now, cut to the milliseconds that Better Auth counts in.
    pub(crate) fn now(&self) -> Timestamp {
        let now = self.clock.now();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    /// What a request presents. A bearer token beats a cookie, unless it is signed and the signature is wrong.
    pub(crate) fn presented(&self, secure: bool, headers: &HeaderMap) -> Presented {
        if let Some(token) = self.bearer(headers) {
            return Presented::Bearer(token);
        }
        let values = Cookie::SessionToken.values(secure, headers);
        let tokens = values.filter_map(|value| self.signer.verify(&value).map(str::to_owned));
        Presented::Cookies(tokens.collect())
    }

    fn bearer(&self, headers: &HeaderMap) -> Option<String> {
        let token = bearer_text(headers)?;
        if token.contains('.') {
            return self.signer.verify(&cookie::decoded(&token)).map(str::to_owned);
        }
        Some(token)
    }

    /// Reads a session. It slides when that is due and `slide` allows it; one that has expired is deleted on sight.
    pub(crate) async fn live(
        &self,
        token: &str,
        slide: bool,
    ) -> Result<Option<Live>, StorageError> {
        let Some(mut signed_in) = self.store.signed_in(token).await? else {
            return Ok(None);
        };
        let now = self.now();
        let session = &mut signed_in.session;
        if session.expires_at < now {
            self.store.delete_session(token).await?;
            return Ok(None);
        }
        let slid = slide && session.expires_at.duration_since(now) <= WEEK - DAY;
        if slid {
            session.expires_at = Duration::Week.from(now);
            session.updated_at = now;
            self.store.extend_session(token, session.expires_at, now).await?;
        }
        Ok(Some(Live { signed_in, slid }))
    }

    /// The session of a request to an endpoint. Sends the cookie again when the session slid, and removes the cookies when
    /// there is no such session.
    pub(crate) async fn session(
        &self,
        call: &mut Call<'_>,
    ) -> Result<Option<SignedIn>, StorageError> {
        let presented = self.presented(call.secure, call.headers);
        let Some(token) = presented.token() else {
            return Ok(None);
        };
        let slide = call.query("disableRefresh").is_none()
            && !ends_with_browser(&self.signer, call.secure, call.headers);
        let Some(live) = self.live(token, slide).await? else {
            call.clear_session();
            return Ok(None);
        };
        if live.slid {
            call.set_session(&self.signer, token, Duration::Week);
        }
        Ok(Some(live.signed_in))
    }

    /// A new session, not stored yet.
    pub(crate) fn new_session(
        &self,
        call: &Call<'_>,
        user: &UserId,
        duration: Duration,
        now: Timestamp,
    ) -> Session {
        let user_agent = call.headers.get(header::USER_AGENT).map(HeaderValue::as_bytes);
        Session {
            id: self.new_id(),
            token: self.new_id(),
            user_id: user.clone(),
            expires_at: duration.from(now),
            // Better Auth stores empty texts for what it does not know.
            ip_address: Some(call.client.stored_address()),
            user_agent: Some(String::from_utf8_lossy(user_agent.unwrap_or_default()).into_owned()),
            created_at: now,
            updated_at: now,
        }
    }

    /// 32 random characters: an id, or a session's token.
    pub(crate) fn new_id(&self) -> String {
        domain::token(&*self.random, 32)
    }
}

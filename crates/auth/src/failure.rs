//! Answers that say no, in Better Auth's words.
//!
//! Source: `better-auth.md`, section 4.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use serde::Serialize;
use storage::StorageError;

use crate::{hash_pool::Busy, key_fault::KeyFault, reply::Reply};

/// Better Auth's own name for `Retry-After`, which its client looks for; all others know the standard's.
const X_RETRY_AFTER: HeaderName = HeaderName::from_static("x-retry-after");

/// Why a request is not done.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The rules say no.
    Refused(Refusal),
    /// Too many password hashes wait already.
    Busy,
    /// The database did not do its part.
    Storage(StorageError),
    /// Tokens cannot be signed.
    Keys(KeyFault),
    /// This address asks too often, and may again in so many seconds.
    TooMany { seconds: u64 },
}

/// A refusal: status, message, code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Refusal {
    #[serde(skip)]
    status: StatusCode,
    message: Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
}

impl Refusal {
    const fn new(status: StatusCode, code: &'static str, message: &'static str) -> Self {
        Self { status, message: Cow::Borrowed(message), code: Some(code) }
    }

    pub(crate) const fn without_code(status: StatusCode, message: &'static str) -> Self {
        Self { status, message: Cow::Borrowed(message), code: None }
    }

    /// The code, which is empty where there is none.
    pub(crate) fn code(&self) -> &'static str {
        self.code.unwrap_or_default()
    }

    pub(crate) const INVALID_JSON: Self =
        Self::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", "Invalid JSON in request body");
    pub(crate) const BODY_BROKEN_OFF: Self =
        Self::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", "Request body is incomplete");
    pub(crate) const BODY_TOO_LARGE: Self =
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", "Request body is too large");
    pub(crate) const INVALID_EMAIL: Self =
        Self::new(StatusCode::BAD_REQUEST, "INVALID_EMAIL", "Invalid email");
    pub(crate) const INVALID_PASSWORD: Self =
        Self::new(StatusCode::BAD_REQUEST, "INVALID_PASSWORD", "Invalid password");
    pub(crate) const PASSWORD_TOO_SHORT: Self =
        Self::new(StatusCode::BAD_REQUEST, "PASSWORD_TOO_SHORT", "Password too short");
    pub(crate) const PASSWORD_TOO_LONG: Self =
        Self::new(StatusCode::BAD_REQUEST, "PASSWORD_TOO_LONG", "Password too long");
    pub(crate) const CREDENTIAL_ACCOUNT_NOT_FOUND: Self = Self::new(
        StatusCode::BAD_REQUEST,
        "CREDENTIAL_ACCOUNT_NOT_FOUND",
        "Credential account not found",
    );
    pub(crate) const SESSION_EXPIRED: Self = Self::new(
        StatusCode::BAD_REQUEST,
        "SESSION_EXPIRED",
        "Session expired. Re-authenticate to perform this action.",
    );
    pub(crate) const SIGN_UP_DISABLED: Self = Self::new(
        StatusCode::BAD_REQUEST,
        "EMAIL_PASSWORD_SIGN_UP_DISABLED",
        "Email and password sign up is not enabled",
    );
    pub(crate) const INVALID_TOKEN: Self =
        Self::new(StatusCode::BAD_REQUEST, "INVALID_TOKEN", "Invalid token");
    pub(crate) const EMAIL_CAN_NOT_BE_UPDATED: Self =
        Self::new(StatusCode::BAD_REQUEST, "EMAIL_CAN_NOT_BE_UPDATED", "Email can not be updated");
    pub(crate) const NO_FIELDS_TO_UPDATE: Self =
        Self::without_code(StatusCode::BAD_REQUEST, "No fields to update");
    pub(crate) const EMAIL_IS_THE_SAME: Self =
        Self::without_code(StatusCode::BAD_REQUEST, "Email is the same");
    pub(crate) const NO_VERIFICATION_EMAIL: Self =
        Self::without_code(StatusCode::BAD_REQUEST, "Verification email isn't enabled");
    pub(crate) const RESET_PASSWORD_DISABLED: Self = Self::new(
        StatusCode::BAD_REQUEST,
        "RESET_PASSWORD_DISABLED",
        "Reset password isn't enabled",
    );
    pub(crate) const VERIFICATION_EMAIL_NOT_ENABLED: Self = Self::new(
        StatusCode::BAD_REQUEST,
        "VERIFICATION_EMAIL_NOT_ENABLED",
        "Verification email isn't enabled",
    );
    /// A token of a mail that is not genuine, at the one endpoint that says it with 401.
    pub(crate) const TOKEN_INVALID: Self =
        Self::new(StatusCode::UNAUTHORIZED, "INVALID_TOKEN", "Invalid token");
    pub(crate) const TOKEN_EXPIRED: Self =
        Self::new(StatusCode::UNAUTHORIZED, "TOKEN_EXPIRED", "Token expired");
    pub(crate) const USER_NOT_FOUND: Self =
        Self::new(StatusCode::UNAUTHORIZED, "USER_NOT_FOUND", "User not found");
    pub(crate) const SESSION_NOT_FRESH: Self =
        Self::new(StatusCode::FORBIDDEN, "SESSION_NOT_FRESH", "Session is not fresh");
    pub(crate) const FAILED_TO_UPDATE_USER: Self = Self::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "FAILED_TO_UPDATE_USER",
        "Failed to update user",
    );
    pub(crate) const UNAUTHORIZED: Self =
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "Unauthorized");
    pub(crate) const INVALID_EMAIL_OR_PASSWORD: Self = Self::new(
        StatusCode::UNAUTHORIZED,
        "INVALID_EMAIL_OR_PASSWORD",
        "Invalid email or password",
    );
    pub(crate) const INVALID_ORIGIN: Self =
        Self::new(StatusCode::FORBIDDEN, "INVALID_ORIGIN", "Invalid origin");
    pub(crate) const MISSING_OR_NULL_ORIGIN: Self =
        Self::new(StatusCode::FORBIDDEN, "MISSING_OR_NULL_ORIGIN", "Missing or null Origin");
    pub(crate) const INVALID_CALLBACK_URL: Self =
        Self::new(StatusCode::FORBIDDEN, "INVALID_CALLBACK_URL", "Invalid callbackURL");
    pub(crate) const INVALID_REDIRECT_URL: Self =
        Self::new(StatusCode::FORBIDDEN, "INVALID_REDIRECT_URL", "Invalid redirectURL");
    pub(crate) const INVALID_ERROR_CALLBACK_URL: Self =
        Self::new(StatusCode::FORBIDDEN, "INVALID_ERROR_CALLBACK_URL", "Invalid errorCallbackURL");
    pub(crate) const INVALID_NEW_USER_CALLBACK_URL: Self = Self::new(
        StatusCode::FORBIDDEN,
        "INVALID_NEW_USER_CALLBACK_URL",
        "Invalid newUserCallbackURL",
    );
    pub(crate) const CROSS_SITE_NAVIGATION_LOGIN_BLOCKED: Self = Self::new(
        StatusCode::FORBIDDEN,
        "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED",
        "Cross-site navigation login blocked. This request appears to be a CSRF attack.",
    );
    /// The token that confirms a deletion by mail; none is ever sent.
    pub(crate) const INVALID_DELETION_TOKEN: Self =
        Self::new(StatusCode::NOT_FOUND, "INVALID_TOKEN", "Invalid token");
    pub(crate) const POST_GET_SESSION: Self = Self::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED",
        "POST method requires deferSessionRefresh to be enabled in session config",
    );
    pub(crate) const USER_ALREADY_EXISTS: Self = Self::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL",
        "User already exists. Use another email.",
    );
    pub(crate) const FAILED_TO_CREATE_USER: Self = Self::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "FAILED_TO_CREATE_USER",
        "Failed to create user",
    );
    const BUSY: Self = Self::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "SERVICE_UNAVAILABLE",
        "Server is busy. Please try again.",
    );
    const INTERNAL: Self = Self::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "INTERNAL_SERVER_ERROR",
        "Internal server error",
    );

    /// The body has not the shape that the endpoint wants.
    pub(crate) fn validation(message: String) -> Self {
        let message = Cow::Owned(message);
        Self { status: StatusCode::BAD_REQUEST, message, code: Some("VALIDATION_ERROR") }
    }

    /// A place to go back to that is no text.
    pub(crate) fn not_a_text(label: &str) -> Self {
        let message = Cow::Owned(format!("Invalid {label}: expected a string"));
        Self { status: StatusCode::BAD_REQUEST, message, code: None }
    }

    /// The body has a media type that the endpoint does not take.
    pub(crate) fn media_type(sent: &str, allowed: &str) -> Self {
        let message =
            Cow::Owned(format!("Content-Type \"{sent}\" is not allowed. Allowed types: {allowed}"));
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        Self { status, message, code: Some("UNSUPPORTED_MEDIA_TYPE") }
    }
}

/// The answer to a request whose handler panicked. The caller has logged why.
#[must_use]
pub fn internal_error() -> Response<Bytes> {
    Reply::from(Failure::from(Refusal::INTERNAL)).into_response(HeaderMap::new())
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Busy> for Failure {
    fn from(_: Busy) -> Self {
        Self::Busy
    }
}

impl From<KeyFault> for Failure {
    fn from(fault: KeyFault) -> Self {
        match fault {
            KeyFault::Storage(error) => Self::Storage(error),
            fault => Self::Keys(fault),
        }
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<Failure> for Reply {
    /// The answer. A failure of the database is logged here, once, and its cause is never sent; that it is away, the store
    /// tells once for all requests.
    fn from(failure: Failure) -> Self {
        let refusal = match failure {
            Failure::Refused(refusal) => refusal,
            Failure::Busy => Refusal::BUSY,
            Failure::TooMany { seconds } => {
                let reply = Reply::with_status(StatusCode::TOO_MANY_REQUESTS, &Refusal::TOO_MANY);
                let reply = reply.header(X_RETRY_AFTER, seconds.into());
                return reply.header(header::RETRY_AFTER, seconds.into());
            }
            Failure::Keys(fault) => {
                tracing::error!(error = %domain::chain(&fault), "sign-in cannot issue tokens");
                Refusal::INTERNAL
            }
            Failure::Storage(error) if error.is_away() => {
                tracing::debug!(error = %domain::chain(&error), "sign-in cannot use the database");
                Refusal::BUSY
            }
            Failure::Storage(error) => {
                tracing::error!(error = %domain::chain(&error), "sign-in failed");
                Refusal::INTERNAL
            }
        };
        let reply = Reply::with_status(refusal.status, &refusal);
        if refusal.status == StatusCode::SERVICE_UNAVAILABLE {
            return reply.header(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        reply
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use serde_json::Value;

    use super::*;

    #[test]
    fn nothing_is_told_about_a_broken_database() {
        let reply = Reply::from(Failure::from(StorageError::Unreadable("secret detail")));
        let response = reply.into_response(HeaderMap::new());
        assert_eq!(response.status(), 500);
        let body = r#"{"message":"Internal server error","code":"INTERNAL_SERVER_ERROR"}"#;
        assert_eq!(response.body(), body);
    }

    #[test]
    fn who_is_too_many_is_told_to_come_back() {
        let body =
            r#"{"message":"Server is busy. Please try again.","code":"SERVICE_UNAVAILABLE"}"#;
        let away = [StorageError::Busy(None), StorageError::NotMigrated].map(Failure::from);
        for failure in away.into_iter().chain([Failure::from(Busy)]) {
            let response = Reply::from(failure).into_response(HeaderMap::new());
            assert_eq!(response.status(), 503);
            assert_eq!(response.headers()[header::RETRY_AFTER], "1");
            assert_eq!(response.body(), body);
        }
    }
    /// What is written to it can be read.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Log {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(line)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_log_has_every_cause() {
        let log = Log::default();
        let lines = log.clone();
        let json = tracing_subscriber::fmt().json().with_max_level(tracing::Level::DEBUG);
        let json = json.with_writer(move || lines.clone()).finish();
        let gone = sqlx::Error::Io(io::Error::other("the wire was cut"));
        tracing::subscriber::with_default(json, || {
            Reply::from(Failure::from(StorageError::Busy(Some(gone))))
        });
        let line: Value = serde_json::from_slice(&log.0.lock().unwrap()).unwrap();
        let error = line["fields"]["error"].as_str().unwrap();
        assert!(error.starts_with("the database is busy or away: "), "{error}");
        assert!(error.ends_with(": the wire was cut"), "{error}");
    }
}

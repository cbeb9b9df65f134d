//! Errors of the API (RFC 9457).
//!
//! A handler's error becomes a status and a [`Problem`] without a request id; the middleware [`finish`] adds the id and
//! writes the body. It also gives a body to answers that have none: unknown paths, wrong methods.
//!
//! | status | what the user does | what the operator does |
//! |---|---|---|
//! | 4xx | mends the request: `detail` says how | nothing |
//! | 500 | reports the request id | finds it in the log, with the cause |
//! | 503 | tries again after `Retry-After` | looks after the database: the log has the cause |

use std::{any::Any, error::Error, fmt::Display};

use api::{CHANGE_NUMBER, FieldError, Problem, REQUEST_ID};
use auth::{AuthError, TokenError};
use axum::{
    body::Body,
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::ChangeNumber;
use http::{HeaderValue, StatusCode, header};
use service::ServiceError;
use storage::StorageError;

/// `Retry-After`, in seconds.
pub(crate) const SOON: HeaderValue = HeaderValue::from_static("1");

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The body is no JSON, or the query no query.
    #[error("{0}")]
    Malformed(String),
    /// Nobody is signed in.
    #[error("Sign in first: send a session cookie or a bearer token")]
    Unauthorized,
    /// The path names another user than the one who is signed in.
    #[error("The path names another user than the one who is signed in")]
    ForeignUser,
    /// A page of another site acts for the user.
    #[error("This request came from an origin that is not trusted")]
    ForeignOrigin,
    /// An API token for reading was sent with a request that changes.
    #[error("This token is for reading: send one with the scope write")]
    ReadOnlyToken,
    /// An API token would make or delete API tokens.
    #[error("An API token cannot manage API tokens: sign in")]
    TokenManagesTokens,
    /// The row does not exist or is someone else's; the caller must not learn which.
    #[error("{0} not found")]
    NotFound(String),
    /// The request cannot be done in the present state.
    #[error("{0}")]
    Conflict(String),
    /// Later changes stand in the way of an undo: these, the oldest first.
    #[error("{detail}")]
    InTheWay {
        /// What to do about it.
        detail: String,
        /// Their numbers.
        changes: Vec<i64>,
    },
    /// The log does not go back so far.
    #[error("{0}")]
    ChangesGone(String),
    /// The user has as many streams open as one may have.
    #[error("{0}")]
    TooManyStreams(String),
    /// A tag of that name exists.
    #[error("Tag with this name already exists")]
    TagExists,
    /// `If-Match` names another version.
    #[error("The task was changed meanwhile: read it again")]
    VersionMismatch,
    /// The `Idempotency-Key` names another request.
    #[error("This Idempotency-Key was used for another request: take a new one")]
    KeyReused,
    /// A request with that `Idempotency-Key` has begun to write, and has no answer yet.
    #[error("A request with this Idempotency-Key is being carried out: send it again in a moment")]
    InProgress(Option<ChangeNumber>),
    /// The request was carried out before, and its answer is not there.
    #[error("{}", answer_lost(*.0))]
    AnswerLost(Option<ChangeNumber>),
    /// The body is larger than allowed.
    #[error("The body is too large: at most 64 KiB, a file to import 10 MiB")]
    TooLarge,
    /// The body is no JSON by its media type.
    #[error("Send the body as application/json")]
    MediaType,
    /// Understood, and against a rule.
    #[error("{message}")]
    Invalid {
        /// The member or parameter.
        field: String,
        /// The rule.
        message: String,
    },
    /// The database is busy or away. The store tells of that, once for all requests; the cause is never sent.
    #[error("The service is busy. Please try again.")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// Our fault. The cause is logged here, once, and never sent.
    #[error("Something went wrong on our side")]
    Internal(#[source] Box<dyn Error + Send + Sync>),
}

impl ApiError {
    /// A member of the body, or a parameter, that breaks a rule.
    pub(crate) fn invalid(field: impl Into<String>, message: impl Display) -> Self {
        Self::Invalid { field: field.into(), message: message.to_string() }
    }

    /// The same, where the rule follows the field's name: `limit` must `be a number from 1 to 200`.
    pub(crate) fn must(field: &str, rule: impl Display) -> Self {
        Self::invalid(field, format_args!("{field} must {rule}"))
    }

    fn status_and_code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Malformed(_) => (StatusCode::BAD_REQUEST, "malformed"),
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "unauthorized"),
            Self::ForeignUser => (StatusCode::FORBIDDEN, "foreign_user"),
            Self::ForeignOrigin => (StatusCode::FORBIDDEN, "foreign_origin"),
            Self::ReadOnlyToken => (StatusCode::FORBIDDEN, "read_only_token"),
            Self::TokenManagesTokens => (StatusCode::FORBIDDEN, "sign_in_required"),
            Self::NotFound(_) => (StatusCode::NOT_FOUND, "not_found"),
            Self::Conflict(_) | Self::InTheWay { .. } => (StatusCode::CONFLICT, "conflict"),
            Self::ChangesGone(_) => (StatusCode::GONE, "changes_gone"),
            Self::TooManyStreams(_) => (StatusCode::TOO_MANY_REQUESTS, "too_many_streams"),
            Self::TagExists => (StatusCode::BAD_REQUEST, "tag_exists"),
            Self::VersionMismatch => (StatusCode::PRECONDITION_FAILED, "version_mismatch"),
            Self::KeyReused => (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused"),
            Self::InProgress(_) => (StatusCode::CONFLICT, "in_progress"),
            Self::AnswerLost(_) => (StatusCode::CONFLICT, "answer_lost"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            Self::MediaType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"),
            Self::Invalid { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
            Self::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, code) = self.status_and_code();
        match &self {
            Self::Unavailable(cause) => {
                tracing::debug!(error = %domain::chain(&**cause), "the database is busy or away");
            }
            Self::Internal(cause) => {
                tracing::error!(error = %domain::chain(&**cause), "request failed");
            }
            _ => {}
        }
        let (change, again) = match &self {
            Self::InProgress(change) => (*change, true),
            Self::AnswerLost(change) => (*change, false),
            _ => (None, false),
        };
        let detail = self.to_string();
        let mut problem = problem(status, code, detail);
        match self {
            Self::Invalid { field, message } => {
                problem.errors = vec![FieldError { field, message }];
            }
            Self::InTheWay { changes, .. } => problem.changes = changes,
            _ => {}
        }
        let mut answer = status.into_response();
        if let Some(change) = change {
            answer.headers_mut().insert(CHANGE_NUMBER, HeaderValue::from(change.0));
        }
        if again {
            answer.headers_mut().insert(header::RETRY_AFTER, SOON);
        }
        answer.extensions_mut().insert(problem);
        answer
    }
}

fn answer_lost(change: Option<ChangeNumber>) -> String {
    let done = change.map_or_else(String::new, |change| format!(" as change {change}"));
    format!(
        "This request was carried out before{done}, and its answer is not kept: read what you need, and do not send it \
         again under another key"
    )
}

fn problem(status: StatusCode, code: &str, detail: String) -> Problem {
    Problem {
        kind: format!("/problems/{code}"),
        title: status.canonical_reason().unwrap_or("Error").to_owned(),
        status: status.as_u16(),
        detail,
        code: code.to_owned(),
        request_id: String::new(),
        errors: Vec::new(),
        changes: Vec::new(),
    }
}

/// Middleware: writes the problem of an answer, with the request's id.
pub(crate) async fn finish(request: Request, next: Next) -> Response {
    let id = request.headers().get(REQUEST_ID).cloned();
    let mut answer = next.run(request).await;
    let Some(mut problem) = answer.extensions_mut().remove::<Problem>() else { return answer };
    let id = id.as_ref().and_then(|id| id.to_str().ok());
    id.unwrap_or_default().clone_into(&mut problem.request_id);
    let body = serde_json::to_vec(&problem).expect("a problem is made of text and numbers");
    let headers = answer.headers_mut();
    let json = HeaderValue::from_static("application/problem+json");
    headers.insert(header::CONTENT_TYPE, json);
    headers.remove(header::CONTENT_LENGTH);
    match answer.status() {
        StatusCode::UNAUTHORIZED => {
            let bearer = HeaderValue::from_static("Bearer");
            answer.headers_mut().insert(header::WWW_AUTHENTICATE, bearer);
        }
        StatusCode::TOO_MANY_REQUESTS => {
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("10"));
        }
        StatusCode::SERVICE_UNAVAILABLE => {
            answer.headers_mut().insert(header::RETRY_AFTER, SOON);
        }
        _ => {}
    }
    *answer.body_mut() = Body::from(body);
    answer
}

/// The answer to a path that nothing lies at.
pub(crate) async fn no_such_path() -> ApiError {
    ApiError::NotFound("Path".to_owned())
}

/// The answer to a method that a path does not know; axum has added `Allow`.
pub(crate) async fn no_such_method() -> Response {
    let status = StatusCode::METHOD_NOT_ALLOWED;
    let detail = "This path does not know this method".to_owned();
    let mut answer = status.into_response();
    answer.extensions_mut().insert(problem(status, "method_not_allowed", detail));
    answer
}

/// The answer to a request whose handler panicked.
#[expect(clippy::needless_pass_by_value, reason = "the layer calls it so")]
pub(crate) fn panicked(cause: Box<dyn Any + Send>) -> Response {
    ApiError::Internal(words_of(&*cause).into()).into_response()
}

/// What a panic said.
pub(crate) fn words_of(cause: &(dyn Any + Send)) -> &str {
    let text = cause.downcast_ref::<&str>().copied();
    let text = text.or_else(|| cause.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a panic without words")
}

impl From<ServiceError> for ApiError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::NotFound(what) => Self::NotFound(what.to_owned()),
            ServiceError::NoSuchTask(_) => Self::NotFound("Task".to_owned()),
            ServiceError::Invalid { field, message } => Self::invalid(field, message),
            ServiceError::Stale => Self::VersionMismatch,
            ServiceError::TagExists => Self::TagExists,
            ServiceError::InTheWay(ref changes) => {
                let changes = changes.iter().map(|change| change.0).collect();
                Self::InTheWay { detail: error.to_string(), changes }
            }
            ServiceError::NeverUndone(_) | ServiceError::StillAnswering => {
                Self::Conflict(error.to_string())
            }
            ServiceError::TooManyStreams => Self::TooManyStreams(error.to_string()),
            ServiceError::LogGone { .. } => Self::ChangesGone(error.to_string()),
            ServiceError::Storage(error) => error.into(),
        }
    }
}

impl From<StorageError> for ApiError {
    fn from(error: StorageError) -> Self {
        match error {
            error if error.is_away() => Self::Unavailable(error.into()),
            StorageError::KeyUsed => Self::AnswerLost(None),
            other => Self::Internal(other.into()),
        }
    }
}

impl From<TokenError> for ApiError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::TooMany => Self::Conflict(error.to_string()),
            TokenError::Storage(error) => error.into(),
        }
    }
}

impl From<AuthError> for ApiError {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::NoCredentials => Self::Unauthorized,
            AuthError::ForeignOrigin => Self::ForeignOrigin,
            AuthError::ReadOnly => Self::ReadOnlyToken,
            AuthError::Storage(error) => error.into(),
        }
    }
}

//! `Idempotency-Key`: a request that is sent again writes nothing again.
//!
//! The key is taken in the unit of work of the request's first write (`Service::begin`), so that the two are stored
//! together or not at all, and the answer is stored behind it. A request that finds its key taken gets that answer.
//! One that failed without writing leaves its key free. Such a request runs in a task of its own: a caller who hangs up,
//! and so asks again, finds its answer.

use std::{panic::resume_unwind, sync::Arc, time::Duration};

use api::{
    CHANGE_NUMBER, IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED, NEXT_CURSOR, Problem, TOTAL_COUNT, ZONE,
};
use auth::Actor;
use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::ChangeNumber;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use http_body_util::{BodyExt, Collected, LengthLimitError, Limited};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use storage::{Claim, StoredAnswer, UsedKey};
use telemetry::Shutdown;
use tracing::Instrument;

use crate::{
    app::App,
    error::ApiError,
    router::{LARGEST_BODY, LARGEST_IMPORT},
    signed_in::SignedIn,
};

/// The longest key.
const LONGEST_KEY: usize = 255;
/// The largest answer that is kept.
const LARGEST_ANSWER: usize = 256 << 10;
/// An import is several units of work, and does again only what is missing. One that stopped halfway must go on when it is
/// sent again, so its units do not take the key with them: its answer is stored once all is done.
pub(crate) const IN_PARTS: &str = "/api/import";
/// How often an answer is looked for that another request is about to store, ever longer apart: 2.6 s in all.
const LOOKS: u32 = 8;

/// What is given again beside the status and the body.
const KEPT: [HeaderName; 8] = [
    header::CONTENT_TYPE,
    header::LOCATION,
    header::ETAG,
    header::LINK,
    CHANGE_NUMBER,
    NEXT_CURSOR,
    TOTAL_COUNT,
    ZONE,
];

/// Middleware behind sign-in: carries a request with a key out once.
pub(crate) async fn once(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let actor = request.extensions().get::<SignedIn>().map(|found| found.0.clone());
    let (Some(actor), false) = (actor, request.method().is_safe()) else {
        return Ok(next.run(request).await);
    };
    let Some(key) = key(request.headers())? else { return Ok(next.run(request).await) };
    let (mut request, fingerprint) = fingerprint(request).await?;
    let claim = Arc::new(app.service.claim(key, fingerprint, actor.request_id()));
    let in_parts = request.uri().path() == IN_PARTS;
    if in_parts && let Some(answer) = earlier(&app, &actor, &claim).await? {
        return Ok(answer);
    }
    if !in_parts {
        let claimed = actor.clone().with_claim(claim.clone());
        request.extensions_mut().insert(SignedIn(claimed));
    }
    let shutdown = app.shutdown.clone();
    let work = async move {
        let answer = next.run(request).await;
        settle(&app, &actor, &claim, answer, in_parts).await
    };
    to_the_end(&shutdown, work).await
}

/// Carries work out though its caller hangs up, and though the server is told to stop meanwhile. Its lines in the log, its
/// statements and its patience are the caller's.
async fn to_the_end(
    shutdown: &Shutdown,
    work: impl Future<Output = Result<Response, ApiError>> + Send + 'static,
) -> Result<Response, ApiError> {
    let hold = shutdown.hold();
    let work = async move {
        let _hold = hold;
        storage::count_queries(work).await
    };
    match tokio::spawn(storage::as_patiently(work).in_current_span()).await {
        Ok((answer, queries)) => {
            storage::note_queries(queries);
            answer
        }
        Err(error) => match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic), // to where all panics are answered
            Err(ended) => Err(ApiError::Internal(ended.into())),
        },
    }
}

/// The key that was sent, if there is one.
fn key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let mut sent = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(first) = sent.next() else { return Ok(None) };
    let visible = |key: &&str| key.bytes().all(|byte| byte.is_ascii_graphic());
    let key = first.to_str().ok().filter(visible);
    match key.filter(|key| (1..=LONGEST_KEY).contains(&key.len()) && sent.next().is_none()) {
        Some(key) => Ok(Some(key.to_owned())),
        None => {
            Err(ApiError::must("Idempotency-Key", "be one of 1 to 255 visible ASCII characters"))
        }
    }
}

/// A hash of method, path and body, for which the body is read.
async fn fingerprint(request: Request) -> Result<(Request, String), ApiError> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    let largest = if path == IN_PARTS { LARGEST_IMPORT } else { LARGEST_BODY };
    let body = read(body, largest).await?;
    let mut hash = Sha256::new();
    for part in [parts.method.as_str(), path, parts.uri.query().unwrap_or_default()] {
        hash.update(part);
        hash.update([0]); // stands in none of them
    }
    hash.update(&body);
    let fingerprint = hex::encode(hash.finalize());
    Ok((Request::from_parts(parts, Body::from(body)), fingerprint))
}

async fn read(body: Body, largest: usize) -> Result<Bytes, ApiError> {
    match Limited::new(body, largest).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(ApiError::TooLarge),
        Err(_) => Err(ApiError::Malformed("The body could not be read".to_owned())),
    }
}

/// Stores the answer of a request that wrote, or had nothing to write; one that failed may have come too late. What went
/// wrong on our side is never given again, even where something was written before: that key stays without an answer.
async fn settle(
    app: &App,
    actor: &Actor,
    claim: &Claim,
    answer: Response,
    in_parts: bool,
) -> Result<Response, ApiError> {
    let status = answer.status();
    if status.is_server_error() {
        return Ok(answer);
    }
    if !claim.settled.is_settled() && !status.is_success() {
        return Ok(earlier(app, actor, claim).await?.unwrap_or(answer));
    }
    let (answer, stored) = taken_down(answer, actor.request_id()).await;
    match service::store_answer(&app.service, actor, claim, &stored).await {
        Ok(true) => Ok(answer),
        // Another request with the key was faster, and this one had nothing to write.
        Ok(false) => Ok(earlier(app, actor, claim).await?.unwrap_or(answer)),
        // Nothing was done: told so now, it might do something when it is sent again.
        Err(error) if !claim.settled.is_settled() && !in_parts => Err(error.into()),
        Err(error) => {
            // It was done: the caller must learn of it now, since nobody will later.
            tracing::warn!(error = %domain::chain(&error), "an answer was not stored under its key");
            Ok(answer)
        }
    }
}

/// An answer, and what is kept of it: not the body of a stream, of a secret, or beyond [`LARGEST_ANSWER`].
async fn taken_down(answer: Response, request_id: &str) -> (Response, StoredAnswer) {
    let (parts, body) = answer.into_parts();
    let status = parts.status.as_u16();
    let mut headers = Map::new();
    for name in KEPT {
        let value = parts.headers.get(&name).and_then(|value| value.to_str().ok());
        if let Some(value) = value {
            headers.insert(name.as_str().to_owned(), value.into());
        }
    }
    let text = |name: HeaderName| {
        let value = parts.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    };
    let stream = text(header::CONTENT_TYPE).starts_with("text/event-stream");
    let secret = text(header::CACHE_CONTROL).contains("no-store");
    if let Some(problem) = parts.extensions.get::<Problem>() {
        let problem = Problem { request_id: request_id.to_owned(), ..problem.clone() };
        let stored = serde_json::to_vec(&problem).ok();
        headers.insert(header::CONTENT_TYPE.as_str().to_owned(), "application/problem+json".into());
        let stored = StoredAnswer { status, headers: Value::Object(headers), body: stored };
        return (Response::from_parts(parts, body), stored);
    }
    let (body, kept) = if stream || secret {
        (body, None)
    } else {
        // Our own answers are made in memory: what fails here is an answer that breaks off anyway.
        let whole = body.collect().await.map(Collected::to_bytes).unwrap_or_default();
        let kept = (whole.len() <= LARGEST_ANSWER).then(|| whole.to_vec());
        (Body::from(whole), kept)
    };
    let stored = StoredAnswer { status, headers: Value::Object(headers), body: kept };
    (Response::from_parts(parts, body), stored)
}

/// What an earlier request with the key was answered.
async fn earlier(app: &App, actor: &Actor, claim: &Claim) -> Result<Option<Response>, ApiError> {
    for look in 0..=LOOKS {
        let Some(used) = service::used_key(&app.service, actor, &claim.key).await? else {
            return Ok(None);
        };
        if used.fingerprint != claim.fingerprint {
            return Err(ApiError::KeyReused);
        }
        if let Some(answer) = used.answer {
            return Ok(Some(again(answer)));
        }
        if look == LOOKS {
            return Ok(Some(unanswered(app, actor, &used).await?));
        }
        // It runs at this moment, here or on another replica, or its process died.
        let pause = Duration::from_millis(10 << look);
        storage::in_time(pause * 2, tokio::time::sleep(pause)).await;
    }
    Ok(None)
}

fn again(stored: StoredAnswer) -> Response {
    let mut headers = HeaderMap::new();
    for (name, value) in stored.headers.as_object().into_iter().flatten() {
        let name = HeaderName::from_bytes(name.as_bytes()).ok();
        let value = value.as_str().and_then(|value| HeaderValue::from_str(value).ok());
        if let (Some(name), Some(value)) = (name, value) {
            headers.insert(name, value);
        }
    }
    let Some(body) = stored.body else {
        let change = headers.get(CHANGE_NUMBER).and_then(|value| value.to_str().ok()?.parse().ok());
        return replayed(ApiError::AnswerLost(change.map(ChangeNumber)).into_response());
    };
    let status = StatusCode::from_u16(stored.status).unwrap_or(StatusCode::OK);
    let mut answer = (status, body).into_response();
    *answer.headers_mut() = headers;
    replayed(answer)
}

/// What is said of a request that has written, and has no answer yet or never gets one.
async fn unanswered(app: &App, actor: &Actor, used: &UsedKey) -> Result<Response, ApiError> {
    let change = service::change_of(&app.service, actor, used).await?;
    if service::may_run(&app.service, used) {
        return Ok(ApiError::InProgress(change).into_response());
    }
    Ok(replayed(ApiError::AnswerLost(change).into_response()))
}

fn replayed(mut answer: Response) -> Response {
    answer.headers_mut().insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
    answer
}

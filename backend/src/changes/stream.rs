//! The change log as server-sent events.
//!
//! A stream holds a number, the last that it sent, and what it reads behind that, a few changes at a time. A client that
//! takes its time holds up its own stream alone, and costs no memory: what comes meanwhile stays in the log.

use std::time::Duration;

use api::ChangeBody;
use auth::Actor;
use axum::{
    body::Bytes,
    extract::{FromRequestParts, OptionalFromRequestParts},
    response::{IntoResponse, Response},
};
use domain::{Change, ChangeNumber};
use http::{HeaderName, HeaderValue, header, request::Parts};
use service::ServiceError;
use storage::{News, TakenBack};
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval_at, sleep},
};

use super::{list::number, sessions::Caller};
use crate::{
    app::App,
    connection::client_of,
    error::ApiError,
    signed_in::SignedIn,
    streamed::{Part, streamed},
};

/// Changes read at once.
const PAGE: u16 = 20;
/// Events that wait for the client.
const AHEAD: usize = 4;
/// After a question that the database did not answer.
const RETRY: Duration = Duration::from_secs(1);
/// Milliseconds after which a client that lost its stream connects again.
const RECONNECT: u16 = 2_000;

/// A request for a stream, not for a list.
#[derive(Debug, Clone)]
pub(crate) struct Stream {
    caller: Caller,
    last_event: Option<ChangeNumber>,
}

impl OptionalFromRequestParts<App> for Stream {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, Response> {
        const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
        if !wants_events(parts) {
            return Ok(None);
        }
        let SignedIn(actor) =
            <SignedIn as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        let last_event = parts.headers.get(LAST_EVENT_ID).filter(|line| !line.is_empty());
        let last_event =
            last_event.map(|line| number("Last-Event-ID", line.to_str().unwrap_or_default()));
        let last_event = last_event.transpose().map_err(IntoResponse::into_response)?;
        let proxies = &app.http.trusted_proxies;
        let caller = Caller {
            client: client_of(&parts.headers, &parts.extensions, proxies),
            headers: parts.headers.clone(),
            user: actor.user_id().clone(),
        };
        Ok(Some(Self { caller, last_event }))
    }
}

fn wants_events(parts: &Parts) -> bool {
    let lines = parts.headers.get_all(header::ACCEPT).iter().filter_map(|line| line.to_str().ok());
    let kinds = lines.flat_map(|line| line.split(','));
    kinds
        .map(|kind| kind.split(';').next().unwrap_or_default().trim())
        .any(|kind| kind.eq_ignore_ascii_case("text/event-stream"))
}

/// Answers with the log behind the change that the client saw last, and what follows.
pub(super) async fn follow(
    app: App,
    actor: Actor,
    stream: Stream,
    after: Option<ChangeNumber>,
) -> Result<Response, ApiError> {
    let after = stream.last_event.or(after);
    let (seen, news) = service::follow(&app.service, &actor, after).await?;
    let mut begin = format!("retry: {RECONNECT}\n\n");
    if after.is_none() {
        begin += &event("start", seen, &format!("{{\"number\":{seen}}}"));
    }
    let (events, body) = streamed(AHEAD);
    let has_room = events.try_send(Ok(Bytes::from(begin)));
    has_room.map_err(|error| ApiError::Internal(error.into()))?;
    let follower = Follower { app, actor, news, seen, events };
    tokio::spawn(follower.run(stream.caller));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store, no-transform")),
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((headers, body).into_response())
}

fn event(name: &str, number: ChangeNumber, data: &str) -> String {
    format!("id: {number}\nevent: {name}\ndata: {data}\n\n")
}

/// Reads the log for one client.
struct Follower {
    app: App,
    actor: Actor,
    news: News,
    /// The last change that was sent.
    seen: ChangeNumber,
    events: mpsc::Sender<Part>,
}

/// The stream cannot go on: the client left, the log does not hold what comes next, or it cannot be read.
struct Over;

impl Follower {
    async fn run(mut self, caller: Caller) {
        let (shutdown, events) = (self.app.shutdown.clone(), self.events.clone());
        let mut session = self.app.sessions.watch(&self.app, caller);
        let soon = reconnect_soon(&self.app);
        tokio::select! {
            _ = self.send_changes() => {}
            _ = session.wait_for(|&ended| ended) => {}
            () = events.closed() => {}
            () = shutdown.told() => {
                // A client that takes its time has no room for it, and the hint of the beginning.
                let _ = events.try_send(Ok(soon));
            }
        }
    }

    async fn send_changes(&mut self) -> Result<(), Over> {
        let beat = self.app.heartbeat;
        let mut heartbeat = interval_at(Instant::now() + beat, beat);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            self.catch_up().await?;
            loop {
                tokio::select! {
                    news = self.news.behind(self.seen) => match news {
                        Ok(()) => break,
                        Err(TakenBack) => return Err(Over), // the next request is told what is left
                    },
                    _ = heartbeat.tick() => self.send(Bytes::from_static(b":\n\n")).await?,
                }
            }
        }
    }

    async fn catch_up(&mut self) -> Result<(), Over> {
        loop {
            match service::changes(&self.app.service, &self.actor, Some(self.seen), PAGE).await {
                Ok(page) => {
                    for change in page.changes {
                        self.send_change(&change).await?;
                    }
                    if page.is_last {
                        return Ok(());
                    }
                }
                Err(ServiceError::LogGone { .. }) => return Err(Over),
                Err(ServiceError::Storage(error)) if error.is_away() => {
                    tracing::debug!(error = %domain::chain(&error), "a stream waits for the database");
                    self.send(Bytes::from_static(b":\n\n")).await?;
                    sleep(RETRY).await;
                }
                Err(error) => {
                    tracing::error!(error = %domain::chain(&error), "a stream cannot go on");
                    return Err(Over);
                }
            }
        }
    }

    async fn send_change(&mut self, change: &Change) -> Result<(), Over> {
        let data = serde_json::to_string(&ChangeBody::from(change)).map_err(|error| {
            tracing::error!(%error, change.number = %change.number, "a change cannot be written");
            Over
        })?;
        self.send(Bytes::from(event("change", change.number, &data))).await?;
        self.seen = change.number;
        Ok(())
    }

    async fn send(&self, bytes: Bytes) -> Result<(), Over> {
        self.events.send(Ok(bytes)).await.map_err(|_| Over)
    }
}

/// Somewhere within two seconds: the clients of a server that stops come to the others one by one.
fn reconnect_soon(app: &App) -> Bytes {
    let mut chance = [0; 2];
    app.random.fill(&mut chance);
    Bytes::from(format!("retry: {}\n\n", 100 + u16::from_le_bytes(chance) % RECONNECT))
}

//! Who sent a request, and in which zone its local times are meant.
//!
//! The middleware [`require`] stands before every route but sign-in and health. It authenticates, settles the zone, and
//! puts what it found onto the request for the extractors [`SignedIn`], [`Zone`] and [`UserPolicy`].

use api::{BROWSER_ZONE, REQUEST_ID, ZONE};
use auth::{Actor, AuthError, Authenticated, Credential, StoredSettings};
use axum::{
    extract::{FromRequestParts, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::ZoneName;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header, request::Parts};
use jiff::Timestamp;
use language::Policy;
use storage::{TokenScope, UserSettings};
use telemetry::note_user;

use crate::{app::App, connection::client_of, error::ApiError};

/// The signed-in user.
#[derive(Debug, Clone)]
pub struct SignedIn(pub Actor);

/// The signed-in user, unless an API token stands for them: for what a stolen token must not do.
#[derive(Debug, Clone)]
pub struct InPerson {
    /// Who acts.
    pub actor: Actor,
    /// When what stands for them ends, if nothing can extend it: a JWT.
    pub until: Option<Timestamp>,
}

/// The zone in which local times are meant and days begin.
#[derive(Debug, Clone)]
pub struct Zone(pub ZoneName);

/// How open questions of language are answered for the user.
#[derive(Debug, Clone)]
pub struct UserPolicy(pub Policy);

/// The policy as it is stored, if it was read: most requests have no use for it.
#[derive(Debug, Clone)]
struct StoredPolicy(Option<Option<String>>);

/// Where POST stores nothing: a token for reading will do.
const READS: &str = "/api/parse";

/// Middleware: lets only signed-in users through. The answer carries the cookie of a session that was extended, and the
/// zone in force.
pub(crate) async fn require(
    State(app): State<App>,
    mut request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let client = client_of(request.headers(), request.extensions(), &app.http.trusted_proxies);
    let headers = request.headers();
    let id = text(headers, &REQUEST_ID).unwrap_or_default();
    let mut found = match app.auth.authenticate(&client, request.method(), headers, id).await {
        Err(AuthError::ReadOnly) if request.uri().path() == READS => {
            app.auth.authenticate(&client, &Method::GET, headers, id).await?
        }
        found => found?,
    };
    note_user(found.actor.user_id());
    let zone = zone_in_force(&app, &mut found, headers).await?;
    let policy = match found.settings {
        StoredSettings::Known(settings) => Some(settings.policy),
        StoredSettings::NotRead => None,
    };

    let zone_line = HeaderValue::from_str(zone.as_str()).ok();
    request.extensions_mut().insert(found.credential);
    request.extensions_mut().insert(SignedIn(found.actor));
    request.extensions_mut().insert(Zone(zone));
    request.extensions_mut().insert(StoredPolicy(policy));
    let mut answer = next.run(request).await;
    for cookie in found.cookies {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    if let Some(zone) = zone_line {
        answer.headers_mut().entry(ZONE).or_insert(zone);
    }
    let headers = answer.headers_mut();
    let private = HeaderValue::from_static("private, no-cache");
    headers.entry(header::CACHE_CONTROL).or_insert(private);
    let callers = HeaderValue::from_static("authorization, cookie, x-time-zone");
    headers.append(header::VARY, callers);
    Ok(answer)
}

/// What the request says itself, else the user's setting, else their browser's zone, which becomes the setting, unless
/// the caller may only read: the first one is remembered, a different one later changes nothing.
async fn zone_in_force(
    app: &App,
    found: &mut Authenticated,
    headers: &HeaderMap,
) -> Result<ZoneName, ApiError> {
    if let Some(value) = headers.get(ZONE) {
        let name = value.to_str().unwrap_or_default();
        return ZoneName::parse(name).map_err(|rule| ApiError::invalid(ZONE.as_str(), rule));
    }
    let Authenticated { actor, settings, credential, .. } = found;
    if *settings == StoredSettings::NotRead {
        *settings = StoredSettings::Known(service::stored_settings(&app.service, actor).await?);
    }
    if let StoredSettings::Known(UserSettings { zone: Some(zone), .. }) = settings {
        return Ok(zone.clone());
    }
    let browser = text(headers, &BROWSER_ZONE).and_then(|name| ZoneName::parse(name).ok());
    match browser {
        Some(zone) if *credential == Credential::ApiToken(TokenScope::Read) => Ok(zone),
        Some(zone) => Ok(service::remember_zone(&app.service, actor, &zone).await?),
        None => Ok(ZoneName::utc()),
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let found = parts.extensions.get::<Self>().cloned();
        found.ok_or_else(|| ApiError::Unauthorized.into_response())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for InPerson {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let SignedIn(actor) = SignedIn::from_request_parts(parts, state).await?;
        match parts.extensions.get::<Credential>() {
            Some(Credential::Session) => Ok(Self { actor, until: None }),
            Some(&Credential::Jwt(end)) => Ok(Self { actor, until: Some(end) }),
            _ => Err(ApiError::TokenManagesTokens.into_response()),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Zone {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let found = parts.extensions.get::<Self>().cloned();
        found.ok_or_else(|| ApiError::Unauthorized.into_response())
    }
}

impl FromRequestParts<App> for UserPolicy {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let found = parts.extensions.get::<StoredPolicy>().ok_or(ApiError::Unauthorized)?;
        if let StoredPolicy(Some(policy)) = found {
            return Ok(Self(service::policy(policy.as_deref())));
        }
        let SignedIn(actor) = parts.extensions.get().ok_or(ApiError::Unauthorized)?;
        let stored = service::stored_settings(&app.service, actor).await?;
        Ok(Self(service::policy(stored.policy.as_deref())))
    }
}

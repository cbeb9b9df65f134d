//! A browser's request, as the pages see it.

use std::{convert::Infallible, sync::Arc};

use api::{BROWSER_ZONE, Caller, Client, Failure};
use axum::{
    extract::FromRequestParts,
    response::{IntoResponse, Redirect, Response},
};
use domain::ZoneName;
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header, request::Parts};
use jiff::Timestamp;
use tokio::time::Instant;

use crate::{
    cookies::{Collecting, Jar},
    flash::{self, Flash},
    forwarded::Forwarded,
    pages::problem::{self, Typed},
    patience::{self, Bounded},
    router::App,
    view::{encoded, local},
    words,
    zone::Zone,
};

/// Who asks, from where, and when.
#[derive(Clone)]
pub(crate) struct Visit {
    /// The API, on behalf of this browser.
    pub api: Client,
    pub now: Timestamp,
    /// The zone that our script wrote into a cookie.
    pub browser_zone: Option<ZoneName>,
    /// Whether htmx asks, which wants fragments.
    pub htmx: bool,
    /// What happened before the redirect to here.
    pub flash: Option<Flash>,
    /// The address of this request.
    address: String,
    /// The address of the page that htmx stands on.
    page: Option<String>,
}

impl FromRequestParts<App> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let headers = &parts.headers;
        let browser_zone = cookie(headers, "tz").and_then(|name| ZoneName::parse(name).ok());
        let mut caller = Caller::of(headers);
        let jar = parts.extensions.get::<Jar>().cloned().unwrap_or_default();
        let until = Instant::now() + patience::of(&parts.method, &parts.uri);
        let bounded = Bounded { transport: app.transport.clone(), until };
        let transport = Collecting { transport: Arc::new(bounded), jar };
        let forwarded = Forwarded::of(parts, &app.proxies);
        let zone = browser_zone.as_ref().and_then(|zone| zone.as_str().parse().ok());
        let host = headers.get(header::HOST).cloned();
        let carried = forwarded.headers().chain([(BROWSER_ZONE, zone), (header::HOST, host)]);
        for (name, value) in carried {
            if let Some(value) = value {
                caller = caller.with(name, value);
            }
        }
        let address = parts.uri.path_and_query().map_or("/", |address| address.as_str());
        Ok(Self {
            api: Client::new(Arc::new(transport)).on_behalf_of(caller),
            now: app.clock.now(),
            browser_zone,
            htmx: headers.contains_key("hx-request"),
            flash: cookie(headers, flash::COOKIE).and_then(|text| text.parse().ok()),
            address: address.to_owned(),
            page: headers.get("hx-current-url").and_then(page),
        })
    }
}

impl Visit {
    /// Where the user was: what htmx says, else what the form says, else the first page.
    pub(crate) fn back(&self, form: &str) -> String {
        let page = self.page.as_deref().filter(|_| self.htmx);
        page.or(local(form)).unwrap_or("/").to_owned()
    }

    /// The zone in force, by what the backend said.
    pub(crate) fn zone(&self, in_force: Option<&str>) -> Zone {
        Zone::new(in_force, self.browser_zone.as_ref())
    }

    /// The address of this request, to come back to.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// What to answer where a page cannot be shown.
    pub(crate) fn refuse(&self, failure: &Failure, back: &str) -> Response {
        self.refuse_form(failure, back, None)
    }

    /// The same for a form, which the page keeps with what was typed.
    pub(crate) fn refuse_form(
        &self,
        failure: &Failure,
        back: &str,
        typed: Option<Typed>,
    ) -> Response {
        if failure.status() == StatusCode::UNAUTHORIZED {
            return self.sign_in(back);
        }
        if let Failure::Unreachable(error) = failure {
            tracing::warn!(error = error as &dyn std::error::Error, "the backend does not answer");
        }
        problem::page(failure.status(), &words::failure(failure), back, typed)
    }

    /// To the sign-in page, and back afterwards.
    pub(crate) fn sign_in(&self, back: &str) -> Response {
        self.go(&format!("/login?next={}", encoded(back)))
    }

    /// To another page, whole.
    pub(crate) fn go(&self, address: &str) -> Response {
        if !self.htmx {
            return Redirect::to(address).into_response();
        }
        let address = HeaderValue::from_str(address).unwrap_or(HeaderValue::from_static("/"));
        ([("hx-redirect", address)], "").into_response()
    }
}

/// The path and query of a page of ours.
fn page(url: &HeaderValue) -> Option<String> {
    let uri: Uri = url.to_str().ok()?.parse().ok()?;
    let address = uri.path_and_query()?.as_str();
    local(address).map(str::to_owned)
}

/// The value of a cookie.
fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs =
        lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find_map(|(key, value)| (key == name).then_some(value))
}

/// Puts cookies on an answer.
pub(crate) fn with_cookies(
    mut answer: Response,
    cookies: impl IntoIterator<Item = HeaderValue>,
) -> Response {
    for cookie in cookies {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}

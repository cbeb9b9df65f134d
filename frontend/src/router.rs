//! Every route, and the layers over them.

use std::sync::Arc;

use api::{Client, Transport};
use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef},
    middleware::{from_fn, map_response},
    routing::{any, get, post},
};
use domain::{Clock, SystemClock};
use settings::TrustedProxies;
use telemetry::Shutdown;
use tower_http::{compression::CompressionLayer, csrf::CsrfLayer};

use crate::{actions, assets, cookies, forward::forward, health, pages, patience, security};

/// What the pages are told from outside.
#[derive(Clone)]
pub struct Settings {
    /// Whose `X-Forwarded-*` headers are believed.
    pub proxies: TrustedProxies,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Whether the server was told to stop.
    pub shutdown: Shutdown,
}

impl Default for Settings {
    /// Proxies on this machine are believed; time is the machine's own; nobody stops it.
    fn default() -> Self {
        let proxies = "loopback".parse().expect("loopback is made of networks");
        Self { proxies, clock: Arc::new(SystemClock), shutdown: Shutdown::never() }
    }
}

/// What handlers share.
#[derive(Clone)]
pub(crate) struct App {
    pub transport: Arc<dyn Transport>,
    pub proxies: Arc<TrustedProxies>,
    pub clock: Arc<dyn Clock>,
    pub shutdown: Shutdown,
}

impl FromRef<App> for Shutdown {
    fn from_ref(app: &App) -> Self {
        app.shutdown.clone()
    }
}

impl FromRef<App> for Client {
    fn from_ref(app: &App) -> Self {
        Self::new(app.transport.clone())
    }
}

impl FromRef<App> for Arc<TrustedProxies> {
    fn from_ref(app: &App) -> Self {
        app.proxies.clone()
    }
}

/// A form of ours is short; a task's description has at most 10,000 characters, each up to twelve bytes of a form.
const LARGEST_FORM: usize = 256 << 10;

/// The web application over a backend.
///
/// The peer's address is taken from [`axum::extract::ConnectInfo`] where the server gives it.
pub fn router(transport: Arc<dyn Transport>, settings: Settings) -> Router {
    let Settings { proxies, clock, shutdown } = settings;
    let app = App { transport, proxies: proxies.into(), clock, shutdown };
    Router::new()
        .merge(pages().layer(map_response(security::harden)))
        .route("/assets/{file}", get(assets::serve))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .merge(passed_through())
        .with_state(app)
}

fn pages() -> Router<App> {
    Router::new()
        .route("/", get(pages::list::list))
        .route("/all", get(pages::list::list))
        .route("/tags/{name}", get(pages::list::list))
        .route("/tasks", post(actions::add::add))
        .route("/tasks/{number}", get(pages::task::task))
        .route("/tasks/{number}/edit", post(actions::edit::edit))
        .route("/tasks/{number}/complete", post(actions::change::complete))
        .route("/tasks/{number}/reopen", post(actions::change::reopen))
        .route("/tasks/{number}/delete", post(actions::change::delete))
        .route("/changes/{number}/undo", post(actions::change::undo))
        .route("/chat", get(pages::chat::chat).post(actions::chat::say))
        .route("/chat/panel", get(pages::chat::panel))
        .route("/settings/zone", post(actions::zone::set))
        .route("/login", get(pages::account::login).post(actions::account::login))
        .route("/register", get(pages::account::register).post(actions::account::register))
        .route("/logout", post(actions::account::logout))
        .fallback(pages::problem::not_found)
        .layer(from_fn(patience::limit))
        .layer(from_fn(cookies::pass_on))
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .layer(CsrfLayer::new())
        .layer(map_response(pages::problem::explain))
        .layer(CompressionLayer::new())
}

fn passed_through() -> Router<App> {
    let mut router = Router::new().route("/health", any(forward));
    for path in ["/api", "/mcp", "/.well-known/oauth-protected-resource"] {
        router = router.route(path, any(forward)).route(&format!("{path}/{{*rest}}"), any(forward));
    }
    router.layer(DefaultBodyLimit::disable())
}

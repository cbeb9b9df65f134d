//! Every route, and what stands around them all.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    middleware::{self, Next},
    response::Response,
};
use http::{HeaderName, HeaderValue, Method, header};
use storage::Patience;
use telemetry::Queries as Counted;
use tower_http::{catch_panic::CatchPanicLayer, cors::CorsLayer};
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::App,
    auth_routes, changes, chat, error, health, idempotency, official, openapi, portability,
    queries::{Queries, refuse_unknown},
    settings::HttpSettings,
    signed_in, tags, tasks, tokens, user_settings, version,
};

/// The largest body of a task or a message.
pub(crate) const LARGEST_BODY: usize = 64 << 10;

/// The largest file to import.
pub(crate) const LARGEST_IMPORT: usize = 10 << 20;

/// How long a request waits in all, for the database and for its turn. Its answer is promised within 8 s; the rest is for
/// what it does itself on a busy computer.
const PATIENCE: Duration = Duration::from_secs(7);

/// The backend as a service.
pub fn router(app: App) -> Router {
    let cors = cors(&app.http);
    let (routes, _) = documented(&app);
    let routes = routes.with_state(app);
    let routes = around(routes);
    let routes = match cors {
        Some(cors) => routes.layer(cors),
        None => routes,
    };
    routes.layer(middleware::from_fn(bound)).layer(middleware::from_fn(count_queries))
}

/// Every route with its description.
pub(crate) fn documented(app: &App) -> (Router<App>, OpenApi) {
    let require = middleware::from_fn_with_state(app.clone(), signed_in::require);
    let (routes, document) = signed_in_routes().split_for_parts();
    let (probes, of_probes) = probes().split_for_parts();
    let (open, of_open) = open_routes().split_for_parts();
    let queries = Arc::new(Queries::of(&document.clone().merge_from(of_open.clone())));
    let refuse = middleware::from_fn_with_state(queries, refuse_unknown);
    let once = middleware::from_fn_with_state(app.clone(), idempotency::once);
    let routes = routes
        .route_layer(once)
        .route_layer(refuse.clone())
        .route_layer(require)
        .merge(open.route_layer(refuse))
        .merge(probes)
        .merge(auth_routes::routes());
    (routes, document.merge_from(of_open).merge_from(of_probes))
}

/// The description of every route, without an app.
pub(crate) fn description() -> OpenApi {
    let (_, document) = signed_in_routes().split_for_parts();
    let (_, of_open) = open_routes().split_for_parts();
    let (_, of_probes) = probes().split_for_parts();
    document.merge_from(of_open).merge_from(of_probes)
}

fn signed_in_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(tasks::list::list, tasks::add::add))
        .routes(routes!(tasks::get::get, tasks::edit::edit, tasks::delete::delete))
        .routes(routes!(tasks::batch::batch))
        .routes(routes!(tasks::parse::parse))
        .routes(routes!(tasks::complete::complete))
        .routes(routes!(tasks::complete::reopen))
        .routes(routes!(tags::list::list, tags::add::add))
        .routes(routes!(tags::get::get, tags::edit::edit, tags::delete::delete))
        .routes(routes!(changes::list::list))
        .routes(routes!(changes::undo::undo))
        .routes(routes!(chat::turn::turn))
        .routes(routes!(chat::history::history, chat::history::delete))
        .routes(routes!(user_settings::get, user_settings::edit))
        .routes(routes!(tokens::list::list, tokens::add::add))
        .routes(routes!(tokens::delete::delete))
        .routes(routes!(portability::export::export))
        .merge(import_route())
        .merge(official_routes())
}

/// Files are larger than other bodies.
fn import_route() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(portability::import::import))
        .layer(DefaultBodyLimit::max(LARGEST_IMPORT))
}

/// Static parts of a path win over its variables, so these stand behind all others.
fn official_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(official::list::list, official::add::add))
        .routes(routes!(official::get::get, official::edit::edit, official::delete::delete))
        .routes(routes!(official::complete::complete))
        .routes(routes!(official::chat::chat))
}

/// What anybody may read.
fn open_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(openapi::get)).routes(routes!(version::version))
}

/// What asks how the process is.
fn probes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(health::health))
}

/// Errors as problems, bounded bodies, panics as answers.
fn around(routes: Router) -> Router {
    routes
        .fallback(error::no_such_path)
        .method_not_allowed_fallback(error::no_such_method)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(CatchPanicLayer::custom(error::panicked))
        .layer(middleware::from_fn(error::finish))
}

/// Pages of the origins in `CORS_ORIGINS` may call with the user's cookie, as in the Phase III system; that they may also
/// change things with it is decided where the cookie is read. Where there are none, nothing answers a preflight.
fn cors(settings: &HttpSettings) -> Option<CorsLayer> {
    let name = HeaderName::from_static;
    if settings.cors_origins.is_empty() {
        return None;
    }
    let origins = settings.cors_origins.iter().map(|origin| {
        HeaderValue::from_str(origin.as_str()).expect("an origin is of plain characters")
    });
    let layer = CorsLayer::new()
        .allow_origin(origins.collect::<Vec<_>>())
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::PUT, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            name("last-event-id"),
            api::BROWSER_ZONE,
            api::IDEMPOTENCY_KEY,
            api::REQUEST_ID,
            api::ZONE,
        ])
        .expose_headers([
            name("set-auth-token"),
            name("set-auth-jwt"),
            name("x-thread-id"),
            name("x-retry-after"),
            header::RETRY_AFTER,
            header::ETAG,
            header::LINK,
            header::LOCATION,
            api::CHANGE_NUMBER,
            api::IDEMPOTENCY_REPLAYED,
            api::NEXT_CURSOR,
            api::REQUEST_ID,
            api::TOTAL_COUNT,
            api::ZONE,
        ]);
    Some(layer)
}

/// Middleware: bounds what a request waits for in all. An import has many statements, and goes on while they are answered.
async fn bound(request: Request, next: Next) -> Response {
    let patience = if request.uri().path() == idempotency::IN_PARTS {
        Patience::SinceAnswer(PATIENCE)
    } else {
        Patience::InAll(PATIENCE)
    };
    storage::with_patience(patience, next.run(request)).await
}

/// Middleware: counts the statements of a request, for its log line.
pub async fn count_queries(request: Request, next: Next) -> Response {
    let (mut answer, queries) = storage::count_queries(next.run(request)).await;
    answer.extensions_mut().insert(Counted(queries));
    answer
}

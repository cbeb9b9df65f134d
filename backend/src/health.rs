//! Whether the backend lives, is ready, and reaches its database.

use std::time::Duration;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use service::ServiceError;
use storage::{Patience, StorageError};
use utoipa::ToSchema;

use crate::{app::App, error::SOON, extract::Json};

/// How long a check of the database may take; probes give up soon after.
const PATIENCE: Duration = Duration::from_secs(1);

/// How the backend is, in the Phase III form.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// Always `healthy`.
    status: String,
    /// Always `enabled`: what the Phase III system says here, and its clients look for.
    mcp: String,
    /// `connected` or `unreachable`.
    database: String,
}

/// Whether requests may be sent here.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Readiness {
    /// `ready`, `draining`, `not migrated` or `database unreachable`.
    status: String,
}

/// Whether the process lives.
#[utoipa::path(get, path = "/healthz", tag = "operations", responses((status = 200, body = String)))]
pub(crate) async fn healthz() -> &'static str {
    "ok"
}

/// Whether requests may be sent here.
#[utoipa::path(
    get, path = "/readyz", tag = "operations",
    responses((status = 200, body = Readiness), (status = 503, body = Readiness)),
)]
pub(crate) async fn readyz(State(app): State<App>) -> Response {
    let (code, status) = if app.shutdown.is_told() {
        (StatusCode::SERVICE_UNAVAILABLE, "draining")
    } else {
        match checked(&app).await {
            Database::Ready => (StatusCode::OK, "ready"),
            Database::NotMigrated => (StatusCode::SERVICE_UNAVAILABLE, "not migrated"),
            Database::Away => (StatusCode::SERVICE_UNAVAILABLE, "database unreachable"),
        }
    };
    let mut answer = (code, Json(Readiness { status: status.to_owned() })).into_response();
    if code == StatusCode::SERVICE_UNAVAILABLE {
        answer.headers_mut().insert(header::RETRY_AFTER, SOON);
    }
    answer
}

/// How the backend is, in the Phase III form: always 200.
#[utoipa::path(get, path = "/health", tag = "operations", responses((status = 200, body = Health)))]
pub(crate) async fn health(State(app): State<App>) -> Json<Health> {
    let database = match checked(&app).await {
        Database::Ready | Database::NotMigrated => "connected",
        Database::Away => "unreachable",
    };
    Json(Health {
        status: "healthy".to_owned(),
        mcp: "enabled".to_owned(),
        database: database.to_owned(),
    })
}

enum Database {
    Ready,
    NotMigrated,
    Away,
}

async fn checked(app: &App) -> Database {
    match storage::with_patience(Patience::InAll(PATIENCE), app.service.ready()).await {
        Ok(()) => Database::Ready,
        Err(ServiceError::Storage(StorageError::NotMigrated)) => Database::NotMigrated,
        Err(error) => {
            tracing::debug!(error = %domain::chain(&error), "not ready");
            Database::Away
        }
    }
}

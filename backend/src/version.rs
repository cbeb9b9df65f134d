//! `GET /api/version`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::extract::Json;

/// A hash of the code that this program was built from.
pub(crate) const BUILD: &str = env!("BUILD");

/// What runs here.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Version {
    /// The release.
    #[schema(example = "0.1.0")]
    version: String,
    /// Names the code it was built from.
    #[schema(example = "0123456789abcdef")]
    build: String,
}

/// What runs here.
#[utoipa::path(
    get, path = "/api/version", tag = "operations",
    responses(
        (status = 200, body = Version),
        (status = 422, body = api::Problem, content_type = "application/problem+json"),
    ),
)]
pub(crate) async fn version() -> Json<Version> {
    Json(Version { version: env!("CARGO_PKG_VERSION").to_owned(), build: BUILD.to_owned() })
}

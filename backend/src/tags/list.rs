//! `GET /api/tags`.

use api::{Problem, TagWithCount};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::Uri;

use super::counted;
use crate::{
    app::App,
    caching::{IfNoneMatch, ListTag, not_modified, tagged},
    error::ApiError,
    extract::Json,
    signed_in::{SignedIn, Zone},
};

/// All tags by name, with how many tasks have each.
#[utoipa::path(
    get, path = "/api/tags", tag = "tags",
    responses((status = 200, body = Vec<TagWithCount>), (status = 304), (status = 401, body = Problem)),
)]
pub(crate) async fn list(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Zone(zone): Zone,
    seen: IfNoneMatch,
    uri: Uri,
) -> Result<Response, ApiError> {
    // Read before the tags: they may be newer than it says, never older.
    let last = service::last_change(&app.service, &actor).await?;
    let tag = ListTag::of(actor.user_id(), &uri, &zone).at(last);
    if seen.names(&tag) {
        return Ok(not_modified(tag));
    }
    let tags = service::tags(&app.service, &actor).await?;
    let tags: Vec<TagWithCount> = tags.iter().map(counted).collect();
    Ok(tagged(Json(tags).into_response(), Some(tag)))
}

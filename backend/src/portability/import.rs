//! `POST /api/import`.

use api::{Imported, Problem};
use axum::{
    body::Bytes,
    extract::{FromRequest, Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, header};

use super::{json, vtodo};
use crate::{
    app::App,
    error::ApiError,
    extract::{Json, unreadable},
    signed_in::{SignedIn, Zone},
    tasks::with_change,
};

/// Adds what was exported here, or tasks and tags from elsewhere.
///
/// `application/json`: an export, or a list of tasks; `text/calendar`: iCalendar with VTODO. At most 10 MiB, 20,000 tasks,
/// 20,000 tags and 20,000 conversations; what is more comes in several files. A task whose id is known stays as it is, so
/// a second import changes nothing. A file with a mistake is refused whole.
#[utoipa::path(
    post, path = "/api/import", tag = "export and import",
    request_body(content((api::Import = "application/json"), (String = "text/calendar"))),
    responses((status = 200, body = Imported), (status = 401, body = Problem), (status = 422, body = Problem)),
)]
pub(crate) async fn import(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Zone(zone): Zone,
    request: Request,
) -> Result<Response, ApiError> {
    let form = Form::of(request.headers())?;
    let body = Bytes::from_request(request, &app).await.map_err(|error| unreadable(&error))?;
    let (wanted, warnings) = match form {
        Form::Json => (json::read(&body, &zone)?, Vec::new()),
        Form::Calendar => vtodo::read(&body, &zone, app.service.now())?,
    };
    let done = service::import(&app.service, &actor, wanted).await?;
    let body = Imported {
        added: done.added,
        skipped: done.skipped,
        tags_added: done.tags_added,
        conversations_added: done.conversations_added,
        changes: done.changes.iter().map(|change| change.0).collect(),
        warnings,
    };
    Ok(with_change(Json(body).into_response(), done.changes.last().copied()))
}

enum Form {
    Json,
    Calendar,
}

impl Form {
    fn of(headers: &HeaderMap) -> Result<Self, ApiError> {
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
        match kind.to_ascii_lowercase().as_str() {
            "application/json" => Ok(Self::Json),
            "text/calendar" => Ok(Self::Calendar),
            _ => Err(ApiError::MediaType),
        }
    }
}

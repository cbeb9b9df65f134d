//! `POST /api/tags`.

use api::{NewTag, Problem, TagBody};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use domain::Color;
use http::StatusCode;
use service::TagDraft;

use super::{color, name};
use crate::{app::App, error::ApiError, extract::Json, signed_in::SignedIn, tasks::with_change};

/// Makes a tag.
#[utoipa::path(
    post, path = "/api/tags", tag = "tags", request_body = NewTag,
    responses(
        (status = 201, body = TagBody), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 422, body = Problem),
    ),
)]
pub(crate) async fn add(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Json(body): Json<NewTag>,
) -> Result<Response, ApiError> {
    let color = body.color.as_deref().map_or_else(|| Ok(Color::default()), color)?;
    let draft = TagDraft { name: name(&body.name)?, color };
    let written = service::add_tag(&app.service, &actor, draft).await?;
    let answer = (StatusCode::CREATED, Json(TagBody::from(&written.value)));
    Ok(with_change(answer.into_response(), written.change))
}

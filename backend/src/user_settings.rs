//! `/api/settings`: what the user has chosen.

use api::{Problem, SettingsBody, SettingsPatch, ZONE};
use auth::Actor;
use axum::{extract::State, response::IntoResponse};
use domain::ZoneName;
use service::Service;

use crate::{app::App, error::ApiError, extract::Json, signed_in::SignedIn};

/// The user's settings.
#[utoipa::path(
    get, path = "/api/settings", tag = "settings",
    responses((status = 200, body = SettingsBody), (status = 401, body = Problem)),
)]
pub(crate) async fn get(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
) -> Result<Json<SettingsBody>, ApiError> {
    Ok(Json(read(&app.service, &actor).await?))
}

/// The settings in force.
pub(crate) async fn read(app: &Service, actor: &Actor) -> Result<SettingsBody, ApiError> {
    let zone = service::zone(app, actor).await?;
    Ok(SettingsBody { time_zone: zone.map(String::from) })
}

/// Changes settings; absent members stay.
#[utoipa::path(
    patch, path = "/api/settings", tag = "settings", request_body = SettingsPatch,
    responses(
        (status = 200, body = SettingsBody), (status = 401, body = Problem), (status = 422, body = Problem),
    ),
)]
pub(crate) async fn edit(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Json(patch): Json<SettingsPatch>,
) -> Result<impl IntoResponse, ApiError> {
    if let Some(name) = patch.time_zone {
        let zone = ZoneName::parse(&name).map_err(|rule| ApiError::invalid("time_zone", rule))?;
        service::set_zone(&app.service, &actor, &zone).await?;
    }
    let zone = service::zone(&app.service, &actor).await?.map(String::from);
    let in_force = zone.clone().unwrap_or_else(|| "UTC".to_owned());
    Ok(([(ZONE, in_force)], Json(SettingsBody { time_zone: zone })))
}

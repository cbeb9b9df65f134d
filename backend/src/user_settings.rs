//! `/api/settings`: what the user has chosen.

use api::{Problem, SettingsBody, SettingsPatch, ZONE};
use axum::{extract::State, response::IntoResponse};
use domain::ZoneName;
use service::{InForce, Question, SettingsEdit};

use crate::{app::App, error::ApiError, extract::Json, signed_in::SignedIn};

/// The user's settings: all of them, with the defaults where nothing was chosen.
#[utoipa::path(
    get, path = "/api/settings", tag = "settings",
    responses((status = 200, body = SettingsBody), (status = 401, body = Problem)),
)]
pub(crate) async fn get(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
) -> Result<Json<SettingsBody>, ApiError> {
    Ok(Json(body(service::settings(&app.service, &actor).await?)))
}

/// Changes settings; absent members stay, null goes back to the default.
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
    let in_force = service::edit_settings(&app.service, &actor, read(patch)?).await?;
    let zone = in_force.zone.clone().unwrap_or_else(ZoneName::utc);
    Ok(([(ZONE, String::from(zone))], Json(body(in_force))))
}

/// The settings as they are told.
pub(crate) fn body(InForce { zone, policy }: InForce) -> SettingsBody {
    let answer =
        |name| Question::of(name).map(|question| question.answer(&policy)).unwrap_or_default();
    SettingsBody {
        time_zone: zone.map(String::from),
        week_start: answer("week_start"),
        date_order: answer("date_order"),
        morning: answer("morning"),
        noon: answer("noon"),
        afternoon: answer("afternoon"),
        end_of_day: answer("end_of_day"),
        evening: answer("evening"),
        tonight: answer("tonight"),
        night: answer("night"),
        bare_hour_from: answer("bare_hour_from"),
        bare_hour_to: answer("bare_hour_to"),
    }
}

fn read(patch: SettingsPatch) -> Result<SettingsEdit, ApiError> {
    let zone =
        |name: String| ZoneName::parse(&name).map_err(|rule| ApiError::invalid("time_zone", rule));
    let answers = [
        ("week_start", patch.week_start),
        ("date_order", patch.date_order),
        ("morning", patch.morning),
        ("noon", patch.noon),
        ("afternoon", patch.afternoon),
        ("end_of_day", patch.end_of_day),
        ("evening", patch.evening),
        ("tonight", patch.tonight),
        ("night", patch.night),
        ("bare_hour_from", patch.bare_hour_from),
        ("bare_hour_to", patch.bare_hour_to),
    ];
    let answers =
        answers.into_iter().filter_map(|(name, answer)| Some((Question::of(name)?, answer?)));
    Ok(SettingsEdit {
        zone: patch.time_zone.map(|name| name.map(zone).transpose()).transpose()?,
        answers: answers.collect(),
    })
}

//! `POST /settings/zone`: taking a time zone.

use api::SettingsPatch;
use axum::{extract::Form, response::Response};
use serde::Deserialize;

use super::refused;
use crate::{
    flash::{Deed, Flash},
    pages::update::Update,
    visit::{Visit, with_cookies},
};

/// The quiet line that offers one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ZoneForm {
    time_zone: String,
    back: String,
}

pub(crate) async fn set(visit: Visit, Form(form): Form<ZoneForm>) -> Response {
    let back = visit.back(&form.back);
    let zone = Some(form.time_zone.trim().to_owned());
    let patch = SettingsPatch { time_zone: Some(zone), ..SettingsPatch::default() };
    match visit.api.update_settings(&patch).await {
        Ok(_) => with_cookies(visit.go(&back), [Flash::new(Deed::ZoneSet, None).cookie()]),
        Err(failure) => refused(&visit, &back, &failure, Update::default()).await,
    }
}

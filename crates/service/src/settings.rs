//! What a user has chosen.

use auth::Actor;
use domain::ZoneName;

use crate::{Service, ServiceError};

/// The user's time zone, if one is stored.
///
/// # Errors
/// The database's.
pub async fn zone(app: &Service, actor: &Actor) -> Result<Option<ZoneName>, ServiceError> {
    Ok(app.store.zone(actor.user_id()).await?)
}

/// Stores the zone unless there is one; returns the one in force.
///
/// # Errors
/// The database's.
pub async fn remember_zone(
    app: &Service,
    actor: &Actor,
    zone: &ZoneName,
) -> Result<ZoneName, ServiceError> {
    Ok(app.store.remember_zone(actor.user_id(), zone).await?)
}

/// Stores the zone that the user chose.
///
/// # Errors
/// The database's.
pub async fn set_zone(app: &Service, actor: &Actor, zone: &ZoneName) -> Result<(), ServiceError> {
    Ok(app.store.set_zone(actor.user_id(), zone).await?)
}

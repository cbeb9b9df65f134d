//! A user's settings: so far the time zone.

use async_trait::async_trait;
use domain::{UserId, ZoneName};

use super::{Dialect, SqlStore};
use crate::{Settings, StorageError};

/// A stored zone. One that this computer's zone database does not know counts as none.
pub(super) fn known_zone(name: Option<String>) -> Option<ZoneName> {
    name.and_then(|name| ZoneName::parse(&name).ok())
}

#[async_trait]
impl<DB: Dialect> Settings for SqlStore<DB> {
    async fn zone(&self, user: &UserId) -> Result<Option<ZoneName>, StorageError> {
        let select = sqlx::query_as("select time_zone from settings where user_id = $1");
        let row = self.reader().await?.optional(select.bind(&user.0)).await?;
        Ok(row.and_then(|(name,)| known_zone(name)))
    }

    async fn remember_zone(
        &self,
        user: &UserId,
        zone: &ZoneName,
    ) -> Result<ZoneName, StorageError> {
        let upsert = sqlx::query_as(
            "insert into settings (user_id, time_zone) values ($1, $2) on conflict (user_id) \
             do update set time_zone = coalesce(settings.time_zone, excluded.time_zone) \
             returning time_zone",
        )
        .bind(&user.0)
        .bind(zone.as_str().to_owned());
        let (name,) = self.writer().await?.one(upsert).await?;
        Ok(known_zone(name).unwrap_or_else(|| zone.clone()))
    }

    async fn set_zone(&self, user: &UserId, zone: &ZoneName) -> Result<(), StorageError> {
        let upsert = sqlx::query(
            "insert into settings (user_id, time_zone) values ($1, $2) \
             on conflict (user_id) do update set time_zone = excluded.time_zone",
        )
        .bind(&user.0)
        .bind(zone.as_str().to_owned());
        self.writer().await?.execute(upsert).await
    }
}

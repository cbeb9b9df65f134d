//! A user's settings.

use async_trait::async_trait;
use domain::{UserId, ZoneName};

use super::{Dialect, SqlStore, SqlWrite, loan::Loan};
use crate::{Settings, SettingsWrites, StorageError, UserSettings};

/// A stored zone. One that this computer's zone database does not know counts as none.
pub(super) fn known_zone(name: Option<String>) -> Option<ZoneName> {
    name.and_then(|name| ZoneName::parse(&name).ok())
}

async fn select_settings<DB: Dialect>(
    loan: &mut Loan<DB>,
    user: &UserId,
) -> Result<UserSettings, StorageError> {
    let select = sqlx::query_as("select time_zone, policy from settings where user_id = $1");
    let row = loan.optional(select.bind(&user.0)).await?;
    Ok(row.map_or_else(UserSettings::default, |(zone, policy)| UserSettings {
        zone: known_zone(zone),
        policy,
    }))
}

#[async_trait]
impl<DB: Dialect> SettingsWrites for SqlWrite<DB> {
    async fn settings(&mut self) -> Result<UserSettings, StorageError> {
        select_settings(&mut self.loan, &self.user).await
    }

    async fn set_settings(&mut self, settings: &UserSettings) -> Result<(), StorageError> {
        let upsert = sqlx::query(
            "insert into settings (user_id, time_zone, policy) values ($1, $2, $3) \
             on conflict (user_id) do update \
             set time_zone = excluded.time_zone, policy = excluded.policy",
        )
        .bind(&self.user.0)
        .bind(settings.zone.as_ref().map(|zone| zone.as_str().to_owned()))
        .bind(settings.policy.clone());
        self.loan.execute(upsert).await
    }
}

#[async_trait]
impl<DB: Dialect> Settings for SqlStore<DB> {
    async fn settings(&self, user: &UserId) -> Result<UserSettings, StorageError> {
        select_settings(&mut self.reader().await?, user).await
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
}

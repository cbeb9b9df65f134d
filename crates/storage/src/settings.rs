//! What a user has chosen.

use async_trait::async_trait;
use domain::{UserId, ZoneName};

use crate::StorageError;

/// What a user has chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserSettings {
    /// The time zone, if one is stored.
    pub zone: Option<ZoneName>,
    /// The answers to open questions of language, as the crate `service` writes them.
    pub policy: Option<String>,
}

/// Changing settings within a unit of work, so that of two changes at once none is lost.
#[async_trait]
pub trait SettingsWrites: Send {
    /// The settings, as this unit of work sees them.
    async fn settings(&mut self) -> Result<UserSettings, StorageError>;

    /// Stores all of them.
    async fn set_settings(&mut self, settings: &UserSettings) -> Result<(), StorageError>;
}

/// The settings of a user.
#[async_trait]
pub trait Settings: Send + Sync {
    /// All settings.
    async fn settings(&self, user: &UserId) -> Result<UserSettings, StorageError>;

    /// Stores the zone unless there is one; returns the one in force.
    async fn remember_zone(&self, user: &UserId, zone: &ZoneName)
    -> Result<ZoneName, StorageError>;
}

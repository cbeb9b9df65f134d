//! What a user has chosen.

use async_trait::async_trait;
use domain::{UserId, ZoneName};

use crate::StorageError;

/// The settings of a user.
#[async_trait]
pub trait Settings: Send + Sync {
    /// The user's time zone, if one is stored.
    async fn zone(&self, user: &UserId) -> Result<Option<ZoneName>, StorageError>;

    /// Stores the zone unless there is one; returns the one in force.
    async fn remember_zone(&self, user: &UserId, zone: &ZoneName)
    -> Result<ZoneName, StorageError>;

    /// Stores the zone in place of any other.
    async fn set_zone(&self, user: &UserId, zone: &ZoneName) -> Result<(), StorageError>;
}

//! Bodies of settings.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a user has chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SettingsBody {
    /// The IANA name of the time zone; null while none is known.
    pub time_zone: Option<String>,
}

/// Changes of settings; absent members stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SettingsPatch {
    /// The IANA name of a time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

//! Bodies of settings.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::patch;

/// What is in force for a user: what they chose, else the default. Hours are `HH:MM`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SettingsBody {
    /// The IANA name of the time zone; null while none is known.
    pub time_zone: Option<String>,
    /// The first day of a week, such as `monday`.
    pub week_start: String,
    /// How 1/2/2027 is read: `day_month_year` or `month_day_year`.
    pub date_order: String,
    /// "in the morning"
    pub morning: String,
    /// "at noon"
    pub noon: String,
    /// "in the afternoon"
    pub afternoon: String,
    /// "end of day"
    pub end_of_day: String,
    /// "in the evening"
    pub evening: String,
    /// "tonight"
    pub tonight: String,
    /// "at night"
    pub night: String,
    /// "at 7" means the next 7:00 or 19:00 that is not before this …
    pub bare_hour_from: String,
    /// … and not behind this.
    pub bare_hour_to: String,
}

/// Changes of settings; absent members stay, null goes back to the default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingsPatch {
    /// The IANA name of a time zone.
    #[serde(default, deserialize_with = "patch::member", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub time_zone: Option<Option<String>>,
    /// A weekday, such as `sunday`.
    #[serde(default, deserialize_with = "patch::member", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub week_start: Option<Option<String>>,
    /// `day_month_year` or `month_day_year`.
    #[serde(default, deserialize_with = "patch::member", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub date_order: Option<Option<String>>,
    /// "in the morning"
    #[serde(default, deserialize_with = "patch::member", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub morning: Option<Option<String>>,
    /// "at noon"
    #[serde(default, deserialize_with = "patch::member", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub noon: Option<Option<String>>,
    /// "in the afternoon"
    #[serde(default, deserialize_with = "patch::member", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub afternoon: Option<Option<String>>,
    /// "end of day"
    #[serde(default, deserialize_with = "patch::member", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub end_of_day: Option<Option<String>>,
    /// "in the evening"
    #[serde(default, deserialize_with = "patch::member", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub evening: Option<Option<String>>,
    /// "tonight"
    #[serde(default, deserialize_with = "patch::member", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub tonight: Option<Option<String>>,
    /// "at night"
    #[serde(default, deserialize_with = "patch::member", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub night: Option<Option<String>>,
    /// The first bare hour.
    #[serde(default, deserialize_with = "patch::member", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub bare_hour_from: Option<Option<String>>,
    /// The last bare hour.
    #[serde(default, deserialize_with = "patch::member", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub bare_hour_to: Option<Option<String>>,
}

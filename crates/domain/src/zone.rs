//! Time zones by name.

use std::fmt;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::Invalid;

/// The IANA name of a time zone that exists, such as `Europe/Berlin`. One that was stored is not asked about again: this
/// computer may not know it (any more).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ZoneName(String);

impl ZoneName {
    /// # Errors
    /// No zone has that name.
    pub fn parse(name: &str) -> Result<Self, Invalid> {
        let known = TimeZone::get(name).ok();
        let known = known.as_ref().and_then(TimeZone::iana_name);
        known.map(|name| Self(name.to_owned())).ok_or_else(|| {
            Invalid("time zone must be an IANA name such as Europe/Berlin".to_owned())
        })
    }

    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Self {
        Self("UTC".to_owned())
    }

    /// The rules behind the name. UTC where this computer does not know the zone.
    #[must_use]
    pub fn time_zone(&self) -> TimeZone {
        TimeZone::get(&self.0).unwrap_or(TimeZone::UTC)
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<ZoneName> for String {
    fn from(zone: ZoneName) -> Self {
        zone.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_zones_that_exist() {
        assert_eq!(ZoneName::parse("Europe/Berlin").unwrap().as_str(), "Europe/Berlin");
        assert!(ZoneName::parse("UTC").is_ok());
        for name in ["", "Europe/Berlim", "+01:00", "../etc/passwd", "Europe/Berlin\0"] {
            assert!(ZoneName::parse(name).is_err(), "{name:?}");
        }
    }
}

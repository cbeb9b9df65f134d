//! When a task is due.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::ZoneName;

/// When a task is due: some time on a day, or at an instant.
///
/// A day is not an instant: it has no zone and never shifts. A time is kept with the zone it was said in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Due {
    /// Any time on this calendar day.
    Day {
        /// The day.
        day: Date,
    },
    /// At this instant.
    At {
        /// The instant, in whole microseconds.
        at: Timestamp,
        /// Where its clock time was meant.
        zone: ZoneName,
    },
}

impl Due {
    /// The calendar day: for an instant, its day in its own zone.
    #[must_use]
    pub fn day(&self) -> Date {
        match self {
            Self::Day { day } => *day,
            Self::At { at, zone } => at.to_zoned(zone.time_zone()).date(),
        }
    }

    /// The calendar day as somebody in `viewer` sees it.
    #[must_use]
    pub fn day_in(&self, viewer: &TimeZone) -> Date {
        match self {
            Self::Day { day } => *day,
            Self::At { at, .. } => at.to_zoned(viewer.clone()).date(),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn berlin() -> ZoneName {
        ZoneName::parse("Europe/Berlin").unwrap()
    }

    #[test]
    fn a_day_never_shifts_and_an_instant_does() {
        let day = Due::Day { day: date(2026, 12, 1) };
        let at = Due::At { at: "2026-12-01T23:30:00Z".parse().unwrap(), zone: berlin() };
        let tokyo = ZoneName::parse("Asia/Tokyo").unwrap().time_zone();
        assert_eq!((day.day(), day.day_in(&tokyo)), (date(2026, 12, 1), date(2026, 12, 1)));
        assert_eq!((at.day(), at.day_in(&TimeZone::UTC)), (date(2026, 12, 2), date(2026, 12, 1)));
    }

    #[test]
    fn both_forms_survive_json() {
        for due in [
            Due::Day { day: date(2026, 12, 1) },
            Due::At { at: "2026-12-01T23:30:00.000001Z".parse().unwrap(), zone: berlin() },
        ] {
            let json = serde_json::to_string(&due).unwrap();
            assert_eq!(serde_json::from_str::<Due>(&json).unwrap(), due, "{json}");
        }
    }
}

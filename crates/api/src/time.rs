//! Times on the wire.

use std::{fmt, str::FromStr};

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// An instant, written as RFC 3339 in UTC with six decimals: `2026-11-23T10:00:00.000000Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(pub Timestamp);

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6}", self.0)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Timestamp::deserialize(deserializer).map(Self)
    }
}

/// When a task is due, as the API writes it: a calendar day (`2026-12-01`), or an instant when a time was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueBody {
    /// Any time on this day.
    Day(Date),
    /// At this instant.
    At(Instant),
}

impl fmt::Display for DueBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(f),
            Self::At(at) => at.fmt(f),
        }
    }
}

impl From<&domain::Due> for DueBody {
    fn from(due: &domain::Due) -> Self {
        match due {
            domain::Due::Day { day } => Self::Day(*day),
            domain::Due::At { at, .. } => Self::At(Instant(*at)),
        }
    }
}

impl FromStr for DueBody {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        // A date parser would take a date-time and drop its time, so it gets only what can be nothing but a date.
        if text.contains(['T', 't', ' ', ':']) {
            text.parse().map(|at| Self::At(Instant(at)))
        } else {
            text.parse().map(Self::Day)
        }
    }
}

impl Serialize for DueBody {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DueBody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_due_date_is_a_day_or_an_instant() {
        for (text, written) in [
            ("2026-12-01", "2026-12-01"),
            ("2026-12-01T08:00:00Z", "2026-12-01T08:00:00.000000Z"),
            ("2026-12-01T09:00:00+01:00", "2026-12-01T08:00:00.000000Z"),
        ] {
            assert_eq!(text.parse::<DueBody>().unwrap().to_string(), written);
        }
        for text in ["", "tomorrow", "2026-13-01", "2026-12-01T08:00:00"] {
            assert!(text.parse::<DueBody>().is_err(), "{text}");
        }
    }
}

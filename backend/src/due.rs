//! Due dates as callers write them.

use api::DueBody;
use domain::{Due, ZoneName};
use jiff::{RoundMode, Timestamp, TimestampRound, Unit, civil::DateTime, tz::TimeZone};

use crate::error::ApiError;

const FORM: &str = "be a day such as 2026-12-01, or a time such as 2026-12-01T09:00";

/// A day, an instant, or a local date and time without an offset, which is meant in `zone`.
pub(crate) fn parse(field: &str, text: &str, zone: &ZoneName) -> Result<Due, ApiError> {
    let text = text.trim();
    let at = match text.parse() {
        Ok(DueBody::Day(day)) if day.year() < 1 => return Err(ApiError::must(field, FORM)),
        Ok(DueBody::Day(day)) => return Ok(Due::Day { day }),
        Ok(DueBody::At(at)) => at.0,
        Err(_) => local(text, &zone.time_zone()).ok_or_else(|| ApiError::must(field, FORM))?,
    };
    let whole = TimestampRound::new().smallest(Unit::Microsecond).mode(RoundMode::Trunc);
    let at = at.round(whole).map_err(|_| ApiError::must(field, FORM))?;
    let due = Due::At { at, zone: zone.clone() };
    // Days are stored as text of four digits a year.
    if due.day().year() < 1 { Err(ApiError::must(field, FORM)) } else { Ok(due) }
}

/// An instant, or a local time that is meant in `zone`.
pub(crate) fn instant(field: &str, text: &str, zone: &ZoneName) -> Result<Timestamp, ApiError> {
    match parse(field, text, zone)? {
        Due::At { at, .. } => Ok(at),
        Due::Day { .. } => Err(ApiError::must(field, "be a time such as 2026-12-01T09:00")),
    }
}

fn local(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let clock: DateTime = text.contains(['T', 't']).then(|| text.parse().ok())??;
    Some(clock.to_zoned(zone.clone()).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_times_are_meant_where_the_user_is() {
        let zone = ZoneName::parse("Europe/Berlin").unwrap();
        let due = |text| parse("due_date", text, &zone);
        for (text, day_or_instant) in [
            ("2026-12-01", "2026-12-01"),
            ("2026-12-01T09:00", "2026-12-01T08:00:00.000000Z"),
            ("2026-12-01T09:00:30", "2026-12-01T08:00:30.000000Z"),
            ("2026-12-01T09:00:00Z", "2026-12-01T09:00:00.000000Z"),
            ("2026-12-01T09:00:00.1234567Z", "2026-12-01T09:00:00.123456Z"),
        ] {
            assert_eq!(DueBody::from(&due(text).unwrap()).to_string(), day_or_instant, "{text}");
        }
        for text in [
            "",
            "tomorrow",
            "2026-02-30",
            "2026-12-01 09:00",
            "2026-12-01T25:00",
            "2026",
            "-000001-01-01",
            "-000001-01-01T00:00Z",
        ] {
            assert!(due(text).is_err(), "{text}");
        }
    }
}

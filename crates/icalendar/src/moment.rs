//! Values of types DATE and DATE-TIME (sections 3.3.4 and 3.3.5).

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};

use crate::Property;

/// When something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moment {
    /// A calendar day.
    Day(Date),
    /// An instant.
    Instant(Timestamp),
    /// A clock time in a zone that is named, mostly as the time zone database does.
    Zoned(DateTime, String),
    /// A clock time wherever one is.
    Floating(DateTime),
}

impl Moment {
    /// Reads a property's value; nothing when it is none of these.
    #[must_use]
    pub fn of(property: &Property) -> Option<Self> {
        let text = property.value.trim();
        let Some((day, time)) = text.split_once(['T', 't']) else {
            return date(text).map(Self::Day);
        };
        let (time, is_utc) = match time.strip_suffix(['Z', 'z']) {
            Some(time) => (time, true),
            None => (time, false),
        };
        let local = DateTime::from_parts(date(day)?, clock(time)?);
        match property.parameter("TZID") {
            _ if is_utc => {
                let instant = TimeZone::UTC.to_timestamp(local).ok()?;
                Some(Self::Instant(instant))
            }
            Some(zone) => Some(Self::Zoned(local, zone.trim_start_matches('/').to_owned())),
            None => Some(Self::Floating(local)),
        }
    }
}

/// An instant as DATE-TIME in UTC, whole seconds.
#[must_use]
pub fn utc(instant: Timestamp) -> String {
    instant.strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn date(text: &str) -> Option<Date> {
    let [year, month, day] = numbers(text, [4, 2, 2])?;
    Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()
}

/// Second 60, which a minute with a leap second has, is the last one.
fn clock(text: &str) -> Option<Time> {
    let [hour, minute, second] = numbers(text, [2, 2, 2])?;
    let second = if second == 60 { 59 } else { second };
    Time::new(hour.try_into().ok()?, minute.try_into().ok()?, second.try_into().ok()?, 0).ok()
}

/// Numbers of so many digits each, and nothing else.
fn numbers(text: &str, digits: [usize; 3]) -> Option<[i16; 3]> {
    let fits = text.len() == digits.iter().sum() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (first, rest) = fits.then(|| text.split_at(digits[0]))?;
    let (second, third) = rest.split_at(digits[1]);
    Some([first.parse().ok()?, second.parse().ok()?, third.parse().ok()?])
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::day("20261201", Moment::Day(date(2026, 12, 1)))]
    #[case::utc("20261201T080000Z", Moment::Instant("2026-12-01T08:00:00Z".parse().unwrap()))]
    #[case::floating("20261201T080000", Moment::Floating(date(2026, 12, 1).at(8, 0, 0, 0)))]
    #[case::leap("20261231T235960", Moment::Floating(date(2026, 12, 31).at(23, 59, 59, 0)))]
    fn reads_the_forms_of_a_moment(#[case] value: &str, #[case] expected: Moment) {
        assert_eq!(Moment::of(&Property::new("DUE", value)), Some(expected));
    }

    #[test]
    fn reads_the_name_of_a_zone() {
        let due = Property::new("DUE", "20261201T080000").with("TZID", "/Europe/Berlin");
        let local = date(2026, 12, 1).at(8, 0, 0, 0);
        assert_eq!(Moment::of(&due), Some(Moment::Zoned(local, "Europe/Berlin".to_owned())));
    }

    #[rstest]
    #[case("")]
    #[case("20261301")]
    #[case("2026-12-01")]
    #[case("20261201T25")]
    #[case("20261201T250000")]
    #[case("２０２６１２０１")]
    fn refuses_what_is_no_moment(#[case] value: &str) {
        assert_eq!(Moment::of(&Property::new("DUE", value)), None);
    }

    #[test]
    fn writes_an_instant() {
        assert_eq!(utc("2026-12-01T08:00:00.5Z".parse().unwrap()), "20261201T080000Z");
    }
}

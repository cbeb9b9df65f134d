//! Recurrence rules: the part of RFC 5545 that a task can follow, in days.
//!
//! Clock times are not the rule's: a task is due at the same time of day at each occurrence. So the parts that count
//! hours, minutes or seconds are refused, and so are BYWEEKNO and BYYEARDAY.

mod days;
mod text;

use jiff::{
    civil::{Date, DateTime, Time, Weekday},
    tz::TimeZone,
};

pub use self::days::Days;

/// A rule that says which days something happens on, parsed. [`std::fmt::Display`] writes it in its canonical form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rrule {
    /// FREQ
    pub frequency: Frequency,
    /// INTERVAL, from 1.
    pub interval: u16,
    /// COUNT, from 1: how many occurrences there are, the first one included.
    pub count: Option<u16>,
    /// UNTIL
    pub until: Option<Until>,
    /// WKST
    pub week_start: Weekday,
    /// BYMONTH
    pub months: Vec<i8>,
    /// BYMONTHDAY: 1 to 31, or -31 to -1 from the end of the month.
    pub month_days: Vec<i8>,
    /// BYDAY
    pub weekdays: Vec<NthWeekday>,
    /// BYSETPOS: which of a period's days, from 1, or from its end by -1.
    pub places: Vec<i16>,
}

/// FREQ: the period that a rule counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frequency {
    /// DAILY
    Daily,
    /// WEEKLY
    Weekly,
    /// MONTHLY
    Monthly,
    /// YEARLY
    Yearly,
}

/// A weekday of BYDAY.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NthWeekday {
    /// Which one of its month (or year): 1 the first, -1 the last; every one when `None`.
    pub nth: Option<i8>,
    /// The weekday.
    pub weekday: Weekday,
}

/// UNTIL: the last moment at which something can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// On this day.
    Day(Date),
    /// At this time where the task is.
    Local(DateTime),
    /// At this time in UTC.
    Utc(DateTime),
}

impl Until {
    /// The last day that counts, for something that happens at `time` (at any time when `None`) in `zone`.
    #[must_use]
    pub fn last_day(self, time: Option<Time>, zone: &TimeZone) -> Date {
        let end = match self {
            Self::Day(day) => return day,
            Self::Local(end) => end,
            Self::Utc(end) => end
                .to_zoned(TimeZone::UTC)
                .map_or(end, |end| end.with_time_zone(zone.clone()).datetime()),
        };
        let too_late = time.is_some_and(|time| time > end.time());
        if too_late { end.date().yesterday().unwrap_or(end.date()) } else { end.date() }
    }
}

impl Rrule {
    /// A rule of a period and nothing else.
    #[must_use]
    pub fn every(frequency: Frequency) -> Self {
        Self {
            frequency,
            interval: 1,
            count: None,
            until: None,
            week_start: Weekday::Monday,
            months: Vec::new(),
            month_days: Vec::new(),
            weekdays: Vec::new(),
            places: Vec::new(),
        }
    }

    /// The days behind `start` that the rule names, in their order; `start` itself is what the rule counts from (DTSTART).
    /// COUNT and UNTIL are not looked at. Ends where the calendar ends, and when nothing is found for long: a rule such as
    /// "30 February" has no days.
    #[must_use]
    pub fn days_after(&self, start: Date) -> Days<'_> {
        Days::new(self, start)
    }
}

//! What the sentence is understood against, and how questions that a language leaves open are answered.

use jiff::{
    ToSpan, Zoned,
    civil::{Date, Time, Weekday, time},
};

/// What a sentence is understood against.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Now, where the user is: its zone is the user's.
    pub now: &'a Zoned,
    /// How open questions are answered.
    pub policy: &'a Policy,
}

/// How questions that a language leaves open are answered. The user may change the answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// How a date of numbers is read.
    pub date_order: DateOrder,
    /// The first day of a week.
    pub week_start: Weekday,
    /// What the parts of a day mean.
    pub day: DayHours,
    /// A bare hour ("at 7") means the next such hour, of morning or evening, that is not before this time …
    pub bare_hour_from: Time,
    /// … and not behind this one.
    pub bare_hour_to: Time,
}

/// How a date of numbers is read. ISO 8601 dates are always year, month, day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// 27/1/2027
    DayMonthYear,
    /// 1/27/2027
    MonthDayYear,
}

/// Clock times for the parts of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayHours {
    /// "in the morning"
    pub morning: Time,
    /// "at noon"
    pub noon: Time,
    /// "in the afternoon"
    pub afternoon: Time,
    /// "end of day"
    pub end: Time,
    /// "in the evening"
    pub evening: Time,
    /// "tonight"
    pub tonight: Time,
    /// "at night"
    pub night: Time,
}

impl Policy {
    /// The first and the last day of the week that a day lies in; none at the ends of the calendar.
    #[must_use]
    pub fn week_of(&self, day: Date) -> Option<(Date, Date)> {
        let passed = i32::from(day.weekday().since(self.week_start));
        let first = day.checked_sub(passed.days()).ok()?;
        Some((first, first.checked_add(6.days()).ok()?))
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            date_order: DateOrder::DayMonthYear,
            week_start: Weekday::Monday,
            day: DayHours::default(),
            bare_hour_from: time(7, 0, 0, 0),
            bare_hour_to: time(21, 59, 59, 999_999_999),
        }
    }
}

impl Default for DayHours {
    fn default() -> Self {
        let at = |hour| time(hour, 0, 0, 0);
        Self {
            morning: at(9),
            noon: at(12),
            afternoon: at(15),
            end: at(18),
            evening: at(18),
            tonight: at(20),
            night: at(22),
        }
    }
}

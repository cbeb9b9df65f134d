//! The days that a rule names, period by period.

use jiff::{ToSpan, civil::Date};

use super::{Frequency, NthWeekday, Rrule};

/// How many periods in a row may be empty. Leap days on a certain weekday need 40 years, of 14,610 days. The longer the
/// period, the more a look at it costs.
fn most_empty(frequency: Frequency) -> u32 {
    match frequency {
        Frequency::Daily => 15_000,
        Frequency::Weekly => 2_500,
        Frequency::Monthly => 1_200,
        Frequency::Yearly => 400,
    }
}

/// The days behind a start, in their order.
#[derive(Debug, Clone)]
pub struct Days<'r> {
    rule: &'r Rrule,
    start: Date,
    /// The period to look at next.
    period: i32,
    /// What is left of the period before, the last day first.
    found: Vec<Date>,
}

impl<'r> Days<'r> {
    pub(super) fn new(rule: &'r Rrule, start: Date) -> Self {
        Self { rule, start, period: 0, found: Vec::new() }
    }

    /// Leaves out periods that end before a day, without a look at each: a start may lie centuries back.
    #[must_use]
    pub fn near(mut self, day: Date) -> Self {
        let start = self.start;
        let days = i32::try_from(day.duration_since(start).as_hours() / 24).unwrap_or_default();
        let years = i32::from(day.year()) - i32::from(start.year());
        let periods = match self.rule.frequency {
            Frequency::Daily => days,
            Frequency::Weekly => days / 7,
            Frequency::Monthly => years * 12 + i32::from(day.month()) - i32::from(start.month()),
            Frequency::Yearly => years,
        };
        // One before, because a week may begin on any day.
        self.period = (periods / i32::from(self.rule.interval) - 1).max(0);
        self.found.clear();
        self
    }
}

impl Iterator for Days<'_> {
    type Item = Date;

    fn next(&mut self) -> Option<Date> {
        for _ in 0..most_empty(self.rule.frequency) {
            if let Some(day) = self.found.pop() {
                return Some(day);
            }
            let mut days = self.rule.days_of(self.start, self.period)?;
            self.period = self.period.checked_add(1)?;
            days.retain(|day| *day > self.start);
            days.reverse();
            self.found = days;
        }
        None
    }
}

impl Rrule {
    /// The days of one period, in their order: the one of `start` is number 0. `None` behind the end of the calendar.
    fn days_of(&self, start: Date, period: i32) -> Option<Vec<Date>> {
        let ahead = period.checked_mul(i32::from(self.interval))?;
        let days = match self.frequency {
            Frequency::Daily => {
                let day = start.checked_add(ahead.days()).ok()?;
                if self.fits(day) { vec![day] } else { Vec::new() }
            }
            Frequency::Weekly => self.of_week(start, ahead)?,
            Frequency::Monthly => {
                let month = i32::from(start.year()) * 12 + i32::from(start.month()) - 1;
                let month = month.checked_add(ahead)?;
                let first = first_of(month.div_euclid(12), month.rem_euclid(12) + 1)?;
                if self.is_month(first) { self.of_month(first, start) } else { Vec::new() }
            }
            Frequency::Yearly => {
                self.of_year(i32::from(start.year()).checked_add(ahead)?, start)?
            }
        };
        Some(self.chosen(days))
    }

    fn of_week(&self, start: Date, ahead: i32) -> Option<Vec<Date>> {
        let into_week = self.week_start.until(start.weekday());
        let first = start.checked_sub(into_week.days()).ok()?;
        let first = first.checked_add(ahead.checked_mul(7)?.days()).ok()?;
        let days = (0..7).filter_map(|day| first.checked_add(day.days()).ok());
        let wanted = |day: &Date| {
            let weekday = day.weekday();
            let named = match &*self.weekdays {
                [] => weekday == start.weekday(),
                named => named.iter().any(|named| named.weekday == weekday),
            };
            named && self.is_month(*day)
        };
        Some(days.filter(wanted).collect())
    }

    fn of_year(&self, year: i32, start: Date) -> Option<Vec<Date>> {
        let month = |month: i8| first_of(year, i32::from(month));
        if !self.weekdays.is_empty() && self.months.is_empty() && self.month_days.is_empty() {
            let (first, last) = (month(1)?, month(12)?.last_of_month());
            let days = first.series(1.day()).take_while(|day| *day <= last);
            return Some(days.filter(|day| self.is_weekday(*day, first, last)).collect());
        }
        let months: Vec<i8> = match (&*self.months, &*self.month_days) {
            ([], []) => vec![start.month()],
            ([], _) => (1..=12).collect(),
            (named, _) => named.to_vec(),
        };
        let mut days = Vec::new();
        for number in months {
            days.extend(self.of_month(month(number)?, start));
        }
        Some(days)
    }

    /// The days of the month that begins with `first`; without BYDAY and BYMONTHDAY the day of the month of `start`, if
    /// the month has it.
    fn of_month(&self, first: Date, start: Date) -> Vec<Date> {
        let last = first.last_of_month();
        let days = first.series(1.day()).take_while(|day| *day <= last);
        let wanted = |day: &Date| match (&*self.weekdays, &*self.month_days) {
            ([], []) => day.day() == start.day(),
            _ => self.is_month_day(*day) && self.is_weekday(*day, first, last),
        };
        days.filter(wanted).collect()
    }

    /// For rules that count days: every part but the period is a condition.
    fn fits(&self, day: Date) -> bool {
        let weekday = |named: &NthWeekday| named.weekday == day.weekday();
        self.is_month(day)
            && self.is_month_day(day)
            && (self.weekdays.is_empty() || self.weekdays.iter().any(weekday))
    }

    fn is_month(&self, day: Date) -> bool {
        self.months.is_empty() || self.months.contains(&day.month())
    }

    fn is_month_day(&self, day: Date) -> bool {
        let from_end = day.day() - day.days_in_month() - 1;
        self.month_days.is_empty()
            || self.month_days.contains(&day.day())
            || self.month_days.contains(&from_end)
    }

    /// Whether BYDAY names the day; ordinals count from `first` and back from `last`.
    fn is_weekday(&self, day: Date, first: Date, last: Date) -> bool {
        let weeks = |from: Date, to: Date| (to.day_of_year() - from.day_of_year()) / 7 + 1;
        let named = |named: &NthWeekday| {
            named.weekday == day.weekday()
                && named.nth.is_none_or(|nth| {
                    let place = if nth > 0 { weeks(first, day) } else { -weeks(day, last) };
                    place == i16::from(nth)
                })
        };
        self.weekdays.is_empty() || self.weekdays.iter().any(named)
    }

    /// BYSETPOS
    fn chosen(&self, days: Vec<Date>) -> Vec<Date> {
        if self.places.is_empty() {
            return days;
        }
        let count = days.len();
        let place = |place: &i16| {
            let at = usize::from(place.unsigned_abs());
            if *place > 0 { at.checked_sub(1) } else { count.checked_sub(at) }
        };
        let places: Vec<usize> = self.places.iter().filter_map(place).collect();
        let named = days.into_iter().enumerate().filter(|(at, _)| places.contains(at));
        named.map(|(_, day)| day).collect()
    }
}

fn first_of(year: i32, month: i32) -> Option<Date> {
    Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, 1).ok()
}

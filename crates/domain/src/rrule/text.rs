//! Rules as text: read leniently, written in one canonical form.

use std::fmt::{self, Display};

use jiff::civil::{Date, DateTime, Weekday};

use super::{Frequency, NthWeekday, Rrule, Until};
use crate::Invalid;

const FREQUENCIES: [(&str, Frequency); 4] = [
    ("DAILY", Frequency::Daily),
    ("WEEKLY", Frequency::Weekly),
    ("MONTHLY", Frequency::Monthly),
    ("YEARLY", Frequency::Yearly),
];

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("MO", Weekday::Monday),
    ("TU", Weekday::Tuesday),
    ("WE", Weekday::Wednesday),
    ("TH", Weekday::Thursday),
    ("FR", Weekday::Friday),
    ("SA", Weekday::Saturday),
    ("SU", Weekday::Sunday),
];

const DAY: &str = "%Y%m%d";
const LOCAL: &str = "%Y%m%dT%H%M%S";
const UTC: &str = "%Y%m%dT%H%M%SZ";

impl Rrule {
    /// Reads `FREQ=WEEKLY;BYDAY=MO,WE`, also behind `RRULE:`, in any letter case.
    ///
    /// # Errors
    /// What RFC 5545 forbids, what is not supported (see [`crate::Rrule`]), and rules that name no day at all.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim().to_ascii_uppercase();
        let text = text.strip_prefix("RRULE:").unwrap_or(&text);
        let mut rule = Self::every(Frequency::Daily);
        let mut seen: Vec<&str> = Vec::new();
        for part in text.split(';') {
            let (name, value) = part.split_once('=').ok_or_else(|| {
                invalid("must be an RRULE of RFC 5545 such as FREQ=WEEKLY;BYDAY=MO,WE")
            })?;
            if seen.contains(&name) {
                return Err(invalid(format_args!("has {name} twice")));
            }
            seen.push(name);
            rule.set(name, value)?;
        }
        if !seen.contains(&"FREQ") {
            return Err(invalid("needs FREQ"));
        }
        rule.settle();
        rule.check()?;
        Ok(rule)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), Invalid> {
        let wrong = || invalid(format_args!("has a wrong {name}"));
        match name {
            "FREQ" => {
                self.frequency = look_up(&FREQUENCIES, value)
                    .ok_or_else(|| invalid("needs FREQ to be DAILY, WEEKLY, MONTHLY or YEARLY"))?;
            }
            "INTERVAL" => self.interval = number(value, 1, 9_999).ok_or_else(wrong)?,
            "COUNT" => self.count = Some(number(value, 1, 9_999).ok_or_else(wrong)?),
            "UNTIL" => self.until = Some(until(value).ok_or_else(wrong)?),
            "WKST" => self.week_start = look_up(&WEEKDAYS, value).ok_or_else(wrong)?,
            "BYMONTH" => self.months = list(value, |text| number(text, 1, 12)).ok_or_else(wrong)?,
            "BYMONTHDAY" => {
                self.month_days = list(value, |text| place(text, 31)).ok_or_else(wrong)?;
            }
            "BYDAY" => self.weekdays = list(value, nth_weekday).ok_or_else(wrong)?,
            "BYSETPOS" => self.places = list(value, |text| place(text, 366)).ok_or_else(wrong)?,
            "BYSECOND" | "BYMINUTE" | "BYHOUR" | "BYYEARDAY" | "BYWEEKNO" => {
                return Err(invalid(format_args!("has {name}, which is not supported")));
            }
            _ => return Err(invalid(format_args!("has an unknown part {name:?}"))),
        }
        Ok(())
    }

    /// One order, nothing twice, so that equal rules are written alike.
    pub(crate) fn settle(&mut self) {
        self.months.sort_unstable();
        self.months.dedup();
        // 1, 2, …, then from the end of the month: -2, -1.
        self.month_days.sort_unstable_by_key(|day| (*day < 0, *day));
        self.month_days.dedup();
        self.weekdays.sort_unstable_by_key(|named| {
            let nth = named.nth.unwrap_or_default();
            (nth < 0, nth, named.weekday.to_monday_zero_offset())
        });
        self.weekdays.dedup();
        self.places.sort_unstable_by_key(|place| (*place < 0, *place));
        self.places.dedup();
    }

    fn check(&self) -> Result<(), Invalid> {
        let nth = self.weekdays.iter().filter_map(|named| named.nth);
        let most = match self.frequency {
            Frequency::Daily | Frequency::Weekly => 0,
            Frequency::Yearly if self.months.is_empty() => 53,
            Frequency::Monthly | Frequency::Yearly => 5,
        };
        if nth.clone().any(|nth| nth.abs() > most) {
            return Err(invalid("has a number in BYDAY that does not go with its FREQ"));
        }
        if self.count.is_some() && self.until.is_some() {
            return Err(invalid("must not have both COUNT and UNTIL"));
        }
        if self.frequency == Frequency::Weekly && !self.month_days.is_empty() {
            return Err(invalid("must not have BYMONTHDAY with FREQ=WEEKLY"));
        }
        let narrowed =
            !self.months.is_empty() || !self.month_days.is_empty() || !self.weekdays.is_empty();
        if !self.places.is_empty() && !narrowed {
            return Err(invalid("needs BYDAY, BYMONTHDAY or BYMONTH beside BYSETPOS"));
        }
        let longest = |month: &i8| match month {
            2 => 29,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        let longest = self.months.iter().map(longest).max().unwrap_or(31);
        if self.month_days.iter().all(|day| day.abs() > longest) && !self.month_days.is_empty() {
            return Err(invalid("names days that its months do not have"));
        }
        Ok(())
    }
}

impl Display for Rrule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FREQ={}", name_of(&FREQUENCIES, self.frequency))?;
        if self.interval != 1 {
            write!(f, ";INTERVAL={}", self.interval)?;
        }
        if let Some(count) = self.count {
            write!(f, ";COUNT={count}")?;
        }
        match self.until {
            Some(Until::Day(day)) => write!(f, ";UNTIL={}", day.strftime(DAY))?,
            Some(Until::Local(end)) => write!(f, ";UNTIL={}", end.strftime(LOCAL))?,
            Some(Until::Utc(end)) => write!(f, ";UNTIL={}", end.strftime(UTC))?,
            None => {}
        }
        if self.week_start != Weekday::Monday {
            write!(f, ";WKST={}", name_of(&WEEKDAYS, self.week_start))?;
        }
        write_list(f, "BYMONTH", &self.months)?;
        write_list(f, "BYMONTHDAY", &self.month_days)?;
        write_list(f, "BYDAY", &self.weekdays)?;
        write_list(f, "BYSETPOS", &self.places)
    }
}

impl Display for NthWeekday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(nth) = self.nth {
            write!(f, "{nth}")?;
        }
        f.write_str(name_of(&WEEKDAYS, self.weekday))
    }
}

fn write_list<T: Display>(f: &mut fmt::Formatter<'_>, name: &str, values: &[T]) -> fmt::Result {
    for (at, value) in values.iter().enumerate() {
        if at == 0 {
            write!(f, ";{name}={value}")?;
        } else {
            write!(f, ",{value}")?;
        }
    }
    Ok(())
}

fn list<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    text.split(',').map(read).collect()
}

/// Digits alone: Rust would take a sign as well.
fn number<T: TryFrom<u16>>(text: &str, least: u16, most: u16) -> Option<T> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number: u16 = digits.then(|| text.parse().ok())??;
    (least..=most).contains(&number).then(|| T::try_from(number).ok())?
}

/// A place from 1, or from the end by -1.
fn place<T: TryFrom<i16>>(text: &str, most: u16) -> Option<T> {
    let (digits, sign) = match text.strip_prefix('-') {
        Some(digits) => (digits, -1),
        None => (text.strip_prefix('+').unwrap_or(text), 1),
    };
    let number: i16 = number(digits, 1, most)?;
    T::try_from(number * sign).ok()
}

fn nth_weekday(text: &str) -> Option<NthWeekday> {
    let (nth, name) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let nth = if nth.is_empty() { None } else { Some(place(nth, 53)?) };
    Some(NthWeekday { nth, weekday: look_up(&WEEKDAYS, name)? })
}

fn until(text: &str) -> Option<Until> {
    let day = |day: Date| (1..=9_999).contains(&day.year());
    match text.len() {
        8 => Date::strptime(DAY, text).ok().filter(|end| day(*end)).map(Until::Day),
        15 => DateTime::strptime(LOCAL, text).ok().filter(|end| day(end.date())).map(Until::Local),
        16 => DateTime::strptime(UTC, text).ok().filter(|end| day(end.date())).map(Until::Utc),
        _ => None,
    }
}

fn look_up<T: Copy>(names: &[(&str, T)], text: &str) -> Option<T> {
    names.iter().find(|(name, _)| *name == text).map(|(_, value)| *value)
}

fn name_of<T: Copy + PartialEq>(names: &[(&'static str, T)], value: T) -> &'static str {
    names.iter().find(|(_, known)| *known == value).map_or("", |(name, _)| name)
}

fn invalid(rule: impl Display) -> Invalid {
    Invalid(format!("recurrence_rule {rule}"))
}

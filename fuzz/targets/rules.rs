//! Any text as a recurrence rule.

#![no_main]

use domain::{Recurrence, RecurrenceRule, Rrule};
use fuzz::seeds;
use jiff::{ToSpan, civil::Date, tz::TimeZone};
use libfuzzer_sys::fuzz_target;

/// Days looked at. More would say nothing new.
const DAYS: usize = 24;

fuzz_target!(init: seeds("rules", cases()), |input: (u16, &str)| {
    let (start, text) = input;
    let Ok(rule) = Rrule::parse(text) else { return };
    let written = rule.to_string();
    assert_eq!(Rrule::parse(&written).as_ref(), Ok(&rule), "{written}");
    let start = start_of(start);
    let days: Vec<_> = rule.days_after(start).take(DAYS).collect();
    assert!(days.is_sorted_by(|one, next| one < next), "{written}: {days:?}");
    assert!(days.iter().all(|day| *day > start), "{written}: {days:?}");
    for day in &days {
        assert!(fits(&rule, *day), "{written} from {start}: {day}");
    }
    follow(&rule, start, &days);
});

/// Rules of the tests: everything in quotes there that looks like one, each behind a start.
fn cases() -> impl Iterator<Item = Vec<u8>> {
    let tests = include_str!("../../crates/domain/tests/recurrence.rs");
    let rules = tests.split('"').filter(|text| text.starts_with("FREQ="));
    rules.map(|rule| [&[0, 128], rule.as_bytes()].concat())
}

/// A day of the 180 years from 1900 on.
fn start_of(number: u16) -> Date {
    jiff::civil::date(1900, 1, 1).saturating_add(i32::from(number).days())
}

/// Whether a day has what the parts of a rule ask of every day. BYSETPOS only chooses among such.
fn fits(rule: &Rrule, day: Date) -> bool {
    let of_month = |place: i8| match place {
        0.. => day.day() == place,
        _ => day.day() == day.days_in_month() + 1 + place,
    };
    let weekdays = &rule.weekdays;
    (rule.months.is_empty() || rule.months.contains(&day.month()))
        && (rule.month_days.is_empty() || rule.month_days.iter().any(|place| of_month(*place)))
        && (weekdays.is_empty() || weekdays.iter().any(|named| named.weekday == day.weekday()))
}

/// A task that is completed on the day it is due comes again on the next day of the rule, until COUNT is used up.
fn follow(rule: &Rrule, start: Date, days: &[Date]) {
    let fits_column = rule.to_string().len() <= RecurrenceRule::MAX;
    if rule.until.is_some() || !fits_column {
        return;
    }
    let mut recurrence = Recurrence::new(RecurrenceRule::from(rule));
    let following = rule.count.map_or(usize::MAX, |count| usize::from(count) - 1);
    let mut due = start;
    for day in days.iter().take(following) {
        let next = recurrence.next(Some(due), due, None, &TimeZone::UTC);
        let Some((next, rest)) = next else { panic!("{rule} from {start} ends at {due}") };
        assert_eq!(next, *day, "{rule} from {start} at {due}");
        (due, recurrence) = (next, rest);
    }
    if days.len() >= following {
        let next = recurrence.next(Some(due), due, None, &TimeZone::UTC);
        assert_eq!(next, None, "{rule} from {start} goes on behind {due}");
    }
}

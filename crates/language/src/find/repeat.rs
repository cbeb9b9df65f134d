//! "every tuesday", "daily": on which days something repeats.
//!
//! What repeats in a way that a rule cannot say yet is claimed too, so that "tuesday" is not taken for one day.

use domain::{Frequency, NthWeekday, Rrule};
use jiff::civil::Weekday;

use super::{Phrase, Scan, date::day_number, number};
use crate::{
    Feature,
    chart::Meaning,
    due::Part,
    words::{self, Adverb, Unit},
};

/// On which days, and at which part of the day.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Repeat {
    pub rule: Rrule,
    pub part: Option<Part>,
}

/// A repetition that starts at a token.
pub(super) fn find(scan: &Scan<'_>, at: usize) -> Phrase<Meaning> {
    if let Some((end, repeat)) = adverb(scan, at).or_else(|| read(scan, at)) {
        // A rule without its bounds would be another rule.
        if !scan.is(end, words::BOUNDS_A_REPETITION) {
            return Some((end, Meaning::Repeat(Box::new(repeat))));
        }
        return Some((end, Meaning::Later(Feature::Repeat)));
    }
    let hourly = scan.after(at, words::HOURLY).filter(|&end| at > 0 && scan.closes(end));
    let end = hourly.or_else(|| every(scan, at))?;
    Some((end, Meaning::Later(Feature::Repeat)))
}

fn adverb(scan: &Scan<'_>, at: usize) -> Phrase<Repeat> {
    let end = Some(at + 1).filter(|&end| at > 0 && scan.closes(end))?;
    if scan.is(at, words::ON_DAYS) {
        let (_, weekdays) = weekdays(scan, at)?;
        let rule = Rrule { weekdays, ..Rrule::every(Frequency::Weekly) };
        return Some((end, Repeat { rule, part: None }));
    }
    let adverb = words::look_up(words::REPEATEDLY, scan.text(at))?;
    let Adverb { unit, count, part } = adverb;
    Some((end, Repeat { part, ..counted(count, unit)? }))
}

/// What follows "every", as far as a rule can say it.
fn read(scan: &Scan<'_>, at: usize) -> Phrase<Repeat> {
    let start = scan.after(at, words::EVERY)?;
    days_of_month(scan, start)
        .or_else(|| nth_weekday(scan, start))
        .or_else(|| {
            let other = scan.after(start, words::OTHER);
            let (from, interval) = other.map_or((start, 1), |next| (next, 2));
            let (end, weekdays) = weekdays(scan, from)?;
            let rule = Rrule { interval, weekdays, ..Rrule::every(Frequency::Weekly) };
            Some((end, Repeat { rule, part: None }))
        })
        .or_else(|| units(scan, start))
}

/// "15th", "2nd and 15th of the month".
fn days_of_month(scan: &Scan<'_>, start: usize) -> Phrase<Repeat> {
    let mut rule = Rrule::every(Frequency::Monthly);
    let mut next = start;
    let end = loop {
        let (end, day, ordinal) = day_number(scan, next)?;
        if !ordinal || scan.tokens[next].number().is_none() {
            return None; // "every 2 weeks", "every second friday"
        }
        rule.month_days.push(day);
        let joined = joiner(scan, end)
            .filter(|&next| scan.tokens.get(next).is_some_and(|token| token.number().is_some()));
        match joined {
            Some(joined) => next = joined,
            None => break end,
        }
    };
    let end = of_the_month(scan, end);
    let counts = scan.is(end, words::REPEAT_UNITS)
        || words::look_up(words::UNITS, scan.text(end)).is_some()
        || weekday(scan, end).is_some();
    (!counts).then_some((end, Repeat { rule, part: None }))
}

/// "2nd tuesday", "last friday of the month".
fn nth_weekday(scan: &Scan<'_>, start: usize) -> Phrase<Repeat> {
    let last = scan.after(start, words::LAST).map(|next| (next, -1));
    let (next, nth) = last.or_else(|| {
        let (next, nth, _) = day_number(scan, start).filter(|(_, _, ordinal)| *ordinal)?;
        Some((next, nth))
    })?;
    let named = NthWeekday { nth: Some(nth), weekday: weekday(scan, next)? };
    let rule = Rrule { weekdays: vec![named], ..Rrule::every(Frequency::Monthly) };
    let possible = (-5..=5).contains(&nth);
    possible.then(|| (of_the_month(scan, next + 1), Repeat { rule, part: None }))
}

fn of_the_month(scan: &Scan<'_>, at: usize) -> usize {
    let found = words::OF_THE_MONTH.iter().find_map(|phrase| scan.phrase(at, phrase));
    found.unwrap_or(at)
}

/// "mon, wed and fri", "weekday", "weekend".
fn weekdays(scan: &Scan<'_>, start: usize) -> Phrase<Vec<NthWeekday>> {
    let every = |weekday| NthWeekday { nth: None, weekday };
    if let Some(end) = scan.after(start, words::WORKDAYS) {
        let days = Weekday::Monday.cycle_forward().take(5);
        return Some((end, days.map(every).collect()));
    }
    if let Some(end) = scan.after(start, words::WEEKENDS) {
        return Some((end, vec![every(Weekday::Saturday)]));
    }
    let mut found = vec![every(weekday(scan, start)?)];
    let mut end = start + 1;
    while let Some(next) = joiner(scan, end) {
        let Some(weekday) = weekday(scan, next) else { break };
        found.push(every(weekday));
        end = next + 1;
    }
    Some((end, found))
}

fn joiner(scan: &Scan<'_>, at: usize) -> Option<usize> {
    let behind_comma = scan.after(at, &[","]);
    let next = behind_comma.unwrap_or(at);
    scan.after(next, words::JOINS_DAYS).or(behind_comma)
}

fn weekday(scan: &Scan<'_>, at: usize) -> Option<Weekday> {
    let text = scan.text(at);
    let singular = text.strip_suffix('s').unwrap_or(text);
    words::look_up(words::WEEKDAYS, text).or_else(|| words::look_up(words::WEEKDAYS, singular))
}

/// "day", "other week", "3 months", "2nd day", "morning".
fn units(scan: &Scan<'_>, start: usize) -> Phrase<Repeat> {
    if let Some(part) = words::look_up(words::PARTS, scan.text(start)) {
        return Some((start + 1, Repeat { part: Some(part), ..counted(1, Unit::Day)? }));
    }
    let counted_by = scan
        .after(start, words::OTHER)
        .map(|next| (next, 2))
        .or_else(|| number::small(scan, start).filter(|(next, _)| !scan.glued(*next)))
        .or_else(|| {
            let (next, day, ordinal) = day_number(scan, start)?;
            ordinal.then_some((next, i32::from(day)))
        });
    let (at, count) = counted_by.unwrap_or((start, 1));
    if scan.is(at, words::QUARTERS) {
        return Some((at + 1, counted(count * 3, Unit::Month)?));
    }
    if scan.is(at, words::FORTNIGHTS) {
        return Some((at + 1, counted(count * 2, Unit::Week)?));
    }
    let unit = words::look_up(words::UNITS, scan.text(at))?;
    Some((at + 1, counted(count, unit)?))
}

/// Every so many units; none for those shorter than a day.
fn counted(count: i32, unit: Unit) -> Option<Repeat> {
    let frequency = match unit {
        Unit::Day => Frequency::Daily,
        Unit::Week => Frequency::Weekly,
        Unit::Month => Frequency::Monthly,
        Unit::Year => Frequency::Yearly,
        Unit::Minute | Unit::Hour => return None,
    };
    let interval = u16::try_from(count).ok().filter(|count| *count > 0)?;
    Some(Repeat { rule: Rrule { interval, ..Rrule::every(frequency) }, part: None })
}

/// "every other tuesday", "each 2nd day", "every mon, wed and fri".
fn every(scan: &Scan<'_>, at: usize) -> Option<usize> {
    let mut end = scan.after(at, words::EVERY)?;
    let mut repeats = false;
    loop {
        let counts = scan.is(end, words::REPEAT_WORDS)
            || scan.tokens.get(end).is_some_and(|token| token.number().is_some());
        let joins = repeats && scan.is(end, &[",", "and", "&"]) && is_unit(scan, end + 1);
        if is_unit(scan, end) {
            repeats = true;
        } else if !counts && !joins {
            return repeats.then_some(end);
        }
        end += 1;
    }
}

/// What can be repeated: days, weekdays, weeks, months.
fn is_unit(scan: &Scan<'_>, at: usize) -> bool {
    let text = scan.text(at);
    let singular = text.strip_suffix('s').unwrap_or(text);
    scan.is(at, words::REPEAT_UNITS)
        || words::look_up(words::UNITS, text).is_some()
        || words::look_up(words::PARTS, text).is_some()
        || words::look_up(words::MONTHS, text).is_some()
        || words::look_up(words::WEEKDAYS, text).is_some()
        || words::look_up(words::WEEKDAYS, singular).is_some()
}

//! Counted from now or from a day: "in 3 days", "2 hours from now", "a week from tuesday", "3 days before may 2".

use jiff::{
    Span, ToSpan,
    civil::{Date, DateTime},
};

use super::{Phrase, Scan, date, number};
use crate::{
    Feature,
    chart::Meaning,
    words::{self, Unit},
};

/// A distance that starts at a token.
pub(super) fn find(scan: &Scan<'_>, at: usize) -> Phrase<Meaning> {
    let at = scan.skip(at, words::DUE);
    if let Some(start) = scan.after(at, words::IN) {
        let (end, amount, unit) = distance(scan, start)?;
        return Some((end, from_now(scan, amount, unit)?));
    }
    let start = scan.skip(at, words::BEFORE_A_DISTANCE);
    let (next, amount, unit) = distance(scan, start)?;
    if let Some(end) = from_now_phrase(scan, next) {
        return Some((end, from_now(scan, amount, unit)?));
    }
    from_a_day(scan, next, amount, unit).or_else(|| ahead_of_time(scan, next))
}

/// "3 days", "an hour", "half an hour", "a couple of weeks".
fn distance(scan: &Scan<'_>, at: usize) -> Option<(usize, i32, Unit)> {
    if let Some(end) = words::HALF_AN_HOUR.iter().find_map(|phrase| scan.phrase(at, phrase)) {
        return Some((end, 30, Unit::Minute));
    }
    let couple = words::A_COUPLE_OF.iter().find_map(|phrase| scan.phrase(at, phrase));
    let (next, amount) = couple.map(|end| (end, 2)).or_else(|| number::amount(scan, at))?;
    let unit = words::look_up(words::UNITS, scan.text(next))?;
    scan.ends_word(next + 1).then_some((next + 1, amount, unit))
}

/// The index behind "from now", "from today".
fn from_now_phrase(scan: &Scan<'_>, at: usize) -> Option<usize> {
    scan.after(scan.after(at, words::FROM)?, words::NOW)
}

fn from_now(scan: &Scan<'_>, amount: i32, unit: Unit) -> Option<Meaning> {
    let now = scan.context.now;
    if matches!(unit, Unit::Minute | Unit::Hour) {
        // Elapsed time, not clock time: two hours are two hours, whatever the clock does meanwhile.
        let moment: DateTime = now.checked_add(span(amount, unit)).ok()?.datetime();
        return Some(Meaning::Moment(moment.with().second(0).subsec_nanosecond(0).build().ok()?));
    }
    Some(Meaning::Day(now.date().checked_add(span(amount, unit)).ok()?))
}

/// "from tuesday", "after may 2", "before may 2".
fn from_a_day(scan: &Scan<'_>, at: usize, amount: i32, unit: Unit) -> Phrase<Meaning> {
    let backwards = scan.is(at, words::BEFORE);
    let start = scan.after(at, words::BEFORE).or_else(|| scan.after(at, words::FROM_OR_AFTER))?;
    let (end, day) = date::day(scan, start, true)?;
    let amount = if backwards { -amount } else { amount };
    let moved = |day: Date| day.checked_add(span(amount, unit)).ok();
    let whole_days = !matches!(unit, Unit::Minute | Unit::Hour);
    let meaning = match day {
        Ok(day) => Meaning::Day(moved(day).filter(|_| whole_days)?),
        Err(reason) => Meaning::BadDate(reason),
    };
    Some((end, meaning))
}

/// "30 minutes before", "an hour in advance": a reminder.
fn ahead_of_time(scan: &Scan<'_>, at: usize) -> Phrase<Meaning> {
    let end = words::AHEAD_OF_TIME.iter().find_map(|phrase| scan.phrase(at, phrase))?;
    Some((end, Meaning::Later(Feature::Remind)))
}

fn span(amount: i32, unit: Unit) -> Span {
    match unit {
        Unit::Minute => amount.minutes(),
        Unit::Hour => amount.hours(),
        Unit::Day => amount.days(),
        Unit::Week => amount.weeks(),
        Unit::Month => amount.months(),
        Unit::Year => amount.years(),
    }
}

//! Days: "tomorrow", "next friday", "jan 5", "27th", "2027-01-27".

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

use super::{Phrase, Scan, time};
use crate::{DateOrder, chart::Meaning, token::Kind, words};

/// A day, or a sentence to the user that says why there is no such day.
pub(super) type Day = Result<Date, String>;

/// A day that starts at a token, with its preposition.
pub(super) fn find(scan: &Scan<'_>, at: usize) -> Phrase<Meaning> {
    if let Some(moment) = iso_moment(scan, at) {
        return Some(moment);
    }
    let lead = lead(scan, at);
    if lead.is_none() && at > 0 && scan.is(at - 1, words::BARS_A_DAY) {
        return None;
    }
    let (end, day) = day(scan, lead.unwrap_or(at), lead.is_some())?;
    Some((end, day.map_or_else(Meaning::BadDate, Meaning::Day)))
}

/// The index behind "on", "by", "due", "due on".
pub(super) fn lead(scan: &Scan<'_>, at: usize) -> Option<usize> {
    let due = scan.after(at, words::DUE);
    let next = due.unwrap_or(at);
    scan.after(next, words::BEFORE_A_DAY).or(due)
}

/// A day that starts at a token. `led`: behind a preposition, where more is read as a day.
pub(super) fn day(scan: &Scan<'_>, at: usize, led: bool) -> Phrase<Day> {
    let found = [
        relative(scan, at),
        weekday(scan, at, led),
        next_week_or_month(scan, at),
        weekend(scan, at, led),
        month_day(scan, at),
        ordinal(scan, at, led),
        numeric(scan, at, led),
    ];
    let whole = found.into_iter().flatten().filter(|(end, _)| scan.ends_word(*end));
    whole.max_by_key(|(end, _)| *end)
}

fn today(scan: &Scan<'_>) -> Date {
    scan.context.now.date()
}

fn days_after(day: Date, days: i32) -> Option<Date> {
    day.checked_add(days.days()).ok()
}

/// "today", "tomorrow", "the day after tomorrow".
fn relative(scan: &Scan<'_>, at: usize) -> Phrase<Day> {
    let after_tomorrow = scan.skip(at, words::THE);
    if words::DAY_AFTER_TOMORROW
        .iter()
        .enumerate()
        .all(|(i, word)| scan.is(after_tomorrow + i, word))
    {
        let end = after_tomorrow + words::DAY_AFTER_TOMORROW.len();
        return Some((end, Ok(days_after(today(scan), 2)?)));
    }
    let days = words::look_up(words::DAYS, scan.text(at)).or_else(|| {
        words::look_up(words::DAYS_OR_NAMES, scan.text(at)).filter(|_| beside_a_time(scan, at))
    })?;
    Some((at + 1, Ok(days_after(today(scan), days)?)))
}

/// Whether a word that may be a name ("tom", "tod") is in lower case beside a clock time.
fn beside_a_time(scan: &Scan<'_>, at: usize) -> bool {
    let is_number = |at: usize| scan.tokens.get(at).is_some_and(|token| token.kind == Kind::Number);
    let behind = is_number(at + 1) || (scan.is(at + 1, words::BEFORE_A_TIME) && is_number(at + 2));
    let before = at > 0 && words::look_up(words::HALVES, scan.text(at - 1)).is_some();
    !scan.tokens[at].capital && (behind || before)
}

/// "friday", "this friday", "next friday", "friday next week", "next week friday", "friday, jan 5".
fn weekday(scan: &Scan<'_>, at: usize, led: bool) -> Phrase<Day> {
    if let Some(end) = scan.after(at, words::NEXT).and_then(|next| scan.after(next, words::WEEK)) {
        let name = scan.skip(end, words::BEFORE_A_DAY);
        let weekday = words::look_up(words::WEEKDAYS, scan.text(name))?;
        return Some((name + 1, Ok(of_week(scan, 1, weekday)?)));
    }
    let (this, next) = (scan.after(at, words::THIS), scan.after(at, words::NEXT));
    let coming = scan.after(this.unwrap_or(at), words::COMING);
    let name = coming.or(this).or(next).unwrap_or(at);
    let weekday = words::look_up(words::WEEKDAYS, scan.text(name))?;
    let end = name + 1;
    if let Some(dated) = dated_weekday(scan, end, weekday) {
        return Some(dated);
    }
    let week = scan.after(end, words::NEXT).or_else(|| scan.after(end, words::THIS));
    if let Some(week_end) = week.and_then(|week| scan.after(week, words::WEEK)) {
        return Some((week_end, Ok(of_week(scan, i32::from(scan.is(end, words::NEXT)), weekday)?)));
    }
    let framed = led || name > at || !is_name(scan, name);
    let day = match (this, next) {
        (_, Some(_)) => of_week(scan, 1, weekday)?,
        (Some(_), _) if coming.is_none() => {
            // A day of this week that is past cannot be meant.
            let day = of_week(scan, 0, weekday)?;
            if day < today(scan) { coming_weekday(scan, weekday)? } else { day }
        }
        _ => coming_weekday(scan, weekday)?,
    };
    framed.then_some((end, Ok(day)))
}

/// Whether a weekday is rather part of a name ("Friday Night Lights") or another word ("sun cream").
pub(super) fn is_name(scan: &Scan<'_>, at: usize) -> bool {
    let both_capitals = scan.tokens[at].capital
        && scan.tokens.get(at + 1).is_some_and(|next| next.capital && !scan.closes(at + 1));
    both_capitals
        || (scan.is(at, words::WEEKDAYS_OR_WORDS)
            && !beside_a_time(scan, at)
            && !scan.closes(at + 1))
}

/// The date behind a weekday, which must fall on it.
fn dated_weekday(scan: &Scan<'_>, at: usize, weekday: Weekday) -> Phrase<Day> {
    let start = scan.skip(at, &[","]);
    let (end, day) = month_day(scan, start).or_else(|| ordinal(scan, start, true))?;
    let day = day.and_then(|day| {
        let right = day.weekday() == weekday;
        right.then_some(day).ok_or_else(|| words::wrong_weekday(day, weekday))
    });
    Some((end, day))
}

/// The next such weekday that is not today.
fn coming_weekday(scan: &Scan<'_>, weekday: Weekday) -> Option<Date> {
    today(scan).nth_weekday(1, weekday).ok()
}

/// The weekday of this week, or of one some weeks on.
pub(super) fn of_week(scan: &Scan<'_>, weeks: i32, weekday: Weekday) -> Option<Date> {
    let first = scan.context.policy.week_start;
    let start = days_after(today(scan), -i32::from(today(scan).weekday().since(first)))?;
    days_after(start, weeks * 7 + i32::from(weekday.since(first)))
}

/// "next week", "next month", "next year": the first day.
fn next_week_or_month(scan: &Scan<'_>, at: usize) -> Phrase<Day> {
    let unit = scan.after(at, words::NEXT)?;
    let day = if scan.is(unit, words::WEEK) {
        of_week(scan, 1, scan.context.policy.week_start)?
    } else if scan.is(unit, words::MONTH) {
        days_after(today(scan).last_of_month(), 1)?
    } else {
        days_after(scan.after(unit, words::YEAR).map(|_| today(scan).last_of_year())?, 1)?
    };
    Some((unit + 1, Ok(day)))
}

/// "this weekend", "on the weekend", "next weekend": its Saturday; today when it has begun.
fn weekend(scan: &Scan<'_>, at: usize, led: bool) -> Phrase<Day> {
    let named = scan.after(at, words::THIS).or_else(|| scan.after(at, words::THE).filter(|_| led));
    let next = scan.after(at, words::NEXT);
    let end = scan.after(named.or(next)?, words::WEEKEND)?;
    let begun = matches!(today(scan).weekday(), Weekday::Saturday | Weekday::Sunday);
    let day = match next {
        Some(_) => of_week(scan, 1, Weekday::Saturday)?,
        None if begun => today(scan),
        None => coming_weekday(scan, Weekday::Saturday)?,
    };
    Some((end, Ok(day)))
}

/// "jan 5", "january 5th, 2027", "5 jan", "the 5th of january 2027".
fn month_day(scan: &Scan<'_>, at: usize) -> Phrase<Day> {
    let (end, month, day) = month_first(scan, at).or_else(|| day_first(scan, at))?;
    match year(scan, end) {
        Some((end, year)) => Some((end, exact(year, month, day)?)),
        None => Some((end, next_in_a_year(scan, month, day)?)),
    }
}

fn month_first(scan: &Scan<'_>, at: usize) -> Option<(usize, i8, i8)> {
    let month = words::look_up(words::MONTHS, scan.text(at))?;
    let (end, day, ordinal) = day_number(scan, scan.skip(at + 1, words::THE))?;
    let led = at > 0 && scan.is(at - 1, words::SURELY_BEFORE_A_DAY);
    let word = scan.is(at, words::MONTHS_OR_WORDS) && !scan.tokens[at].capital && !led;
    (!word || ordinal || scan.closes(end) || year(scan, end).is_some()).then_some((end, month, day))
}

fn day_first(scan: &Scan<'_>, at: usize) -> Option<(usize, i8, i8)> {
    let (end, day, _) = day_number(scan, scan.skip(at, words::THE))?;
    let name = scan.skip(end, words::OF);
    let month = words::look_up(words::MONTHS, scan.text(name))?;
    Some((name + 1, month, day))
}

/// A day of a month, and whether it is an ordinal: "5", "5th", "fifth", "twenty fifth".
pub(super) fn day_number(scan: &Scan<'_>, at: usize) -> Option<(usize, i8, bool)> {
    let token = scan.tokens.get(at)?;
    if let Some(number) = token.number() {
        let day = i8::try_from(number).ok().filter(|day| (1..=31).contains(day))?;
        let suffix = scan.after(at + 1, words::ORDINAL_ENDINGS).filter(|_| scan.glued(at + 1));
        let end = suffix.unwrap_or(at + 1);
        return scan.ends_word(end).then_some((end, day, suffix.is_some()));
    }
    let tens = words::look_up(words::NUMBERS, &token.text).filter(|tens| matches!(tens, 20 | 30));
    let units = words::look_up(words::ORDINALS, scan.text(at + 1)).filter(|units| *units < 10);
    if let (Some(tens), Some(units)) = (tens, units) {
        let day = i8::try_from(tens).ok()? + units;
        return (day <= 31).then_some((at + 2, day, true));
    }
    Some((at + 1, words::look_up(words::ORDINALS, &token.text)?, true))
}

/// A year of four digits that is not a clock time.
fn year(scan: &Scan<'_>, at: usize) -> Phrase<i16> {
    let at = scan.skip(at, &[","]);
    let year = scan.tokens.get(at)?.number().and_then(|year| i16::try_from(year).ok())?;
    let alone =
        scan.ends_word(at + 1) && words::look_up(words::HALVES, scan.text(at + 1)).is_none();
    (alone && (1900..2200).contains(&year)).then_some((at + 1, year))
}

/// "27th", "the 27th": the next such day. Without a preposition only where nothing follows: "27th birthday".
fn ordinal(scan: &Scan<'_>, at: usize, led: bool) -> Phrase<Day> {
    let start = if led { scan.skip(at, words::THE) } else { at };
    scan.tokens.get(start).filter(|token| token.kind == Kind::Number)?;
    let (end, day, _) = day_number(scan, start).filter(|(_, _, ordinal)| *ordinal)?;
    let begins = led && at <= 1;
    let read = begins || (scan.closes(end) && (led || at > 0));
    let months =
        (0..12).filter_map(|months| today(scan).first_of_month().checked_add(months.months()).ok());
    let mut days = months.filter_map(|month| Date::new(month.year(), month.month(), day).ok());
    read.then(|| Some((end, Ok(days.find(|day| *day >= today(scan))?))))?
}

/// "2027-01-27", "27/1/2027", "27.1.2027", "27/1".
fn numeric(scan: &Scan<'_>, at: usize, led: bool) -> Phrase<Day> {
    if let Some((end, [year, month, day])) =
        numbers(scan, at, &["-", "/"]).filter(|_| scan.text(at).len() == 4)
    {
        return Some((end, exact(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?)?));
    }
    if let Some((end, [first, second, year])) = numbers(scan, at, &["/", ".", "-"]) {
        let long = scan.text(end - 1).len() == 4;
        let short = scan.text(end - 1).len() == 2 && scan.is(at + 1, &["/"]);
        let year = if long { year } else { 2000 + year };
        let (month, day) = by_order(scan, first, second)?;
        return (long || short).then(|| Some((end, exact(year, month, day)?)))?;
    }
    let [first, second] = [two_digits(scan, at)?, two_digits(scan, at + 2)?];
    let joined = scan.is(at + 1, &["/"]) && scan.glued(at + 1) && scan.glued(at + 2);
    let fraction = words::FRACTIONS_OR_NAMES.contains(&(first, second))
        && !(at > 0 && scan.is(at - 1, words::SURELY_BEFORE_A_DAY));
    let read = joined && !fraction && scan.closes(at + 3) && (led || at > 0);
    let (month, day) = read.then(|| by_order(scan, first, second))??;
    Some((at + 3, next_in_a_year(scan, month, day)?))
}

/// Three numbers joined by the same sign.
fn numbers(scan: &Scan<'_>, at: usize, signs: &[&str]) -> Phrase<[i16; 3]> {
    let joined = scan.is(at + 1, signs)
        && scan.text(at + 3) == scan.text(at + 1)
        && (1..5).all(|offset| scan.glued(at + offset));
    let number = |at: usize| i16::try_from(scan.tokens.get(at)?.number()?).ok();
    joined.then(|| Some((at + 5, [number(at)?, number(at + 2)?, number(at + 4)?])))?
}

fn two_digits(scan: &Scan<'_>, at: usize) -> Option<i16> {
    let token = scan.tokens.get(at).filter(|token| token.text.len() <= 2)?;
    i16::try_from(token.number()?).ok()
}

/// Month and day of two numbers, in the user's order; in the other one when that alone makes a month.
fn by_order(scan: &Scan<'_>, first: i16, second: i16) -> Option<(i8, i8)> {
    let (month, day) = match scan.context.policy.date_order {
        DateOrder::DayMonthYear => (second, first),
        DateOrder::MonthDayYear => (first, second),
    };
    let (month, day) = if month > 12 { (day, month) } else { (month, day) };
    let fits = (1..=12).contains(&month) && (1..=31).contains(&day);
    fits.then(|| Some((i8::try_from(month).ok()?, i8::try_from(day).ok()?)))?
}

/// "2027-01-27T17:00".
fn iso_moment(scan: &Scan<'_>, at: usize) -> Phrase<Meaning> {
    let (end, [year, month, day]) =
        numbers(scan, at, &["-"]).filter(|_| scan.text(at).len() == 4)?;
    let day = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let start = scan.after(end, &["t"]).filter(|&start| scan.glued(end) && scan.glued(start))?;
    let (end, time) = time::iso(scan, start)?;
    Some((end, Meaning::Moment(day.to_datetime(time))))
}

/// A day of a given year; nothing when there is no such month at all.
fn exact(year: i16, month: i8, day: i8) -> Option<Day> {
    let first = Date::new(year, month, 1).ok()?;
    let lacks = (1..=31).contains(&day).then(|| words::no_such_day(first, day, true))?;
    Some(Date::new(year, month, day).map_err(|_| lacks))
}

/// The next such day, today included: 29 February may be years away.
fn next_in_a_year(scan: &Scan<'_>, month: i8, day: i8) -> Option<Day> {
    let this_year = today(scan).year();
    let mut days =
        (0..=8).filter_map(|years| Date::new(this_year.checked_add(years)?, month, day).ok());
    let next = days.find(|day| *day >= today(scan));
    let first = Date::new(this_year, month, 1).ok()?;
    Some(next.ok_or_else(|| words::no_such_day(first, day, false)))
}

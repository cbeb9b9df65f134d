//! "end of month", "eow", "eod", "mid january".

use jiff::civil::{Date, Weekday};

use super::{Phrase, Scan, date};
use crate::{
    chart::Meaning,
    words::{self, Unit},
};

/// The end or the middle of a stretch of time that starts at a token, with its preposition.
pub(super) fn find(scan: &Scan<'_>, at: usize) -> Phrase<Meaning> {
    let start = date::lead(scan, at).or_else(|| scan.after(at, words::AT)).unwrap_or(at);
    let start = scan.skip(start, words::THE);
    if let Some(unit) = words::look_up(words::ENDS, scan.text(start)) {
        return Some((start + 1, end_of(scan, unit, 0)?));
    }
    middle(scan, start).or_else(|| end(scan, start))
}

/// "mid january", "mid-january", "middle of january": its 15th.
fn middle(scan: &Scan<'_>, at: usize) -> Phrase<Meaning> {
    let hyphened = words::MID_PREFIXES.iter().find_map(|prefix| scan.text(at).strip_prefix(prefix));
    let apart = scan.after(at, words::MIDDLE).map(|next| scan.skip(next, words::OF));
    let (end, name) = match (hyphened, apart) {
        (Some(name), _) => (at + 1, name),
        (None, next) => (next? + 1, scan.text(next?)),
    };
    let month = coming_month(scan, words::look_up(words::MONTHS, name)?, 15)?;
    Some((end, Meaning::Day(month.with().day(15).build().ok()?)))
}

/// "end of the month", "end of next week", "end of january".
fn end(scan: &Scan<'_>, at: usize) -> Phrase<Meaning> {
    let start = scan.after(scan.after(at, words::END)?, words::OF)?;
    if let Some(month) = words::look_up(words::MONTHS, scan.text(start)) {
        return Some((start + 1, Meaning::Day(coming_month(scan, month, 28)?.last_of_month())));
    }
    let unit = scan.after(start, words::THE).or_else(|| scan.after(start, words::THIS));
    let next = scan.after(start, words::NEXT);
    let unit_at = unit.or(next).unwrap_or(start);
    let unit = words::look_up(words::UNITS, scan.text(unit_at))?;
    scan.closes(unit_at + 1)
        .then(|| Some((unit_at + 1, end_of(scan, unit, i32::from(next.is_some()))?)))?
}

fn end_of(scan: &Scan<'_>, unit: Unit, next: i32) -> Option<Meaning> {
    let today = scan.context.now.date();
    Some(match unit {
        Unit::Day if next == 0 => Meaning::Moment(today.to_datetime(scan.context.policy.day.end)),
        Unit::Week => {
            let friday = date::of_week(scan, next, Weekday::Friday)?;
            // On a weekend the week that ends is the coming one.
            let over = friday < today;
            Meaning::Day(if over { date::of_week(scan, 1, Weekday::Friday)? } else { friday })
        }
        Unit::Month if next == 0 => Meaning::Day(today.last_of_month()),
        Unit::Month => Meaning::Day(today.last_of_month().tomorrow().ok()?.last_of_month()),
        Unit::Year if next == 0 => Meaning::Day(today.last_of_year()),
        _ => return None,
    })
}

/// The first of the next such month whose `day` is not past.
fn coming_month(scan: &Scan<'_>, month: i8, day: i8) -> Option<Date> {
    let today = scan.context.now.date();
    let this_year = Date::new(today.year(), month, day).ok()?;
    let year = if this_year < today { today.year().checked_add(1)? } else { today.year() };
    Date::new(year, month, 1).ok()
}

//! "tonight", "this evening", "in the morning", and "morning" behind a day.

use super::{Phrase, Scan, date};
use crate::{chart::Meaning, due::Part, words};

/// A part of a day that starts at a token.
pub(super) fn find(scan: &Scan<'_>, at: usize) -> Phrase<Meaning> {
    let today = scan.context.now.date();
    if let Some(end) = scan.after(at, words::TONIGHT) {
        return Some((end, Meaning::PartOf(today, Part::Tonight)));
    }
    if let Some(next) = scan.after(at, words::THIS) {
        let part = words::look_up(words::PARTS, scan.text(next))?;
        return Some((next + 1, Meaning::PartOf(today, part)));
    }
    if let Some((end, part)) = phrase(scan, at) {
        return Some((end, Meaning::Part(part)));
    }
    let part = words::look_up(words::PARTS, scan.text(at))?;
    (at > 0 && is_day(scan, at - 1)).then_some((at + 1, Meaning::Part(part)))
}

/// "in the morning", "at night".
pub(super) fn phrase(scan: &Scan<'_>, at: usize) -> Phrase<Part> {
    if let Some(end) = scan.after(at, words::AT).and_then(|next| scan.after(next, words::NIGHT)) {
        return Some((end, Part::Night));
    }
    let part = scan.after(scan.after(at, words::IN)?, words::THE)?;
    Some((part + 1, words::look_up(words::PARTS, scan.text(part))?))
}

fn is_day(scan: &Scan<'_>, at: usize) -> bool {
    let text = scan.text(at);
    let weekday = words::look_up(words::WEEKDAYS, text).is_some();
    words::look_up(words::DAYS, text).is_some() || (weekday && !date::is_name(scan, at))
}

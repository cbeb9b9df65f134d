//! "every tuesday", "daily": understood, so that "tuesday" is not taken for one day, and not done yet.

use super::{Phrase, Scan};
use crate::{Feature, chart::Meaning, words};

/// A repetition that starts at a token.
pub(super) fn find(scan: &Scan<'_>, at: usize) -> Phrase<Meaning> {
    let adverb = scan.after(at, words::REPEATEDLY).filter(|&end| at > 0 && scan.closes(end));
    let end = adverb.or_else(|| every(scan, at))?;
    Some((end, Meaning::Later(Feature::Repeat)))
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

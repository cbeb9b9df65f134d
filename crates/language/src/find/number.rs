//! Small numbers, in digits or in words.

use super::{Phrase, Scan};
use crate::words;

/// How many of something: "3", "three", "a".
pub(super) fn amount(scan: &Scan<'_>, at: usize) -> Phrase<i32> {
    let article = scan.after(at, words::ARTICLES).map(|end| (end, 1));
    article.or_else(|| small(scan, at))
}

/// A number below a thousand.
pub(super) fn small(scan: &Scan<'_>, at: usize) -> Phrase<i32> {
    let token = scan.tokens.get(at)?;
    let digits = token.number().filter(|number| *number < 1_000);
    let digits = digits.and_then(|number| i32::try_from(number).ok());
    let number = digits.or_else(|| words::look_up(words::NUMBERS, &token.text))?;
    Some((at + 1, number))
}

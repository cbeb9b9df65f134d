//! `p1`, `!high`, `!!`, "high priority", "urgent".

use domain::Priority;

use super::{Phrase, Scan};
use crate::{chart::Meaning, words};

/// An importance that starts at a token.
pub(super) fn find(scan: &Scan<'_>, at: usize) -> Phrase<Meaning> {
    let (end, priority) =
        short(scan, at).or_else(|| marked(scan, at)).or_else(|| said(scan, at))?;
    Some((end, Meaning::Priority(priority)))
}

/// `p1` to `p4`; p4 is no priority.
fn short(scan: &Scan<'_>, at: usize) -> Phrase<Option<Priority>> {
    let number = scan.after(at, &["p"]).filter(|&number| scan.glued(number))?;
    Some((number + 1, level(scan.text(number))?))
}

/// `!high`, `!1`, `!!`; a mark that ends a word ("wow!") is none.
fn marked(scan: &Scan<'_>, at: usize) -> Phrase<Option<Priority>> {
    let next = scan.after(at, &["!"]).filter(|&next| !scan.glued(at) && scan.glued(next))?;
    if let Some(end) = scan.after(next, &["!"]) {
        let third = scan.after(end, &["!"]).filter(|_| scan.glued(end));
        return Some((third.unwrap_or(end), Some(Priority::High)));
    }
    Some((next + 1, named_level(scan.text(next))?))
}

/// "high priority", "with low prio", "priority 1", "priority: high", "urgent"; not "low priority inbox".
fn said(scan: &Scan<'_>, at: usize) -> Phrase<Option<Priority>> {
    let lead = scan.after(at, words::PRIORITY_LEADS).map(|lead| scan.skip(lead, words::ARTICLES));
    let first = lead.unwrap_or(at);
    let (end, priority) = level_then_noun(scan, first)
        .or_else(|| noun_then_level(scan, first))
        .or_else(|| alone(scan, first))?;
    let over = scan.closes(end) || scan.is(end, words::TASK_NOUNS);
    over.then_some((end, priority))
}

fn level_then_noun(scan: &Scan<'_>, at: usize) -> Phrase<Option<Priority>> {
    if let Some(level) = words::look_up(words::HYPHENED_LEVELS, scan.text(at)) {
        return Some((at + 1, Some(level)));
    }
    let level = words::look_up(words::LEVELS, scan.text(at))?;
    Some((scan.after(at + 1, words::PRIORITY_NOUNS)?, Some(level)))
}

fn noun_then_level(scan: &Scan<'_>, at: usize) -> Phrase<Option<Priority>> {
    let next = scan.skip(scan.after(at, words::PRIORITY_NOUNS)?, &[":"]);
    Some((next + 1, named_level(scan.text(next))?))
}

/// "urgent" only where a sentence ends, or begins and is set off: "reply to the urgent email" is a title.
fn alone(scan: &Scan<'_>, at: usize) -> Phrase<Option<Priority>> {
    let end = scan.after(at, words::URGENT)?;
    let begins = at == 0 && scan.is(end, &[":", ",", "!", "-"]);
    let ends = at > 0 && end == scan.tokens.len() && !scan.is(at - 1, words::BEFORE_ATTRIBUTE);
    (begins || ends).then_some((end, Some(Priority::High)))
}

fn named_level(word: &str) -> Option<Option<Priority>> {
    words::look_up(words::LEVELS, word).map(Some).or_else(|| level(word))
}

fn level(digit: &str) -> Option<Option<Priority>> {
    match digit {
        "1" => Some(Some(Priority::High)),
        "2" => Some(Some(Priority::Medium)),
        "3" => Some(Some(Priority::Low)),
        "4" => Some(None),
        _ => None,
    }
}

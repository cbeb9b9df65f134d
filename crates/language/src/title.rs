//! What no claim took, as typed.

use std::ops::Range;

use crate::{
    chart::{Claim, Meaning},
    find::Scan,
    token::Kind,
};

/// The runs of tokens in `range` that are not claimed; quoted text counts as not claimed.
pub(crate) fn unclaimed(claims: &[Claim], range: Range<usize>) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut start = range.start;
    let taken = claims.iter().filter(|claim| claim.meaning != Meaning::Literal);
    for claim in
        taken.filter(|claim| claim.tokens.start >= range.start && claim.tokens.end <= range.end)
    {
        runs.push(start..claim.tokens.start);
        start = claim.tokens.end;
    }
    runs.push(start..range.end);
    runs.retain(|run| !run.is_empty());
    runs
}

/// The runs as one line: each as typed, without the commas and dashes left where a claim was cut out, with a space between.
pub(crate) fn title(scan: &Scan<'_>, runs: &[Range<usize>], range: &Range<usize>) -> String {
    let trimmed = runs.iter().map(|run| {
        let start = if run.start > range.start { skip_signs(scan, run) } else { run.start };
        let end = if run.end < range.end { skip_last_signs(scan, start..run.end) } else { run.end };
        start..end
    });
    let texts = trimmed.filter(|run| !run.is_empty() && !is_seam(scan, run, range));
    let title = texts.map(|run| typed(scan, &run)).collect::<Vec<_>>().join(" ");
    one_line(&title)
}

/// The text of tokens, exactly as typed.
pub(crate) fn typed<'a>(scan: &Scan<'a>, tokens: &Range<usize>) -> &'a str {
    if tokens.is_empty() {
        return "";
    }
    &scan.typed[scan.tokens[tokens.start].range.start..scan.tokens[tokens.end - 1].range.end]
}

/// The text of one pair of quotes, when there is nothing else.
pub(crate) fn unquoted<'a>(
    scan: &Scan<'a>,
    claims: &[Claim],
    run: &Range<usize>,
) -> Option<&'a str> {
    let is_whole = |claim: &Claim| claim.meaning == Meaning::Literal && claim.tokens == *run;
    claims.iter().any(is_whole).then(|| typed(scan, &(run.start + 1..run.end - 1)))
}

const SEAM_SIGNS: &[&str] = &[",", ";", ":", "-"];
const OPENING: &[&str] = &["(", "["];
const CLOSING: &[&str] = &[")", "]"];

fn skip_signs(scan: &Scan<'_>, run: &Range<usize>) -> usize {
    let seam = |at: usize| scan.is(at, SEAM_SIGNS) || scan.is(at, CLOSING);
    run.clone().find(|&at| !seam(at)).unwrap_or(run.end)
}

fn skip_last_signs(scan: &Scan<'_>, run: Range<usize>) -> usize {
    let start = run.start;
    let seam = |at: usize| scan.is(at, SEAM_SIGNS) || scan.is(at, OPENING);
    run.rev().find(|&at| !seam(at)).map_or(start, |last| last + 1)
}

/// Whether a run is only the punctuation around a claim, such as the full stop behind the last one.
fn is_seam(scan: &Scan<'_>, run: &Range<usize>, range: &Range<usize>) -> bool {
    const ENDS: &[&str] = &[".", "!", "?", "..."];
    let all = run.len() == range.len();
    let tables = [ENDS, SEAM_SIGNS, OPENING, CLOSING];
    let sign = |at: usize| {
        tables.iter().any(|table| scan.is(at, table)) || scan.tokens[at].kind == Kind::Break
    };
    !all && run.clone().all(sign)
}

/// Line breaks and tabs as spaces: a title is one line.
fn one_line(text: &str) -> String {
    let breaks = |letter: char| letter.is_control() && letter.is_whitespace();
    let parts = text.split(breaks).map(str::trim).filter(|part| !part.is_empty());
    if text.contains(breaks) { parts.collect::<Vec<_>>().join(" ") } else { text.trim().to_owned() }
}

//! Which tasks a command names.

use std::ops::Range;

use domain::TaskNumber;

use crate::{
    Feature, Reason, Span, Target, Value,
    add::bytes,
    chart::{Claim, Meaning},
    find::Scan,
    title,
    token::Kind,
    words,
};

/// A target, what it was read from, and whether the sentence said that it is a task.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub target: Target,
    pub spans: Vec<Span>,
    pub is_task: bool,
}

/// The longest stretch of numbers ("3-40") that is taken for a list of tasks.
const LONGEST_RANGE: i64 = 50;
/// A sentence names at most so many tasks by number.
const MOST_NUMBERS: usize = 100;
/// A title said in passing has at most so many words and signs.
const LONGEST_WORDS: usize = 20;

/// Reads the hole of a frame.
///
/// # Errors
/// A reason to do nothing, when it does not name tasks, or not clearly.
pub(crate) fn read(scan: &Scan<'_>, claims: &[Claim], hole: Range<usize>) -> Result<Named, Reason> {
    let hole = trimmed(scan, hole);
    if hole.is_empty() {
        return Err(Reason::NoTarget);
    }
    if is_pronoun(scan, &hole) {
        return Ok(Named { target: Target::It, spans: Vec::new(), is_task: true });
    }
    if let Some((numbers, spans)) = numbers(scan, &hole) {
        return Ok(Named { target: Target::Numbers(numbers), spans, is_task: true });
    }
    by_words(scan, claims, hole)
}

/// Whether a hole names tasks without words.
pub(crate) fn is_reference(scan: &Scan<'_>, hole: Range<usize>) -> bool {
    let hole = trimmed(scan, hole);
    is_pronoun(scan, &hole) || numbers(scan, &hole).is_some()
}

fn trimmed(scan: &Scan<'_>, hole: Range<usize>) -> Range<usize> {
    let drop = |at: usize| {
        scan.is(at, &[",", ".", "!", ":", "-", "?"]) || scan.tokens[at].kind == Kind::Break
    };
    let start = hole.clone().find(|&at| !drop(at)).unwrap_or(hole.end);
    let ends = |at: usize| drop(at) || scan.is(at, words::TARGET_ENDS);
    let end = (start..hole.end).rev().find(|&at| !ends(at)).map_or(start, |last| last + 1);
    start..end
}

fn is_pronoun(scan: &Scan<'_>, hole: &Range<usize>) -> bool {
    words::PRONOUNS.iter().any(|phrase| scan.phrase(hole.start, phrase) == Some(hole.end))
}

/// "3", "#3", "task 3", "tasks 3, 4 and 5", "3-6": nothing else may stand there.
fn numbers(scan: &Scan<'_>, hole: &Range<usize>) -> Option<(Vec<TaskNumber>, Vec<Span>)> {
    let (mut numbers, mut spans) = (Vec::new(), Vec::new());
    let mut at = scan.skip(hole.start, words::TARGET_ARTICLES);
    loop {
        let noun = scan.after(at, words::TARGET_NOUNS);
        let start = scan.skip(noun.unwrap_or(at), words::NUMBER_SIGNS);
        let first = number(scan, start, noun.is_some())?;
        let mut end = start + 1;
        let mut last = first;
        if let Some(next) = scan.after(end, words::RANGE).filter(|_| end < hole.end) {
            let next = scan.skip(next, words::NUMBER_SIGNS);
            (last, end) = (number(scan, next, false)?, next + 1);
        }
        if numbers.len() > MOST_NUMBERS
            || end > hole.end
            || last < first
            || last - first > LONGEST_RANGE
            || !scan.ends_word(end)
        {
            return None;
        }
        for number in (first..=last).map(TaskNumber) {
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        let value = Value::Number(TaskNumber(first));
        spans.push(Span { range: bytes(scan, &(start..end)), value });
        if end == hole.end {
            return (numbers.len() <= MOST_NUMBERS).then_some((numbers, spans));
        }
        at = scan.after(end, words::AND)?;
        at = scan.skip(at, words::AND);
    }
}

fn number(scan: &Scan<'_>, at: usize, in_words: bool) -> Option<i64> {
    let token = scan.tokens.get(at)?;
    let said = || words::look_up(words::NUMBERS, &token.text).map(i64::from);
    let digits = (token.kind == Kind::Number).then(|| token.text.parse().ok()).flatten();
    let number = digits.or_else(|| in_words.then(said)?)?;
    (number > 0).then_some(number)
}

fn by_words(scan: &Scan<'_>, claims: &[Claim], hole: Range<usize>) -> Result<Named, Reason> {
    let named = |words: &str, is_task| {
        Ok(Named { target: Target::Words(words.to_owned()), spans: Vec::new(), is_task })
    };
    if let Some(quoted) = title::unquoted(scan, claims, &hole) {
        return named(quoted, true);
    }
    let start = scan.skip(hole.start, words::TARGET_ARTICLES);
    if is_bulk(scan, start, &hole) {
        return Err(Reason::ManyAtOnce);
    }
    let (words, is_task) = without_noun(scan, start..hole.end);
    if let Some(quoted) = title::unquoted(scan, claims, &words) {
        return named(quoted, true);
    }
    if words.clone().all(|at| scan.tokens[at].kind != Kind::Word) {
        return Err(if scan.is(words.start + 1, words::RANGE) {
            Reason::ManyAtOnce
        } else {
            Reason::NoTarget
        });
    }
    if words.clone().all(|at| scan.is(at, words::POSITIONS) || scan.tokens[at].kind == Kind::Number)
    {
        return Err(Reason::NotYet(Feature::Position));
    }
    let clear = words.len() <= LONGEST_WORDS
        && !hole
            .clone()
            .any(|at| scan.is(at, words::NOT_IN_A_TARGET) || is_second_command(scan, at))
        && (is_task || !(has_foreign(scan, &hole) || has_claims(claims, &words)));
    if clear { named(title::typed(scan, &words), is_task) } else { Err(Reason::OutOfScope) }
}

/// "all tasks", "everything", "my tasks", "3 tasks", "my shopping list".
fn is_bulk(scan: &Scan<'_>, start: usize, hole: &Range<usize>) -> bool {
    let last = hole.end - 1;
    let first = scan.is(start, words::BULK) || scan.is(hole.start, words::BULK);
    let tasks = scan.is(last, words::TARGET_NOUNS) && scan.text(last).ends_with('s');
    let state = |at: usize| {
        scan.is(at, words::DONE_WORDS)
            || scan.is(at, words::OPEN_WORDS)
            || scan.tokens[at].kind == Kind::Number
    };
    first || scan.is(last, words::LISTS) || (tasks && (start..last).all(state))
}

/// "3 as done and 4", "cheese and add milk to it": half of it is another command, one that is not understood.
fn is_second_command(scan: &Scan<'_>, at: usize) -> bool {
    let done = scan.is(at + 1, words::DONE_WORDS) || scan.is(at + 1, words::NOT);
    let joins = scan.is(at, words::SEPARATORS) || scan.tokens[at].kind == Kind::Break;
    (scan.is(at, words::AS) && done) || (joins && scan.is(at + 1, words::COMMANDS))
}

fn has_foreign(scan: &Scan<'_>, hole: &Range<usize>) -> bool {
    hole.clone().any(|at| scan.is(at, words::FOREIGN))
}

/// Whether more than a title is said: "finish the report tomorrow" is rather a new task, "remove #home" another command.
fn has_claims(claims: &[Claim], words: &Range<usize>) -> bool {
    claims.iter().any(|claim| {
        let inside = words.start <= claim.tokens.start && claim.tokens.end <= words.end;
        let last = claim.tokens.end == words.end && claim.tokens.start > words.start;
        let sigil = matches!(
            claim.meaning,
            Meaning::Tag(_) | Meaning::Priority(_) | Meaning::Description(_)
        );
        inside && (sigil || (last && claim.meaning.is_when()))
    })
}

/// Without "task", before or behind the words, and whether it was there.
fn without_noun(scan: &Scan<'_>, words: Range<usize>) -> (Range<usize>, bool) {
    let noun = scan.after(words.start, words::TARGET_NOUNS).filter(|_| words.len() > 1);
    if let Some(next) = noun {
        return (scan.skip(next, words::NAMED).min(words.end)..words.end, true);
    }
    if scan.is(words.end - 1, words::TARGET_NOUNS) {
        return (words.start..words.end - 1, true);
    }
    (words, false)
}

//! Sentences that show tasks: a beginning ("show me", "what is"), a sign that tasks are meant, and no word besides that is
//! not known. One unknown word before the noun is searched for ("show my shopping list").

use std::ops::Range;

use domain::Status;
use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

use crate::{
    Context, DueRange, List, Span, Value,
    add::bytes,
    chart::{Claim, Meaning, best_cover},
    find::Scan,
    title,
    token::Kind,
    words,
};

/// What a clause asks to be shown, and how surely.
pub(crate) fn read(
    scan: &Scan<'_>,
    claims: &[Claim],
    clause: Range<usize>,
) -> Option<(List, Vec<Span>, f32)> {
    let (lead, behind_lead) = lead(scan, &clause);
    let ranges = stretches(scan, &clause);
    let usable: Vec<Claim> = claims
        .iter()
        .filter(|claim| clause.start <= claim.tokens.start && claim.tokens.end <= clause.end)
        .filter(|claim| filters(&claim.meaning))
        .cloned()
        .collect();
    let cover = best_cover(&usable, clause.clone());
    let mut list = List { count_only: counts(scan, &clause), ..List::default() };
    let mut spans = Vec::new();
    for claim in &cover {
        apply(&mut list, &claim.meaning);
        spans.push(Span { range: bytes(scan, &claim.tokens), value: value(&claim.meaning)? });
    }
    if let Some((_, range)) = &ranges {
        list.due = Some(*range);
    }
    let search = search(scan, &clause);
    let known_end = search.as_ref().map_or(clause.end, |(start, _)| *start);
    let claimed = |at: usize| {
        cover.iter().any(|claim| claim.tokens.contains(&at))
            || ranges.as_ref().is_some_and(|(tokens, _)| tokens.contains(&at))
    };
    let unknown: Vec<usize> =
        (behind_lead..known_end).filter(|&at| !claimed(at) && !is_known(scan, at)).collect();
    let named = match unknown[..] {
        [] => None,
        [at] if at + 1 < clause.end && scan.is(at + 1, words::LIST_NOUNS) && lead != Lead::None => {
            Some(title::typed(scan, &(at..at + 1)).to_owned())
        }
        _ => return None,
    };
    let searches = search.is_some();
    list.words = search.map(|(_, words)| words).or(named);
    let has = |table: &[&str]| clause.clone().any(|at| scan.is(at, table));
    let noun = has(words::LIST_NOUNS)
        && clause.clone().any(|at| {
            scan.is(at, words::LIST_NOUNS) && (lead != Lead::None || is_plural(scan, at))
        });
    let to_do = clause
        .clone()
        .any(|at| words::TO_DO.iter().any(|phrase| scan.phrase(at, phrase).is_some()));
    let state = to_do
        || [words::OPEN_WORDS, words::DONE_WORDS, words::OVERDUE_WORDS, words::DUE_WORDS]
            .iter()
            .any(|table| has(table));
    let meant = match lead {
        Lead::Question => noun || state,
        Lead::Verb => noun || has(words::OVERDUE_WORDS),
        Lead::None => {
            noun && clause.clone().all(|at| {
                claimed(at)
                    || scan.is(at, words::LIST_PHRASE)
                    || scan.is(at, words::LIST_NOUNS)
                    || ranges.is_some()
                    || is_state(scan, at)
            })
        }
    };
    if !meant {
        return None;
    }
    list.status = status(scan, &clause);
    // What is searched for may be done already.
    if searches && !(clause.start..known_end).any(|at| is_state(scan, at)) {
        list.status = None;
    }
    let overdue = has(words::OVERDUE_WORDS);
    if overdue {
        list.due = Some(DueRange::Overdue);
    }
    if todays(scan, &clause).is_some() && list.due.is_none() {
        list.due = todays(scan, &clause);
    }
    // "what did I finish today" asks for the day of completion, which is not the day it was due.
    if list.status == Some(Status::Done) && list.due.is_some() && !has(words::DUE_WORDS) {
        return None;
    }
    Some((list, spans, if lead == Lead::None { 0.7 } else { 0.9 }))
}

/// How a clause begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lead {
    /// "what", "how many", "do I have".
    Question,
    /// "show", "give me".
    Verb,
    /// With neither: "my tasks for today".
    None,
}

/// How a clause begins, and the index behind that.
fn lead(scan: &Scan<'_>, clause: &Range<usize>) -> (Lead, usize) {
    let behind = |table: &[&[&str]]| {
        let ends = table.iter().filter_map(|phrase| scan.phrase(clause.start, phrase));
        ends.filter(|&end| end <= clause.end).max()
    };
    if let Some(end) = behind(words::LIST_QUESTIONS) {
        return (Lead::Question, end);
    }
    behind(words::LIST_VERBS).map_or((Lead::None, clause.start), |end| (Lead::Verb, end))
}

/// Whether a claim can choose tasks.
fn filters(meaning: &Meaning) -> bool {
    matches!(
        meaning,
        Meaning::Day(_) | Meaning::PartOf(..) | Meaning::Priority(Some(_)) | Meaning::Tag(_)
    )
}

fn apply(list: &mut List, meaning: &Meaning) {
    match meaning {
        Meaning::Day(day) | Meaning::PartOf(day, _) => {
            list.due = Some(DueRange::Days { first: *day, last: *day });
        }
        Meaning::Priority(priority) => list.priority = *priority,
        Meaning::Tag(name) => list.tags.push(name.clone()),
        _ => {}
    }
}

fn value(meaning: &Meaning) -> Option<Value> {
    Some(match meaning {
        Meaning::Day(day) | Meaning::PartOf(day, _) => Value::Date(*day),
        Meaning::Priority(priority) => Value::Priority(*priority),
        Meaning::Tag(name) => Value::Tag(name.clone()),
        _ => return None,
    })
}

fn counts(scan: &Scan<'_>, clause: &Range<usize>) -> bool {
    words::HOW_MANY.iter().any(|phrase| clause.clone().any(|at| scan.phrase(at, phrase).is_some()))
}

fn is_known(scan: &Scan<'_>, at: usize) -> bool {
    [words::LIST_WORDS, words::LIST_NOUNS, words::TODAYS_WORDS]
        .iter()
        .any(|table| scan.is(at, table))
        || is_state(scan, at)
        || scan.tokens[at].kind == Kind::Break
}

fn is_state(scan: &Scan<'_>, at: usize) -> bool {
    [words::OPEN_WORDS, words::DONE_WORDS, words::OVERDUE_WORDS, words::DUE_WORDS]
        .iter()
        .any(|table| scan.is(at, table))
}

fn is_plural(scan: &Scan<'_>, at: usize) -> bool {
    scan.text(at).ends_with('s') || scan.text(at).ends_with("list")
}

/// Open unless all or the done ones are asked for.
fn status(scan: &Scan<'_>, clause: &Range<usize>) -> Option<Status> {
    let done = clause.clone().any(|at| {
        scan.is(at, words::DONE_WORDS)
            && !(at > clause.start && scan.is(at - 1, words::NEGATIONS))
            && !(at > clause.start + 1 && scan.is(at - 2, words::STRONG_NEGATIONS))
    });
    let has = |table: &[&str]| clause.clone().any(|at| scan.is(at, table));
    let undone = clause.clone().any(|at| scan.is(at, words::DONE_WORDS)) && !done;
    let open =
        has(words::OPEN_WORDS) || undone || has(words::DUE_WORDS) || has(words::OVERDUE_WORDS);
    let to_do = clause
        .clone()
        .any(|at| words::TO_DO.iter().any(|phrase| scan.phrase(at, phrase).is_some()))
        && !has(words::LISTS);
    match (done, open) {
        (true, false) => Some(Status::Done),
        (true, true) => None,
        (false, false) if has(words::ALL) && !to_do => None,
        (false, _) => Some(Status::Open),
    }
}

/// "about the garden": what follows is searched for. The index where it starts, and the words.
fn search(scan: &Scan<'_>, clause: &Range<usize>) -> Option<(usize, String)> {
    let noun = clause.clone().rev().find(|&at| scan.is(at, words::LIST_NOUNS))?;
    let lead = scan.after(noun + 1, words::LIST_SEARCH)?;
    let start = scan.skip(scan.skip(lead, words::THE), words::WORD_NOUNS);
    let known = (start..clause.end).all(|at| is_known(scan, at));
    let text = title::typed(scan, &(start..clause.end)).trim_matches('"').to_owned();
    (!known && start < clause.end && scan.is(noun + 1, words::SURE_SEARCH))
        .then_some((noun + 1, text))
}

/// "this week", "next month", "this weekend": its tokens and days.
fn stretches(scan: &Scan<'_>, clause: &Range<usize>) -> Option<(Range<usize>, DueRange)> {
    clause.clone().find_map(|at| {
        let next = scan.after(at, words::NEXT);
        let start = next.or_else(|| scan.after(at, words::THIS))?;
        let context = &scan.context;
        let (first, last) = match () {
            () if scan.is(start, words::WEEK) => week(context, i32::from(next.is_some()))?,
            () if scan.is(start, words::WEEKEND) => weekend(context, i32::from(next.is_some()))?,
            () if scan.is(start, words::MONTH) => month(context, i32::from(next.is_some()))?,
            () => return None,
        };
        let lead = at > clause.start && scan.is(at - 1, words::BEFORE_A_DAY);
        Some((at - usize::from(lead)..start + 1, DueRange::Days { first, last }))
    })
}

fn week(context: &Context<'_>, weeks: i32) -> Option<(Date, Date)> {
    let today = context.now.date();
    let passed = i32::from(today.weekday().since(context.policy.week_start));
    let first = today.checked_add((weeks * 7 - passed).days()).ok()?;
    Some((first, first.checked_add(6.days()).ok()?))
}

fn weekend(context: &Context<'_>, weeks: i32) -> Option<(Date, Date)> {
    let today = context.now.date();
    let passed = i32::from(today.weekday().since(Weekday::Monday));
    let first = today.checked_add((weeks * 7 + 5 - passed).days()).ok()?;
    Some((first, first.tomorrow().ok()?))
}

fn month(context: &Context<'_>, months: i32) -> Option<(Date, Date)> {
    let first = context.now.date().first_of_month().checked_add(months.months()).ok()?;
    Some((first, first.last_of_month()))
}

/// "today's tasks".
fn todays(scan: &Scan<'_>, clause: &Range<usize>) -> Option<DueRange> {
    let days = clause.clone().find_map(|at| words::look_up(words::TODAYS, scan.text(at)))?;
    let day = scan.context.now.date().checked_add(days.days()).ok()?;
    Some(DueRange::Days { first: day, last: day })
}

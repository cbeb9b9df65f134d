//! Sentences that show tasks: a beginning ("show me", "what is"), a sign that tasks are meant, and no word besides that is
//! not known. One unknown word before the noun is searched for ("show my shopping list").

use std::ops::Range;

use domain::{Priority, Status};
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
    let reading = Reading::of(scan, claims, clause);
    let named = reading.named()?;
    if !reading.is_about_tasks() {
        return None;
    }
    let words = reading.search.as_ref().map(|(_, words)| words.clone());
    let urgent = named.as_ref().is_some_and(|word| words::URGENT.contains(&word.as_str()));
    let mut list = List {
        status: reading.status(),
        due: reading.due(),
        count_only: reading.counts(),
        words: words.or(named.filter(|_| !urgent)),
        priority: urgent.then_some(Priority::High),
        ..List::default()
    };
    let mut spans = Vec::new();
    for claim in &reading.cover {
        match &claim.meaning {
            Meaning::Priority(priority) => list.priority = *priority,
            Meaning::Tag(name) => list.tags.push(name.clone()),
            _ => {}
        }
        spans.push(Span { range: bytes(scan, &claim.tokens), value: value(&claim.meaning)? });
    }
    // "what did I finish today" asks for the day of completion, which is not the day it was due.
    let by_completion = list.status == Some(Status::Done) && list.due.is_some();
    if by_completion && !reading.has(words::DUE_WORDS) {
        return None;
    }
    Some((list, spans, if reading.lead == Lead::None { 0.7 } else { 0.9 }))
}

/// A clause as a sentence that shows tasks.
struct Reading<'a, 's> {
    scan: &'a Scan<'s>,
    clause: Range<usize>,
    lead: Lead,
    behind_lead: usize,
    /// Days, tags and priorities.
    cover: Vec<Claim>,
    /// "this week" and such: its tokens and days.
    stretch: Option<(Range<usize>, DueRange)>,
    /// Words to search for, and where they start with their preposition.
    search: Option<(usize, String)>,
    /// For each token of the clause, whether it is part of one of these.
    claimed: Vec<bool>,
}

impl<'a, 's> Reading<'a, 's> {
    fn of(scan: &'a Scan<'s>, claims: &[Claim], clause: Range<usize>) -> Self {
        let (lead, behind_lead) = lead(scan, &clause);
        let inside = |claim: &&Claim| {
            clause.start <= claim.tokens.start
                && claim.tokens.end <= clause.end
                && filters(&claim.meaning)
        };
        let usable: Vec<Claim> = claims.iter().filter(inside).cloned().collect();
        let cover = best_cover(&usable, clause.clone());
        let (stretch, search) = (stretch(scan, &clause), search(scan, &clause));
        let mut claimed = vec![false; clause.len()];
        let ranges =
            cover.iter().map(|claim| &claim.tokens).chain(stretch.iter().map(|(tokens, _)| tokens));
        for tokens in ranges {
            claimed[tokens.start - clause.start..tokens.end - clause.start].fill(true);
        }
        Self { scan, clause, lead, behind_lead, cover, stretch, search, claimed }
    }

    fn any(&self, is: impl Fn(usize) -> bool) -> bool {
        self.clause.clone().any(is)
    }

    fn has(&self, table: &[&str]) -> bool {
        self.any(|at| self.scan.is(at, table))
    }

    fn has_phrase(&self, table: &[&[&str]]) -> bool {
        self.any(|at| table.iter().any(|phrase| self.scan.phrase(at, phrase).is_some()))
    }

    /// The end of what is not searched for.
    fn known_end(&self) -> usize {
        self.search.as_ref().map_or(self.clause.end, |(start, _)| *start)
    }

    fn is_claimed(&self, at: usize) -> bool {
        self.claimed[at - self.clause.start]
    }

    /// The unknown word before the noun ("my shopping list"); `None` when there are others, and so another meaning.
    fn named(&self) -> Option<Option<String>> {
        let is_unknown = |&at: &usize| !self.is_claimed(at) && !is_known(self.scan, at);
        let mut unknown = (self.behind_lead..self.known_end()).filter(is_unknown);
        let Some(at) = unknown.next() else { return Some(None) };
        let before_noun = at + 1 < self.clause.end && self.scan.is(at + 1, words::LIST_NOUNS);
        let name = title::typed(self.scan, &(at..at + 1)).to_owned();
        (before_noun && self.lead != Lead::None && unknown.next().is_none()).then_some(Some(name))
    }

    fn is_about_tasks(&self) -> bool {
        let noun = |at: usize| {
            self.scan.is(at, words::LIST_NOUNS)
                && (self.lead != Lead::None || is_plural(self.scan, at))
        };
        match self.lead {
            Lead::Question => {
                self.any(noun)
                    || self.has_phrase(words::TO_DO)
                    || self.any(|at| is_state(self.scan, at))
            }
            Lead::Verb => self.any(noun) || self.has(words::OVERDUE_WORDS) || self.is_everything(),
            Lead::None => {
                let fits = |at: usize| {
                    self.is_claimed(at)
                        || is_state(self.scan, at)
                        || [words::LIST_PHRASE, words::LIST_NOUNS]
                            .iter()
                            .any(|table| self.scan.is(at, table))
                };
                self.any(noun) && (self.clause.start..self.known_end()).all(fits)
            }
        }
    }

    /// "show me everything".
    fn is_everything(&self) -> bool {
        let rest = self.behind_lead..self.clause.end;
        self.has(words::ALL)
            && rest.clone().all(|at| self.scan.is(at, words::ALL) || self.scan.is(at, words::ME))
    }

    fn counts(&self) -> bool {
        self.has_phrase(words::HOW_MANY)
    }

    /// Open unless all or the done ones are asked for, or words, which may be those of a task that is done.
    fn status(&self) -> Option<Status> {
        let scan = self.scan;
        let is_done = |at: usize| scan.is(at, words::DONE_WORDS);
        let negated = |at: usize| {
            at > self.clause.start
                && (scan.is(at - 1, words::NEGATIONS)
                    || (at - 1 > self.clause.start && scan.is(at - 2, words::STRONG_NEGATIONS)))
        };
        let done = self.any(|at| is_done(at) && !negated(at));
        let open = [words::OPEN_WORDS, words::DUE_WORDS, words::OVERDUE_WORDS]
            .iter()
            .any(|table| self.has(table))
            || (self.any(is_done) && !done);
        let all = self.search.is_some()
            || (self.has(words::ALL) && (self.has(words::LISTS) || !self.has_phrase(words::TO_DO)));
        match (done, open) {
            (true, false) => Some(Status::Done),
            (true, true) => None,
            (false, false) if all => None,
            (false, _) => Some(Status::Open),
        }
    }

    fn due(&self) -> Option<DueRange> {
        if self.has(words::OVERDUE_WORDS) {
            return Some(DueRange::Overdue);
        }
        let stretch = self.stretch.as_ref().map(|(_, range)| *range);
        let day = self.cover.iter().find_map(|claim| self.day(claim));
        stretch.or(day).or_else(|| todays(self.scan, &self.clause))
    }

    /// The day of a claim; "by friday" is every day up to it, "before friday" up to the day before.
    fn day(&self, claim: &Claim) -> Option<DueRange> {
        let (Meaning::Day(day) | Meaning::PartOf(day, _)) = claim.meaning else { return None };
        let says = |table: &[&str]| claim.tokens.clone().any(|at| self.scan.is(at, table));
        let today = self.scan.context.now.date();
        let last = if says(words::BEFORE) { day.yesterday().ok()? } else { day };
        let until = (says(words::BEFORE) || says(words::BY)) && last >= today;
        Some(DueRange::Days { first: if until { today } else { last }, last })
    }
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

fn value(meaning: &Meaning) -> Option<Value> {
    Some(match meaning {
        Meaning::Day(day) | Meaning::PartOf(day, _) => Value::Date(*day),
        Meaning::Priority(priority) => Value::Priority(*priority),
        Meaning::Tag(name) => Value::Tag(name.clone()),
        _ => return None,
    })
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
fn stretch(scan: &Scan<'_>, clause: &Range<usize>) -> Option<(Range<usize>, DueRange)> {
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
    let day = context.now.date().checked_add((weeks * 7).days()).ok()?;
    context.policy.week_of(day)
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

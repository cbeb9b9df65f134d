//! A task to add, from its claims and what they leave.

use std::{collections::BTreeSet, ops::Range};

use domain::RecurrenceRule;

use crate::{
    Add, Feature, QuickAdd, Reason, Span, Value,
    chart::{Claim, Meaning, best_cover},
    due::{Resolved, When},
    find::{Scan, claims},
    title, words,
};

/// Where in a clause the words of a task stand.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The whole clause.
    pub clause: Range<usize>,
    /// Before the frame; must be claimed whole ("tomorrow remind me to …").
    pub lead: Range<usize>,
    /// The hole of the frame: the title, and more claims.
    pub hole: Range<usize>,
    /// Behind the frame; must be claimed whole ("add milk to my list for tomorrow").
    pub tail: Range<usize>,
}

/// The task of the quick-add box: what is not understood stays title.
pub(crate) fn quick(scan: &Scan<'_>, ignore: &[Range<usize>]) -> QuickAdd {
    let whole = 0..scan.tokens.len();
    let is_ignored = |claim: &Claim| {
        let bytes = bytes(scan, &claim.tokens);
        ignore.iter().any(|text| text.start < bytes.end && bytes.start < text.end)
    };
    let mut all = claims(scan);
    all.retain(|claim| !is_ignored(claim));
    let mut cover = best_cover(&all, whole.clone());
    if cover.iter().any(|claim| claim.meaning == Meaning::Later(Feature::Repeat)) {
        // "every tuesday at 9" is one thing: a task for the next 9 o'clock would be wrong.
        all.retain(|claim| !claim.meaning.is_when());
        cover = best_cover(&all, whole.clone());
    }
    cover.retain(|claim| !matches!(claim.meaning, Meaning::Later(_) | Meaning::BadDate(_)));
    let runs = title::unclaimed(&cover, whole.clone());
    let title = match &runs[..] {
        [run] => title::unquoted(scan, &cover, run).map(str::to_owned),
        _ => None,
    };
    let title = title.unwrap_or_else(|| title::title(scan, &runs, &whole));
    let (add, spans) = filled(scan, &cover, title);
    QuickAdd { add, spans }
}

/// The task of a sentence in the chat.
///
/// # Errors
/// A reason to do nothing, when a part is understood and cannot be done, or words outside the hole are not understood.
pub(crate) fn said(
    scan: &Scan<'_>,
    claims: &[Claim],
    place: &Place,
) -> Result<(Add, Vec<Span>), Reason> {
    let Place { clause, lead, hole, tail } = place;
    let hole = with_preposition(claims, hole);
    let inside = |tokens: &Range<usize>| {
        [lead, &hole, tail].iter().any(|part| part.start <= tokens.start && tokens.end <= part.end)
    };
    let mut usable = claims.to_vec();
    usable.retain(|claim| inside(&claim.tokens));
    let cover = best_cover(&usable, clause.clone());
    for claim in &cover {
        match &claim.meaning {
            Meaning::Later(feature) => return Err(Reason::NotYet(*feature)),
            Meaning::BadDate(text) => return Err(Reason::BadDate(text.clone())),
            _ => {}
        }
    }
    let forgotten =
        [lead, tail].into_iter().flat_map(|part| title::unclaimed(&cover, part.clone()));
    if forgotten.flatten().any(|at| scan.tokens[at].kind != crate::token::Kind::Sign) {
        return Err(Reason::OutOfScope);
    }
    let mut runs = title::unclaimed(&cover, hole.clone());
    if let Some(first) = runs.first_mut() {
        first.start = title_start(scan, first, hole.start, !lead.is_empty());
    }
    runs.retain(|run| !run.is_empty());
    let title = match &runs[..] {
        [run] => title::unquoted(scan, &cover, run).map(str::to_owned),
        _ => None,
    };
    let title = title.unwrap_or_else(|| title::title(scan, &runs, &hole));
    Ok(filled(scan, &cover, title))
}

/// The hole with the preposition that the frame took from a date: "set a reminder for 5 to call mom".
fn with_preposition(claims: &[Claim], hole: &Range<usize>) -> Range<usize> {
    let before = hole.start.checked_sub(1).filter(|&before| {
        claims.iter().any(|claim| claim.tokens.start == before && claim.meaning.is_when())
    });
    before.unwrap_or(hole.start)..hole.end
}

/// Where the title starts: behind a colon, and behind the "to" of "remind me tomorrow to call mom".
fn title_start(scan: &Scan<'_>, run: &Range<usize>, hole: usize, led: bool) -> usize {
    let signs = |start: usize| {
        (start..run.end).find(|&at| !scan.is(at, &[":", ",", "-", ";"])).unwrap_or(run.end)
    };
    let start = signs(run.start);
    let behind_a_claim = run.start > hole || led;
    let linked =
        scan.after(start, words::BEFORE_A_TITLE).filter(|&next| behind_a_claim && next < run.end);
    signs(linked.unwrap_or(start))
}

/// The task that claims make with a title.
fn filled(scan: &Scan<'_>, cover: &[Claim], title: String) -> (Add, Vec<Span>) {
    let mut add = Add { title, ..Add::default() };
    let mut when = When::default();
    let mut repeat = None;
    let mut seen = BTreeSet::new();
    for claim in cover {
        match &claim.meaning {
            Meaning::Day(day) => when.day = Some(*day),
            Meaning::Clock(clock) => when.clock = Some(*clock),
            Meaning::Part(part) => when.part = Some(*part),
            Meaning::PartOf(day, part) => (when.day, when.part) = (Some(*day), Some(*part)),
            Meaning::Moment(moment) => when.moment = Some(*moment),
            Meaning::Priority(priority) => add.priority = *priority,
            Meaning::Tag(name) => {
                if seen.insert(name.to_lowercase()) {
                    add.tags.push(name.clone());
                }
            }
            Meaning::Description(text) => add.description = Some(text.clone()),
            Meaning::Repeat(said) => {
                when.part = said.part.or(when.part);
                repeat = Some(&said.rule);
            }
            Meaning::Literal | Meaning::BadDate(_) | Meaning::Later(_) => {}
        }
    }
    let resolved = match repeat {
        Some(rule) => when.first_of(rule, &scan.context),
        None => when.resolve(&scan.context),
    };
    add.recurrence = repeat.map(RecurrenceRule::from);
    let spans = cover.iter().filter_map(|claim| {
        let value = value(&claim.meaning, when, resolved.as_ref(), scan)?;
        Some(Span { range: bytes(scan, &claim.tokens), value })
    });
    let spans = spans.collect();
    add.due = resolved.map(|resolved| resolved.due);
    (add, spans)
}

/// What a claim means to the user, once all claims are known.
fn value(
    meaning: &Meaning,
    when: When,
    resolved: Option<&Resolved>,
    scan: &Scan<'_>,
) -> Option<Value> {
    let time = resolved.and_then(|resolved| resolved.time);
    Some(match meaning {
        Meaning::Day(day) => Value::Date(*day),
        Meaning::Clock(_) => Value::Time(time?),
        Meaning::Part(part) => {
            Value::Time(time.unwrap_or_else(|| part.time(&scan.context.policy.day)))
        }
        Meaning::PartOf(day, _) if when.clock.is_some() => Value::Date(*day),
        Meaning::PartOf(day, part) => {
            Value::DateTime(day.to_datetime(part.time(&scan.context.policy.day)))
        }
        Meaning::Moment(moment) => Value::DateTime(*moment),
        Meaning::Repeat(said) => Value::Repeat(RecurrenceRule::from(&said.rule)),
        Meaning::Priority(priority) => Value::Priority(*priority),
        Meaning::Tag(name) => Value::Tag(name.clone()),
        Meaning::Description(text) => Value::Description(text.clone()),
        Meaning::Literal | Meaning::BadDate(_) | Meaning::Later(_) => return None,
    })
}

/// The bytes of tokens in the text as typed.
pub(crate) fn bytes(scan: &Scan<'_>, tokens: &Range<usize>) -> Range<usize> {
    scan.tokens[tokens.start].range.start..scan.tokens[tokens.end - 1].range.end
}

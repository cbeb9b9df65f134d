//! One clause: the frame that fits, and the command that it makes.

use std::ops::Range;

use crate::{
    Command, Feature, List, NotUnderstood, Reason, Span, Target, Understood, Value,
    add::{self, Place},
    chart::{Claim, Meaning, starting_in},
    find::Scan,
    frame::{self, Act, Match},
    list, suggest, target, title,
    token::Kind,
    words,
};

/// What a clause means by itself.
pub(crate) fn read(scan: &Scan<'_>, claims: &[Claim], clause: Range<usize>) -> Understood {
    let clause = trimmed(scan, clause);
    // Each clause looks at its own claims only, else many clauses would take quadratic time.
    let claims = starting_in(claims, &clause);
    let understood = command(scan, claims, &clause)
        .map(|(command, spans, confidence)| Understood { command, spans, confidence });
    understood.unwrap_or_else(|reason| {
        let suggestions = suggest::suggestions(scan, &clause, &reason);
        let command = Command::NotUnderstood(NotUnderstood { reason, suggestions });
        Understood { command, spans: Vec::new(), confidence: 0.0 }
    })
}

/// Below this a command is not sure enough to be split off from a title before it.
pub(crate) const SURE: f32 = 0.8;

type Meant = (Command, Vec<Span>, f32);

fn command(scan: &Scan<'_>, claims: &[Claim], clause: &Range<usize>) -> Result<Meant, Reason> {
    let shape = Shape::of(scan, claims, clause);
    let fit = best_fit(scan, &shape);
    let whole_sentence = fit.as_ref().is_some_and(|fit| {
        matches!(fit.found.act, Act::Help | Act::Greeting | Act::Thanks | Act::Undo)
    });
    if !whole_sentence
        && let Some((list, spans, confidence)) =
            list::read(scan, claims, shape.polite..shape.polite_end)
    {
        return Ok((Command::List(list), spans, confidence));
    }
    match fit {
        Some(fit) => by_frame(scan, claims, &shape, &fit),
        None => bare(scan, claims, &shape),
    }
}

/// Where the parts of a clause begin and end.
struct Shape {
    clause: Range<usize>,
    /// Behind "please", "can you" and such.
    polite: usize,
    /// Before "please", "thanks".
    polite_end: usize,
    /// Behind the dates and times at the front.
    lead: usize,
    /// Before the dates, times, tags and priorities at the end.
    tail: usize,
}

impl Shape {
    fn of(scan: &Scan<'_>, claims: &[Claim], clause: &Range<usize>) -> Self {
        let polite = behind_politeness(scan, clause.start, clause.end);
        let polite_end = before_politeness(scan, polite..clause.end);
        let lead = behind_claims(scan, claims, polite, polite_end);
        Self {
            clause: clause.clone(),
            polite,
            polite_end,
            lead: if lead > polite { behind_politeness(scan, lead, polite_end) } else { polite },
            tail: before_claims(scan, claims, polite..polite_end),
        }
    }
}

fn trimmed(scan: &Scan<'_>, clause: Range<usize>) -> Range<usize> {
    let is_end = |at: usize| {
        scan.is(at, &[".", "?", "!", ",", ";", "..."]) || scan.tokens[at].kind == Kind::Break
    };
    let start = clause.clone().find(|&at| !is_end(at)).unwrap_or(clause.end);
    let end = (start..clause.end).rev().find(|&at| !is_end(at)).map_or(start, |last| last + 1);
    if start == end { clause } else { start..end }
}

/// Behind the words of politeness that stand at `start`, before `end`.
pub(crate) fn behind_politeness(scan: &Scan<'_>, start: usize, end: usize) -> usize {
    let mut at = start;
    loop {
        let phrases = words::POLITE.iter().filter_map(|phrase| scan.phrase(at, phrase));
        let wishes = words::WISHES.iter().filter_map(|phrase| scan.phrase(at, phrase));
        let wishes = wishes.filter(|&next| scan.is(next, words::WISHED));
        match phrases.chain(wishes).filter(|&next| next < end).max() {
            Some(next) => at = next,
            None => return at,
        }
    }
}

fn before_politeness(scan: &Scan<'_>, clause: Range<usize>) -> usize {
    let mut end = clause.end;
    loop {
        let shorter = words::POLITE_ENDS.iter().filter_map(|phrase| {
            let start = end.checked_sub(phrase.len()).filter(|&start| start > clause.start)?;
            scan.phrase(start, phrase).map(|_| start)
        });
        match shorter.min() {
            Some(shorter) if scan.is(shorter - 1, &[","]) && shorter - 1 > clause.start => {
                end = shorter - 1;
            }
            Some(shorter) => end = shorter,
            None => return end,
        }
    }
}

/// The longest way through claims that touch each other, from the front.
fn behind_claims(scan: &Scan<'_>, claims: &[Claim], start: usize, end: usize) -> usize {
    let mut at = start;
    for claim in claims.iter().filter(|claim| claim.tokens.end < end && claim.meaning.is_when()) {
        if claim.tokens.start <= at && claim.tokens.start >= start && claim.tokens.end > at {
            at = scan.skip(claim.tokens.end, &[","]);
        }
    }
    at
}

/// The same from the end, with tags and priorities.
fn before_claims(scan: &Scan<'_>, claims: &[Claim], clause: Range<usize>) -> usize {
    let mut at = clause.end;
    let mut by_end: Vec<&Claim> =
        claims.iter().filter(|claim| claim.meaning != Meaning::Literal).collect();
    by_end.sort_by_key(|claim| claim.tokens.end);
    for claim in by_end.into_iter().rev().filter(|claim| claim.tokens.start > clause.start) {
        if claim.tokens.end <= clause.end && claim.tokens.end >= at && claim.tokens.start < at {
            at = claim.tokens.start;
            if at > clause.start + 1 && scan.is(at - 1, &[","]) {
                at -= 1;
            }
        }
    }
    at
}

/// A frame and where the clause it fits begins and ends.
struct Fit {
    found: Match,
    frame: Range<usize>,
}

/// The best frame over the whole clause and over the clause without its politeness, or, for a new task, without the dates
/// around it.
fn best_fit(scan: &Scan<'_>, shape: &Shape) -> Option<Fit> {
    let Shape { clause, polite, polite_end, lead, tail } = shape;
    let attempts = [
        (clause.start..clause.end, false),
        (*polite..*polite_end, false),
        (*polite..*tail, true),
        (*lead..*polite_end, true),
        (*lead..*tail, true),
    ];
    let mut tried: Vec<Range<usize>> = Vec::new();
    let mut best: Option<Fit> = None;
    for (frame, only_adds) in attempts {
        if frame.is_empty() || tried.contains(&frame) {
            continue;
        }
        tried.push(frame.clone());
        let Some(mut found) = frame::best_match(&scan.tokens[frame.clone()], |hole| {
            target::is_reference(scan, hole.start + frame.start..hole.end + frame.start)
        }) else {
            continue;
        };
        found.hole = found.hole.start + frame.start..found.hole.end + frame.start;
        found.any = found.any.map(|at| at + frame.start);
        let adds = matches!(found.act, Act::Add | Act::AddIfAction | Act::Refuse);
        let better = best.as_ref().is_none_or(|best| {
            let equal_but_surer =
                found.words == best.found.words && best.found.act == Act::AddIfAction;
            found.words > best.found.words || equal_but_surer
        });
        if better && (adds || !only_adds) {
            best = Some(Fit { found, frame });
        }
    }
    best
}

fn by_frame(scan: &Scan<'_>, claims: &[Claim], shape: &Shape, fit: &Fit) -> Result<Meant, Reason> {
    let hole = fit.found.hole.clone();
    let named = || target::read(scan, claims, hole.clone());
    let on_target = |command: fn(Target) -> Command| {
        let named = named()?;
        let confidence = confidence(&named);
        Ok((command(named.target), named.spans, confidence))
    };
    let said = |command, confidence| Ok((command, Vec::new(), confidence));
    let whole = hole.is_empty() && fit.found.words == fit.frame.len();

    match fit.found.act {
        Act::Add => add(scan, claims, shape, fit, 0.9),
        Act::AddIfAction if is_action(scan, &hole) => add(scan, claims, shape, fit, 0.7),
        Act::AddIfAction | Act::Refuse => Err(Reason::OutOfScope),
        Act::Search => said(Command::List(search(scan, claims, hole)?), 0.8),

        // "it's done", "done!": a whole sentence without a hole is about what was done last.
        Act::Complete if whole && scan.is(fit.frame.end - 1, words::FINISHED) => {
            said(Command::Complete(Target::It), 0.75)
        }
        Act::Complete => on_target(Command::Complete),
        Act::Reopen => on_target(Command::Reopen),
        Act::Delete => on_target(Command::Delete),
        Act::Undo => said(Command::Undo { count: count(scan, &hole)? }, 0.9),
        Act::Help => said(Command::Help, 0.7),
        Act::Greeting => said(Command::Greeting, 0.7),
        Act::Thanks => said(Command::Thanks, 0.7),
        Act::Later(feature) => Err(Reason::NotYet(feature)),
        Act::Many => Err(Reason::ManyAtOnce),
    }
}

/// "is milk on my list": words to look for, in open and done tasks.
fn search(scan: &Scan<'_>, claims: &[Claim], hole: Range<usize>) -> Result<List, Reason> {
    let start = scan.skip(hole.start, words::ANY);
    if start >= hole.end || hole.clone().any(|at| scan.is(at, words::NOT_IN_A_TARGET)) {
        return Err(Reason::OutOfScope);
    }
    let words = title::unquoted(scan, claims, &(start..hole.end));
    let words = words.unwrap_or_else(|| title::typed(scan, &(start..hole.end)));
    Ok(List { words: Some(words.to_owned()), ..List::default() })
}

fn confidence(named: &target::Named) -> f32 {
    match (&named.target, named.is_task) {
        (Target::Numbers(_), _) => 1.0,
        (Target::Words(_), true) => 0.85,
        (Target::Words(_) | Target::It, _) => 0.75,
    }
}

fn add(
    scan: &Scan<'_>,
    claims: &[Claim],
    shape: &Shape,
    fit: &Fit,
    confidence: f32,
) -> Result<Meant, Reason> {
    let mut hole = fit.found.hole.clone();
    // Marks at the end of a statement belong to the title ("wow!"); the full stop, and the mark of a question, do not.
    let asked = shape.polite > shape.clause.start;
    let behind = |at: usize| scan.is(at, &["!"]) || (!asked && scan.is(at, &["?"]));
    while hole.end >= shape.clause.end
        && hole.end < scan.tokens.len()
        && behind(hole.end)
        && scan.glued(hole.end)
    {
        hole.end += 1;
    }
    let place = Place {
        clause: shape.clause.start..hole.end.max(shape.polite_end),
        lead: shape.polite..if fit.frame.start == shape.lead {
            lead_end(shape, fit)
        } else {
            shape.polite
        },
        tail: fit.frame.end..fit.frame.end.max(shape.polite_end),
        hole,
    };
    let (mut add, mut spans) = add::said(scan, claims, &place)?;
    // "add milk to my shopping list": a list of its own is a tag.
    let name =
        fit.found.any.filter(|_| fit.found.words > 0).map(|at| title::typed(scan, &(at..at + 1)));
    if let Some(name) = name {
        add.tags.push(name.to_owned());
    }
    // "add a high priority task to …"
    let frame = fit.frame.start..place.hole.start;
    let priority = claims.iter().find(|claim| {
        frame.start <= claim.tokens.start
            && claim.tokens.end <= frame.end
            && matches!(claim.meaning, Meaning::Priority(_))
    });
    if let Some(Claim { tokens, meaning: Meaning::Priority(priority) }) = priority {
        add.priority = *priority;
        spans
            .insert(0, Span { range: add::bytes(scan, tokens), value: Value::Priority(*priority) });
    }
    if is_sum(scan, &place.hole) {
        return Err(Reason::OutOfScope);
    }
    Ok((Command::Add(add), spans, confidence))
}

/// The end of the dates and times before the frame; none when the frame begins with the clause.
fn lead_end(shape: &Shape, fit: &Fit) -> usize {
    if shape.lead > shape.polite { fit.frame.start } else { shape.polite }
}

/// "add 2 and 2" is arithmetic.
fn is_sum(scan: &Scan<'_>, hole: &Range<usize>) -> bool {
    let number = |at: usize| {
        scan.tokens[at].kind == Kind::Number
            || words::look_up(words::NUMBERS, scan.text(at)).is_some()
    };
    let has_number = hole.clone().any(number);
    has_number
        && hole.clone().all(|at| {
            number(at) || scan.is(at, &["and", "plus", "to", "+", "=", "?", "by", "together"])
        })
}

/// A sentence without a frame is a task when it starts with what one does and says when, or has a tag or a priority.
fn bare(scan: &Scan<'_>, claims: &[Claim], shape: &Shape) -> Result<Meant, Reason> {
    let hole = shape.lead..shape.polite_end;
    let asked = scan.is(shape.clause.start, words::ASKING);
    if asked || !starts_with(scan, &hole, words::PLAIN_ACTIONS) {
        return Err(Reason::OutOfScope);
    }
    let fit = Fit {
        found: Match { act: Act::Add, hole: hole.clone(), words: 0, any: None },
        frame: hole,
    };
    let (command, spans, _) = add(scan, claims, shape, &fit, 0.6)?;
    if spans.is_empty() { Err(Reason::OutOfScope) } else { Ok((command, spans, 0.6)) }
}

/// Whether what is needed is something to do.
fn is_action(scan: &Scan<'_>, hole: &Range<usize>) -> bool {
    [words::PLAIN_ACTIONS, words::NEEDED_ACTIONS].iter().any(|verbs| starts_with(scan, hole, verbs))
}

fn starts_with(scan: &Scan<'_>, hole: &Range<usize>, verbs: &[&str]) -> bool {
    let verb = scan.skip(hole.start, words::TO_BEFORE_A_VERB);
    hole.len() > 1 && scan.is(verb, verbs) && !scan.is(verb + 1, words::FOR_ME_ALONE)
}

/// How many changes to undo: "", "2", "two changes".
fn count(scan: &Scan<'_>, hole: &Range<usize>) -> Result<u8, Reason> {
    let at = scan.skip(hole.start, words::THE);
    if hole.is_empty() {
        return Ok(1);
    }
    let token = &scan.tokens[at.min(hole.end - 1)];
    let said =
        words::look_up(words::NUMBERS, &token.text).and_then(|number| u8::try_from(number).ok());
    let number = token.number().and_then(|number| u8::try_from(number).ok()).or(said);
    let end = if number.is_some() { at + 1 } else { at };
    let rest = (end..hole.end).all(|at| scan.is(at, words::CHANGES));
    match number {
        Some(0) => Err(Reason::OutOfScope),
        _ if !rest => Err(Reason::NotYet(Feature::Position)),
        number => Ok(number.unwrap_or(1)),
    }
}

//! A sentence of the chat, split into clauses where each side stands as a command.

use std::ops::Range;

use crate::{
    Command, Target, Understanding, Understood,
    chart::{Claim, Meaning, starting_in},
    clause,
    find::{Scan, claims},
    token::Kind,
    words,
};

/// What a sentence means. One clause that is not understood, and nothing is done.
pub(crate) fn read(scan: &Scan<'_>) -> Understanding {
    let claims = claims(scan);
    let mut commands = joined(scan, &claims, groups(scan, &claims));
    if let Some(at) = commands.iter().position(|understood| is_not_understood(&understood.command))
    {
        return Understanding { commands: vec![commands.swap_remove(at)] };
    }
    // "hi, add milk", "delete 3, thanks": what is to be done counts.
    if commands.iter().any(|understood| !is_courtesy(&understood.command)) {
        commands.retain(|understood| !is_courtesy(&understood.command));
    } else {
        commands.truncate(1);
    }
    Understanding { commands }
}

fn is_not_understood(command: &Command) -> bool {
    matches!(command, Command::NotUnderstood(_))
}

fn is_courtesy(command: &Command) -> bool {
    matches!(command, Command::Greeting | Command::Thanks)
}

/// Reads each group. Where one is not understood alone, it may be the first half of a list of numbers: "tasks 3 and 4 are
/// done", whose second half reads as a sentence.
fn joined(scan: &Scan<'_>, claims: &[Claim], groups: Vec<Group>) -> Vec<Understood> {
    let mut commands = Vec::new();
    let mut rest = groups.into_iter().peekable();
    while let Some(group) = rest.next() {
        let alone = group.read.unwrap_or_else(|| clause::read(scan, claims, group.tokens.clone()));
        let next = rest.peek().filter(|_| is_not_understood(&alone.command));
        let whole =
            next.map(|next| clause::read(scan, claims, group.tokens.start..next.tokens.end));
        match whole.filter(|whole| names_numbers(&whole.command)) {
            Some(whole) => {
                rest.next();
                commands.push(whole);
            }
            None => commands.push(alone),
        }
    }
    commands
}

fn names_numbers(command: &Command) -> bool {
    use Command::{Complete, Delete, Reopen};
    matches!(
        command,
        Complete(Target::Numbers(_)) | Reopen(Target::Numbers(_)) | Delete(Target::Numbers(_))
    )
}

/// A run of segments, and what it means where that is known already.
struct Group {
    tokens: Range<usize>,
    read: Option<Understood>,
}

/// Runs of segments: a segment that stands as a command begins a run, any other belongs to the run before it.
fn groups(scan: &Scan<'_>, claims: &[Claim]) -> Vec<Group> {
    let segments = segments(scan, claims);
    let mut groups: Vec<Group> = Vec::new();
    let mut in_title = false;
    for segment in segments {
        let understood = clause::read(scan, claims, segment.clone());
        let stands = !is_not_understood(&understood.command) && understood.confidence > BARE;
        // "remind me to clean up and remove the trash" is one task: behind a title only what is sure is a command.
        let splits = stands && (!in_title || understood.confidence >= clause::SURE);
        match groups.last_mut() {
            Some(group) if !splits || is_preface(scan, claims, &group.tokens) => {
                *group = Group { tokens: group.tokens.start..segment.end, read: None };
            }
            _ => {
                // "add milk to my shopping list and remove bread": here the title ends before the list is named.
                let last = segment.end.saturating_sub(1);
                let list_named = scan.is(last, words::LISTS);
                in_title = matches!(understood.command, Command::Add(_)) && !list_named;
                groups.push(Group { tokens: segment, read: Some(understood) });
            }
        }
    }
    groups
}

/// Whether a group says only when, or is a word of politeness: "tomorrow at 5, remind me", "great, delete 3".
fn is_preface(scan: &Scan<'_>, claims: &[Claim], group: &Range<usize>) -> bool {
    let whens = starting_in(claims, group).iter().filter(|claim| claim.meaning.is_when());
    let behind = clause::behind_politeness(scan, group.start, group.end + 1);
    let says_when = |at: usize| {
        let holds = |claim: &Claim| claim.tokens.contains(&at) && claim.tokens.end <= group.end;
        whens.clone().any(holds) || scan.tokens[at].kind == Kind::Sign
    };
    let polite_only = behind >= group.end;
    polite_only || (group.len() <= LONGEST_PREFACE && (behind..group.end).all(says_when))
}

/// A longer one is not looked at.
const LONGEST_PREFACE: usize = 12;

/// The confidence of a sentence without a verb of commands.
const BARE: f32 = 0.6;

/// The text cut at every word and sign that can stand between clauses, outside quotes, dates and descriptions.
fn segments(scan: &Scan<'_>, claims: &[Claim]) -> Vec<Range<usize>> {
    let mut inside = vec![false; scan.tokens.len() + 1];
    for claim in claims
        .iter()
        .filter(|claim| claim.tokens.len() > 1 && !matches!(claim.meaning, Meaning::Clock(_)))
    {
        inside[claim.tokens.start + 1..claim.tokens.end].fill(true);
    }
    let separates = |at: usize| {
        let token = &scan.tokens[at];
        !inside[at]
            && (token.kind == Kind::Break
                || (token.is_in(words::SEPARATORS) && scan.ends_word(at + 1)))
    };
    let mut segments = Vec::new();
    let mut start = 0;
    for at in 0..scan.tokens.len() {
        if separates(at) {
            if start < at {
                segments.push(start..at);
            }
            start = at + 1;
        }
    }
    if start < scan.tokens.len() {
        segments.push(start..scan.tokens.len());
    }
    if segments.is_empty() {
        segments.push(0..scan.tokens.len());
    }
    segments
}

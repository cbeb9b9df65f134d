//! `#home`, `@phone`, "tagged work", "label it errands".

use domain::TagName;

use super::{Phrase, Scan};
use crate::{chart::Meaning, token::Kind, words};

/// A tag that starts at a token.
pub(super) fn find(scan: &Scan<'_>, at: usize) -> Phrase<Meaning> {
    sigil(scan, at).or_else(|| said(scan, at))
}

/// A sigil starts a word, and a letter follows: `C#`, `a@b.c` and `#12` are text.
fn sigil(scan: &Scan<'_>, at: usize) -> Phrase<Meaning> {
    let start = scan.after(at, &["#", "@"]).filter(|&start| scan.glued(start))?;
    scan.tokens.get(start).filter(|first| first.kind == Kind::Word)?;
    let mut end = start + 1;
    while continues(scan, end) {
        end += 1;
    }
    named(scan, start, end)
}

/// `#q3-goals`, `#work/billing`: letters, digits, and a sign that more follows.
fn continues(scan: &Scan<'_>, at: usize) -> bool {
    let is_letter =
        |at: usize| scan.glued(at) && matches!(scan.tokens[at].kind, Kind::Word | Kind::Number);
    is_letter(at) || (scan.glued(at) && scan.is(at, &["-", "_", "/"]) && is_letter(at + 1))
}

/// "tagged work", "with tag work", "tag it as work", "label: work".
fn said(scan: &Scan<'_>, at: usize) -> Phrase<Meaning> {
    let tagged = scan.after(at, words::TAGGED).filter(|_| at > 0);
    let tag = tagged.or_else(|| {
        let lead = scan.after(at, words::PRIORITY_LEADS);
        let noun = lead.map_or(at, |lead| scan.skip(lead, words::ARTICLES));
        let named = scan.after(noun, words::TAG_NOUNS)?;
        let set_off = lead.is_some() || (at > 0 && scan.is(at - 1, &[","]));
        scan.after(named, words::TAG_LINKS).or(set_off.then_some(named))
    })?;
    let tag = scan.skip(tag, words::TAG_FILLERS);
    scan.tokens.get(tag).filter(|name| name.kind == Kind::Word)?;
    scan.closes(tag + 1).then(|| named(scan, tag, tag + 1))?
}

fn named(scan: &Scan<'_>, start: usize, end: usize) -> Phrase<Meaning> {
    let typed = &scan.typed[scan.tokens[start].range.start..scan.tokens[end - 1].range.end];
    let name = TagName::parse(typed).ok()?;
    Some((end, Meaning::Tag(name.as_str().to_owned())))
}

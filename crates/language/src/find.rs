//! Finders: each knows one sort of phrase and proposes claims for it.

mod date;
mod description;
mod distance;
mod edge;
mod literal;
mod number;
mod part;
mod priority;
mod repeat;
mod tag;
mod time;

pub(crate) use self::repeat::Repeat;
use crate::{
    Context,
    chart::{Claim, Meaning},
    token::{Kind, Token},
    words,
};

/// What finders look at.
#[derive(Clone, Copy)]
pub(crate) struct Scan<'a> {
    /// The text as typed.
    pub typed: &'a str,
    /// Its tokens.
    pub tokens: &'a [Token],
    /// What it is understood against.
    pub context: Context<'a>,
}

/// What a phrase means and the index behind it.
type Phrase<T> = Option<(usize, T)>;

/// Finds what may start at a token: looks only ahead, and only so far as its longest phrase.
type Finder = fn(&Scan<'_>, usize) -> Phrase<Meaning>;

const FINDERS: [Finder; 8] = [
    distance::find,
    edge::find,
    date::find,
    part::find,
    priority::find,
    repeat::find,
    tag::find,
    time::find,
];

/// All claims on a text, sorted by where they start.
pub(crate) fn claims(scan: &Scan<'_>) -> Vec<Claim> {
    let mut claims = literal::find(scan);
    claims.extend(description::find(scan));
    for at in (0..scan.tokens.len()).filter(|&at| scan.starts_word(at)) {
        let found = FINDERS.iter().filter_map(|find| find(scan, at));
        let whole = found.filter(|(end, _)| scan.ends_word(*end));
        claims.extend(whole.map(|(end, meaning)| Claim { tokens: at..end, meaning }));
    }
    claims.sort_by_key(|claim| claim.tokens.start);
    claims
}

impl Scan<'_> {
    /// The normal form of a token, empty behind the end.
    pub fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.text.as_str())
    }

    /// Whether a token is one of these.
    pub fn is(&self, at: usize, texts: &[&str]) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is_in(texts))
    }

    /// The index behind a token, if it is one of these.
    pub fn after(&self, at: usize, texts: &[&str]) -> Option<usize> {
        self.is(at, texts).then_some(at + 1)
    }

    /// The index behind a token if it is one of these, else the same index.
    pub fn skip(&self, at: usize, texts: &[&str]) -> usize {
        self.after(at, texts).unwrap_or(at)
    }

    /// The index behind a phrase, if it stands at a token.
    pub fn phrase(&self, at: usize, phrase: &[&str]) -> Option<usize> {
        let stands = phrase.iter().zip(at..).all(|(word, at)| self.text(at) == *word);
        stands.then_some(at + phrase.len())
    }

    /// Whether a token sticks to the one before it.
    pub fn glued(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.glued)
    }

    /// Whether nothing sticks to the front of a token but an opening bracket or a mark of punctuation.
    pub fn starts_word(&self, at: usize) -> bool {
        !self.glued(at)
            || at == 0
            || self.tokens[at - 1].kind == Kind::Break
            || (self.is(at - 1, &["(", "["]) && self.starts_word(at - 1))
            || (self.is(at - 1, &[",", ";"]) && self.tokens[at].kind == Kind::Word)
    }

    /// Whether a word is over before this token: nothing sticks to it but punctuation.
    pub fn ends_word(&self, at: usize) -> bool {
        !self.glued(at)
            || self.tokens[at].kind == Kind::Break
            || (self.is(at, &[",", ".", ";", ":", "!", "?", ")", "]", "..."]) && self.ends_sign(at))
    }

    fn ends_sign(&self, at: usize) -> bool {
        let next = self.tokens.get(at + 1);
        next.is_none_or(|next| !next.glued || matches!(next.kind, Kind::Sign | Kind::Break))
            || self.is(at, &[",", ";"])
    }

    /// Whether a phrase that may also be the beginning of a name ("27th birthday", "at 5 Elm Street") is over here.
    pub fn closes(&self, at: usize) -> bool {
        let Some(token) = self.tokens.get(at) else { return true };
        match token.kind {
            Kind::Break => true,
            Kind::Number => false,
            Kind::Sign => {
                !token.glued && token.is_in(&["#", "@", "!", "/", "(", "-"]) || self.ends_word(at)
            }
            Kind::Word => {
                token.is_in(words::AFTER_A_TIME)
                    || words::look_up(words::WEEKDAYS, &token.text).is_some()
                    || words::look_up(words::MONTHS, &token.text).is_some()
                    || (token.is("p") && self.glued(at + 1))
            }
        }
    }
}

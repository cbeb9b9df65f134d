//! Verb frames: which words around a hole make a command.
//!
//! A pattern is words with one hole: `mark … as :done`. `a|b` is a choice, `_` joins the words of one choice, `?` makes an
//! item optional, `:name` stands for a list of choices, `*` for any one word. The hole `…` takes anything, `#` only what
//! names tasks without words (numbers, "it"). A second `…` lets anything follow. Without a hole it is a whole sentence.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashMap},
    ops::Range,
    sync::LazyLock,
};

use crate::{Feature, token::Token, words};

/// What a frame says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// The hole is a title.
    Add,
    /// The hole is a title if it starts with a verb of things to do: "I need to buy milk", not "I need to know".
    AddIfAction,
    /// The hole is words that a task is looked for by.
    Search,
    /// The hole names tasks.
    Complete,
    /// The hole names tasks.
    Reopen,
    /// The hole names tasks.
    Delete,
    /// The hole is a number of changes, or empty.
    Undo,
    /// A question for what can be said.
    Help,
    /// A greeting.
    Greeting,
    /// Thanks.
    Thanks,
    /// Cannot be done yet.
    Later(Feature),
    /// Would change tasks chosen by a filter.
    Many,
    /// Looks like one of the others and is not.
    Refuse,
}

/// A frame that fits a sentence.
#[derive(Debug, Clone)]
pub(crate) struct Match {
    /// What it says.
    pub act: Act,
    /// The tokens of the hole.
    pub hole: Range<usize>,
    /// How many words of the sentence are the frame's own.
    pub words: usize,
    /// The token that stood for `*`.
    pub any: Option<usize>,
}

struct Frame {
    act: Act,
    before: Vec<Item>,
    hole: Hole,
    /// From the last word to the first, because it is matched from the end; in order when more may follow.
    after: Vec<Item>,
    /// Whether anything may follow.
    open_end: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Hole {
    Anything,
    Reference,
    None,
}

struct Item {
    choices: Vec<Vec<&'static str>>,
    optional: bool,
}

/// All frames, found by the word they begin or end with.
struct Frames {
    all: Vec<Frame>,
    by_first: HashMap<&'static str, Vec<usize>>,
    by_last: HashMap<&'static str, Vec<usize>>,
    /// Those that may begin with any word and end with any word.
    others: Vec<usize>,
}

static FRAMES: LazyLock<Frames> = LazyLock::new(|| {
    let rows = words::FRAMES.iter();
    let all: Vec<Frame> = rows
        .flat_map(|(act, patterns)| patterns.iter().map(|pattern| compile(*act, pattern)))
        .collect();
    let (mut by_first, mut by_last, mut others) = (HashMap::new(), HashMap::new(), Vec::new());
    for (index, frame) in all.iter().enumerate() {
        let at_end = frame.before.is_empty() && !frame.open_end;
        let (items, by_word) =
            if at_end { (&frame.after, &mut by_last) } else { (&frame.before, &mut by_first) };
        match outer_words(items) {
            None => others.push(index),
            Some(words) => {
                for word in words {
                    by_word.entry(word).or_insert_with(Vec::new).push(index);
                }
            }
        }
    }
    Frames { all, by_first, by_last, others }
});

impl Frames {
    /// The frames that may fit a clause.
    fn candidates(&self, tokens: &[Token]) -> impl Iterator<Item = usize> {
        let listed = |by_word: &HashMap<&'static str, Vec<usize>>, token: Option<&Token>| {
            token.and_then(|token| by_word.get(token.text.as_str())).cloned().unwrap_or_default()
        };
        let first = listed(&self.by_first, tokens.first());
        let last = listed(&self.by_last, tokens.last());
        first.into_iter().chain(last).chain(self.others.iter().copied())
    }
}

/// The words that items can begin with; `None` when that may be any.
fn outer_words(items: &[Item]) -> Option<BTreeSet<&'static str>> {
    let needed = items.iter().position(|item| !item.optional)?;
    let choices = items[..=needed].iter().flat_map(|item| &item.choices);
    let first: BTreeSet<_> = choices.filter_map(|choice| choice.first().copied()).collect();
    (!first.contains("*")).then_some(first)
}

fn compile(act: Act, pattern: &'static str) -> Frame {
    let mut frame =
        Frame { act, before: Vec::new(), hole: Hole::None, after: Vec::new(), open_end: false };
    for item in pattern.split_whitespace() {
        match item {
            "…" if !frame.after.is_empty() => frame.open_end = true,
            "…" => frame.hole = Hole::Anything,
            "#" => frame.hole = Hole::Reference,
            _ if frame.hole == Hole::None => frame.before.push(compile_item(item)),
            _ => frame.after.push(compile_item(item)),
        }
    }
    if frame.open_end {
        return frame;
    }
    frame.after.reverse();
    for choice in frame.after.iter_mut().flat_map(|item| &mut item.choices) {
        choice.reverse();
    }
    frame
}

fn compile_item(item: &'static str) -> Item {
    let (choices, optional) = item.strip_suffix('?').map_or((item, false), |item| (item, true));
    let named = choices.split('|').flat_map(|choice| {
        match choice.strip_prefix(':').filter(|name| !name.is_empty()) {
            Some(name) => words::look_up(words::CLASSES, name).unwrap_or_default(),
            None => choice,
        }
        .split('|')
    });
    Item { choices: named.map(|choice| choice.split('_').collect()).collect(), optional }
}

/// The frame that fits best: the one with most words of its own, the first of equals.
///
/// `tokens` are a clause; indices are within it. `is_reference` tells whether a hole names tasks without words.
pub(crate) fn best_match(
    tokens: &[Token],
    is_reference: impl Fn(Range<usize>) -> bool,
) -> Option<Match> {
    let mut best: Option<(usize, Match)> = None;
    for index in FRAMES.candidates(tokens) {
        let frame = &FRAMES.all[index];
        let Some(found) = frame.fit(tokens) else { continue };
        let rank = |index: usize, found: &Match| (found.words, Reverse(index));
        let better =
            best.as_ref().is_none_or(|(other, best)| rank(index, &found) > rank(*other, best));
        if better && (frame.hole != Hole::Reference || is_reference(found.hole.clone())) {
            best = Some((index, found));
        }
    }
    best.map(|(_, found)| found)
}

/// What items took from one end of a clause.
#[derive(Clone, Copy)]
struct Taken {
    tokens: usize,
    words: usize,
    any: Option<usize>,
}

impl Frame {
    fn fit(&self, tokens: &[Token]) -> Option<Match> {
        let length = tokens.len();
        let whole = |taken: usize| self.hole != Hole::None || taken == length;
        let before = take(&self.before, &|at| tokens.get(at), 0, &whole)?;
        if self.open_end {
            return self.fit_anywhere(tokens, before);
        }
        let left = length - before.tokens;
        let from_end = |at: usize| (at < left).then(|| &tokens[length - 1 - at]);
        let after = take(&self.after, &from_end, 0, &|_| true)?;
        Some(Match {
            act: self.act,
            hole: before.tokens..length - after.tokens,
            words: before.words + after.words,
            any: before.any.or(after.any.map(|at| length - 1 - at)),
        })
    }
}

impl Frame {
    /// Looks for the words behind the hole at every place.
    fn fit_anywhere(&self, tokens: &[Token], before: Taken) -> Option<Match> {
        let token = |at: usize| tokens.get(at);
        (before.tokens..tokens.len()).find_map(|at| {
            let after =
                take(&self.after, &token, at, &|_| true).filter(|after| after.tokens > at)?;
            let words = before.words + after.words;
            Some(Match {
                act: self.act,
                hole: before.tokens..at,
                words,
                any: before.any.or(after.any),
            })
        })
    }
}

/// Takes items one after the other, in the way that takes most words.
fn take<'t>(
    items: &[Item],
    token: &dyn Fn(usize) -> Option<&'t Token>,
    at: usize,
    accept: &dyn Fn(usize) -> bool,
) -> Option<Taken> {
    let Some((item, rest)) = items.split_first() else {
        return accept(at).then_some(Taken { tokens: at, words: 0, any: None });
    };
    let skipped = if item.optional { take(rest, token, at, accept) } else { None };
    item.choices.iter().fold(skipped, |best, choice| {
        let any = choice[..] == ["*"];
        let fits = choice.iter().zip(at..).all(|(word, at)| {
            token(at).is_some_and(|token| {
                token.is(word) || (any && token.kind == crate::token::Kind::Word)
            })
        });
        let longer =
            fits.then(|| take(rest, token, at + choice.len(), accept)).flatten().map(|taken| {
                Taken {
                    words: taken.words + if any { 0 } else { choice.len() },
                    any: if any { Some(at) } else { taken.any },
                    ..taken
                }
            });
        match (best, longer) {
            (Some(best), Some(longer)) if longer.words <= best.words => Some(best),
            (best, longer) => longer.or(best),
        }
    })
}

//! Verb frames: which words around a hole make a command.
//!
//! A pattern is words with one hole: `mark … as :done`. `a|b` is a choice, `_` joins the words of one choice, `?` makes an
//! item optional, `:name` stands for a list of choices, `*` for any one word. The hole `…` takes anything, `#` only what
//! names tasks without words (numbers, "it"). A second `…` lets anything follow. Without a hole it is a whole sentence.

use std::sync::LazyLock;

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
    pub hole: std::ops::Range<usize>,
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

static FRAMES: LazyLock<Vec<Frame>> = LazyLock::new(|| {
    let rows = words::FRAMES.iter();
    rows.flat_map(|(act, patterns)| patterns.iter().map(|pattern| compile(*act, pattern))).collect()
});

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
    is_reference: impl Fn(std::ops::Range<usize>) -> bool,
) -> Option<Match> {
    let mut best: Option<Match> = None;
    for frame in FRAMES.iter() {
        let Some(found) = frame.fit(tokens) else { continue };
        let better = best.as_ref().is_none_or(|best| found.words > best.words);
        if better && (frame.hole != Hole::Reference || is_reference(found.hole.clone())) {
            best = Some(found);
        }
    }
    best
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

//! The text, cut into tokens once.
//!
//! Tokens are compared in a normal form (NFKC, straight quotes, lower case) and remember which bytes they were typed as, so
//! that whatever nobody claims can be given back exactly as typed.

use std::ops::Range;

use unicode_normalization::{UnicodeNormalization, char::canonical_combining_class};

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Letters, with apostrophes and hyphens between them.
    Word,
    /// ASCII digits.
    Number,
    /// One sign of any other sort.
    Sign,
    /// A line break.
    Break,
}

/// A piece of the text.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    /// What it is made of.
    pub kind: Kind,
    /// Its normal form.
    pub text: String,
    /// Bytes of the text as typed.
    pub range: Range<usize>,
    /// Whether it follows the token before without a space.
    pub glued: bool,
    /// Whether its first letter is a capital.
    pub capital: bool,
}

impl Token {
    /// Whether its normal form is `text`.
    pub fn is(&self, text: &str) -> bool {
        self.text == text
    }

    /// Whether its normal form is one of `texts`.
    pub fn is_in(&self, texts: &[&str]) -> bool {
        texts.contains(&self.text.as_str())
    }

    /// Its value, if it is a number of at most nine digits.
    pub fn number(&self) -> Option<u32> {
        (self.kind == Kind::Number && self.text.len() <= 9).then(|| self.text.parse().ok())?
    }
}

/// A character in normal form, or a sign that stands for several.
struct Letter {
    kind: Option<Kind>,
    normal: char,
    typed: char,
    range: Range<usize>,
}

/// Cuts a text into tokens.
pub(crate) fn tokenise(typed: &str) -> Vec<Token> {
    let letters = normalise(typed);
    let mut tokens: Vec<Token> = Vec::new();
    let mut at = 0;
    let mut glued = false;
    while let Some(first) = letters.get(at) {
        let Some(kind) = first.kind else {
            (at, glued) = (at + 1, false);
            continue;
        };
        let end = end_of_token(&letters, at, kind);
        let range = first.range.start..letters[end - 1].range.end;
        tokens.push(Token {
            kind,
            text: letters[at..end].iter().map(|letter| letter.normal).collect(),
            range,
            glued,
            capital: first.typed.is_uppercase(),
        });
        (at, glued) = (end, true);
    }
    tokens
}

fn end_of_token(letters: &[Letter], start: usize, kind: Kind) -> usize {
    let is = |at: usize| letters.get(at).and_then(|letter: &Letter| letter.kind);
    let mut end = start + 1;
    match kind {
        Kind::Sign | Kind::Break => {
            // The signs of one typed character ("…" is three full stops) stay together.
            while letters.get(end).is_some_and(|letter| letter.range == letters[start].range) {
                end += 1;
            }
        }
        Kind::Number => {
            while is(end) == Some(Kind::Number) {
                end += 1;
            }
        }
        Kind::Word => loop {
            let joins = letters.get(end).is_some_and(|letter| matches!(letter.normal, '\'' | '-'));
            if is(end) == Some(Kind::Word) {
                end += 1;
            } else if joins && is(end + 1) == Some(Kind::Word) {
                end += 2;
            } else {
                break;
            }
        },
    }
    end
}

fn normalise(typed: &str) -> Vec<Letter> {
    let mut letters = Vec::with_capacity(typed.len());
    let mut rest = typed.char_indices().peekable();
    while let Some((start, first)) = rest.next() {
        if is_invisible(first) {
            continue; // a mark behind it is a letter of its own
        }
        let mut end = start + first.len_utf8();
        // Letters take their marks with them. Behind a sign or a figure, which have a meaning without, a mark stands alone.
        let is_mark = |(_, next): &(usize, char)| canonical_combining_class(*next) != 0;
        while first.is_alphabetic()
            && let Some((_, mark)) = rest.next_if(is_mark)
        {
            end += mark.len_utf8();
        }
        push(&mut letters, first, &typed[start..end], start..end);
    }
    letters
}

/// Adds what one typed character, with its marks, becomes.
fn push(letters: &mut Vec<Letter>, typed: char, cluster: &str, range: Range<usize>) {
    let before = letters.len();
    for normal in cluster.nfkc().map(straight).flat_map(char::to_lowercase) {
        letters.push(Letter { kind: kind(normal), normal, typed, range: range.clone() });
    }
    // A character that falls apart into several sorts ("½", "㏂") is a sign: no part of it can be claimed alone.
    let sort = letters[before..].first().and_then(|letter| letter.kind);
    if letters[before..].iter().any(|letter| letter.kind != sort) {
        letters.truncate(before);
        letters.push(Letter { kind: Some(Kind::Sign), normal: typed, typed, range });
    }
}

fn straight(letter: char) -> char {
    match letter {
        '‘' | '’' | '‛' | '′' | '`' => '\'',
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' => '"',
        '‐' | '‑' | '‒' | '–' | '—' | '−' => '-',
        other => other,
    }
}

fn kind(letter: char) -> Option<Kind> {
    match letter {
        '\n' | '\r' => Some(Kind::Break),
        _ if letter.is_whitespace() => None,
        '0'..='9' => Some(Kind::Number),
        _ if letter.is_alphanumeric() || canonical_combining_class(letter) != 0 => Some(Kind::Word),
        _ => Some(Kind::Sign),
    }
}

/// Control characters, zero-width characters and marks of writing direction: they are seen by nobody and mean nothing.
fn is_invisible(letter: char) -> bool {
    (letter.is_control() && !letter.is_whitespace())
        || matches!(letter, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::words("Don't forget", "don't|forget")]
    #[case::hyphens("my to-do list - now", "my|to-do|list|-|now")]
    #[case::numbers("5:30pm", "5|:|30|pm")]
    #[case::wide_digits("５ｐｍ", "5|pm")]
    #[case::curly_quotes("“tomorrow’s”", "\"|tomorrow's|\"")]
    #[case::ligature("ﬁx", "fix")]
    #[case::composed("cafe\u{301}", "café")]
    #[case::zero_width("to\u{200B}morrow", "tomorrow")]
    #[case::mark_behind_nothing("x \u{200B}\u{65C} y", "x|\u{65C}|y")]
    #[case::mark_behind_a_sign("x,\u{65E} 4\u{301}", "x|,|\u{65E}|4|\u{301}")]
    #[case::fraction("½ cup", "½|cup")]
    #[case::ellipsis("so…", "so|...")]
    fn cuts(#[case] typed: &str, #[case] expected: &str) {
        let tokens = tokenise(typed);
        let texts: Vec<_> = tokens.iter().map(|token| token.text.as_str()).collect();
        assert_eq!(texts.join("|"), expected);
    }

    proptest! {
        #[test]
        fn ranges_are_in_order_and_lie_between_characters(typed in any::<String>()) {
            let mut end = 0;
            for token in tokenise(&typed) {
                prop_assert!(token.range.start >= end && token.range.end > token.range.start);
                prop_assert!(typed.get(token.range.clone()).is_some());
                end = token.range.end;
            }
        }
    }
}

//! Text that people type: parsed once, at the door, so that everything behind it can rely on the rules.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// Why a text is refused; the sentence names the rule and is meant for the user.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(pub String);

/// What a task is called: one line of 1 to 500 characters, NFC, trimmed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Title(String);

impl Title {
    /// The most characters a title may have (Unicode scalar values).
    pub const MAX: usize = 500;

    /// # Errors
    /// Blank, longer than [`Title::MAX`], or with a control character such as a line break.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        line(text, "title", Self::MAX).map(Self)
    }

    /// What was parsed when it was written: rules that came later must not make it unreadable.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Title {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// More about a task: up to 10,000 characters in several lines, NFC, trimmed. None rather than empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Description(String);

impl Description {
    /// The most characters a description may have (Unicode scalar values).
    pub const MAX: usize = 10_000;

    /// `None` for a blank text: that is how a form says "no description".
    ///
    /// # Errors
    /// Longer than [`Description::MAX`], or with a control character other than tab and line feed.
    pub fn parse(text: &str) -> Result<Option<Self>, Invalid> {
        let text = lines(text, "description", Self::MAX)?;
        Ok((!text.is_empty()).then_some(Self(text)))
    }

    /// What was parsed when it was written: rules that came later must not make it unreadable.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a user says to the chatbot: 1 to 4,000 characters in several lines.
///
/// # Errors
/// Blank, too long, or with a control character other than tab and line feed.
pub fn message_text(text: &str) -> Result<String, Invalid> {
    let text = lines(text, "message", 4_000)?;
    if text.is_empty() { Err(blank("message")) } else { Ok(text) }
}

/// What was said in a conversation that was held elsewhere, by either side: up to 100,000 characters in several lines.
///
/// # Errors
/// Too long, or with a control character other than tab and line feed.
pub fn said_text(text: &str) -> Result<String, Invalid> {
    lines(text, "content", 100_000)
}

/// One line: not blank, no control characters.
pub(crate) fn line(text: &str, what: &str, max: usize) -> Result<String, Invalid> {
    let text = clean(text, what, max, |_| false)?;
    if text.chars().all(is_invisible) { Err(blank(what)) } else { Ok(text) }
}

/// Spaces, and letters without any shape, such as the zero width space: a text of them shows as nothing.
fn is_invisible(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(letter, '\u{AD}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}')
}

/// Several lines; browsers send their ends as CR LF.
fn lines(text: &str, what: &str, max: usize) -> Result<String, Invalid> {
    clean(&text.replace("\r\n", "\n"), what, max, |letter| matches!(letter, '\n' | '\t'))
}

fn clean(text: &str, what: &str, max: usize, allowed: fn(char) -> bool) -> Result<String, Invalid> {
    // In this order: a letter and its accent may meet only when what stood between them is gone.
    let text: String = text.chars().filter(|&letter| !reorders(letter)).nfc().collect();
    let text = text.trim();
    if text.chars().any(|letter| letter.is_control() && !allowed(letter)) {
        return Err(Invalid(format!("{what} must not contain control characters")));
    }
    if text.chars().count() > max {
        return Err(Invalid(format!("{what} must have at most {max} characters")));
    }
    Ok(text.to_owned())
}

fn blank(what: &str) -> Invalid {
    Invalid(format!("{what} must not be blank"))
}

/// Embeddings, overrides and isolates of the bidirectional algorithm (UAX 9): they can make a text look like another.
fn reorders(letter: char) -> bool {
    matches!(letter, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn titles_are_trimmed_and_composed() {
        assert_eq!(Title::parse("  Cafe\u{301} \n").unwrap().as_str(), "Caf\u{e9}");
        assert_eq!(Title::parse("a\u{202E}b").unwrap().as_str(), "ab");
        assert_eq!(Title::parse("e\u{202D}\u{300}").unwrap().as_str(), "\u{e8}");
    }

    #[test]
    fn titles_refuse_what_no_list_can_show() {
        for text in ["", " \t ", "\u{202E}", "\u{200B}\u{2060}", "a\0b", "a\nb", "a\u{85}b"] {
            assert!(Title::parse(text).is_err(), "{text:?}");
        }
        assert!(Title::parse(&"ä".repeat(500)).is_ok());
        assert!(Title::parse(&"ä".repeat(501)).is_err());
    }

    #[test]
    fn descriptions_keep_their_lines() {
        let text = Description::parse("a\r\n\tb\n").unwrap().unwrap();
        assert_eq!(text.as_str(), "a\n\tb");
        assert_eq!(Description::parse(" \n").unwrap(), None);
        assert!(Description::parse("a\0").is_err());
    }

    #[test]
    fn messages_are_not_blank() {
        assert!(message_text(" \n ").is_err());
        assert!(message_text(&"x".repeat(4_001)).is_err());
        assert_eq!(message_text("hi\r\nthere").unwrap(), "hi\nthere");
    }

    proptest! {
        #[test]
        fn a_title_parses_to_itself(text in any::<String>()) {
            if let Ok(title) = Title::parse(&text) {
                prop_assert_eq!(&Title::parse(title.as_str()).unwrap(), &title);
            }
        }
    }
}

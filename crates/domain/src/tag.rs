//! Tags: labels that a user puts on tasks.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Invalid, TagId, Title, text};

/// What a tag is called: one line of 1 to 50 characters, without a leading `#`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TagName(String);

impl TagName {
    /// The most characters a tag's name may have.
    pub const MAX: usize = 50;

    /// # Errors
    /// Blank, too long, or with a control character.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        // Cleaned first: what is left out may have hidden another sign or space.
        let cleaned = text::line(text, "tag name", Title::MAX)?;
        let bare =
            cleaned.trim_start_matches(|letter: char| letter == '#' || letter.is_whitespace());
        text::line(bare, "tag name", Self::MAX).map(Self)
    }

    /// What was parsed when it was written: rules that came later must not make it unreadable.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The name as typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What makes two names the same: letter case does not count. Unique for each user.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl fmt::Display for TagName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// `#rrggbb`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Color(String);

impl Color {
    /// # Errors
    /// Not `#` and six hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
        match digits {
            Some(digits) if digits.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(Invalid("color must look like #6B7280".to_owned())),
        }
    }

    /// What was parsed when it was written: rules that came later must not make it unreadable.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The seven characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Color {
    /// The Phase III default, a grey.
    fn default() -> Self {
        Self("#6B7280".to_owned())
    }
}

/// A tag as last committed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// Its id.
    pub id: TagId,
    /// Its name, unique for the user in any letter case.
    pub name: TagName,
    /// The colour pages show it in.
    pub color: Color,
    /// When it was made.
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_the_same_in_any_case() {
        let (upper, lower) = (TagName::parse("#Ärger").unwrap(), TagName::parse("ärger").unwrap());
        assert_eq!(upper.as_str(), "Ärger");
        assert_eq!(upper.key(), lower.key());
        assert!(TagName::parse("#").is_err());
        assert!(TagName::parse(&"x".repeat(51)).is_err());
    }

    proptest! {
        #[test]
        fn a_name_parses_to_itself(text in "[# \u{202a}a-cÄ\t]{0,12}|\\PC{0,60}") {
            if let Ok(name) = TagName::parse(&text) {
                prop_assert_eq!(&TagName::parse(name.as_str()).unwrap(), &name);
                prop_assert!(!name.as_str().starts_with('#'));
            }
        }
    }

    #[test]
    fn colors_have_six_digits() {
        assert!(Color::parse("#a1B2c3").is_ok());
        for text in ["", "#abc", "a1b2c3", "#a1b2cg", "#a1b2c3 "] {
            assert!(Color::parse(text).is_err(), "{text:?}");
        }
    }
}

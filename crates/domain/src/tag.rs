//! Tags: labels that a user puts on tasks.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Invalid, TagId, text};

/// What a tag is called: one line of 1 to 50 characters, without a leading `#`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct TagName(String);

impl TagName {
    /// The most characters a tag's name may have.
    pub const MAX: usize = 50;

    /// # Errors
    /// Blank, too long, or with a control character.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        text::line(text.trim().trim_start_matches('#'), "tag name", Self::MAX).map(Self)
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

impl From<TagName> for String {
    fn from(name: TagName) -> Self {
        name.0
    }
}

impl TryFrom<String> for TagName {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

/// `#rrggbb`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
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

impl From<Color> for String {
    fn from(color: Color) -> Self {
        color.0
    }
}

impl TryFrom<String> for Color {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
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
    use super::*;

    #[test]
    fn names_are_the_same_in_any_case() {
        let (upper, lower) = (TagName::parse("#Ärger").unwrap(), TagName::parse("ärger").unwrap());
        assert_eq!(upper.as_str(), "Ärger");
        assert_eq!(upper.key(), lower.key());
        assert!(TagName::parse("#").is_err());
        assert!(TagName::parse(&"x".repeat(51)).is_err());
    }

    #[test]
    fn colors_have_six_digits() {
        assert!(Color::parse("#a1B2c3").is_ok());
        for text in ["", "#abc", "a1b2c3", "#a1b2cg", "#a1b2c3 "] {
            assert!(Color::parse(text).is_err(), "{text:?}");
        }
    }
}

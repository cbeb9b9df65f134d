//! Merge patches (RFC 7396): an absent member stays, null clears.

use serde::{Deserialize, Deserializer};

/// For `#[serde(default, deserialize_with = "member")]`: absent is `None`, null is `Some(None)`.
pub(crate) fn member<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

//! Ids for tasks that have none of ours.

use std::collections::HashMap;

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

/// Gives ids to what has none: by what it says, and which of those that say the same it is.
#[derive(Debug, Default)]
pub(super) struct SourceIds(HashMap<Uuid, u32>);

impl SourceIds {
    /// The id of the next one that says this.
    pub(super) fn next(&mut self, words: &[&str]) -> Uuid {
        let words_id = source_id(words);
        let count = self.0.entry(words_id).or_default();
        *count += 1;
        source_id(&[&words_id.to_string(), &count.to_string()])
    }
}

/// The same id for the same words each time (RFC 9562, version 8), so that a second import finds the first.
pub(super) fn source_id(words: &[&str]) -> Uuid {
    let mut hash = Sha256::new();
    for word in words {
        hash.update(word.len().to_be_bytes());
        hash.update(word);
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_same_words_have_the_same_id() {
        assert_eq!(source_id(&["a", "b"]), source_id(&["a", "b"]));
        assert_ne!(source_id(&["a", "b"]), source_id(&["ab", ""]));
        assert_eq!(source_id(&["a"]).get_version_num(), 8);
    }

    #[test]
    fn what_says_the_same_twice_is_two_each_time() {
        let ids = || {
            let mut ids = SourceIds::default();
            ["a", "b", "a"].map(|words| ids.next(&[words]))
        };
        assert_eq!(ids(), ids());
        assert_eq!(HashSet::from(ids()).len(), 3);
    }
}

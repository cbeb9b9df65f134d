//! Ids for tasks that have none of ours.

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

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
    use super::*;

    #[test]
    fn the_same_words_have_the_same_id() {
        assert_eq!(source_id(&["a", "b"]), source_id(&["a", "b"]));
        assert_ne!(source_id(&["a", "b"]), source_id(&["ab", ""]));
        assert_eq!(source_id(&["a"]).get_version_num(), 8);
    }
}

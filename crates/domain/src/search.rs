//! Search without regard to letter case and accents, the same on every database.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::{Description, Tag, Title};

/// Folds text for searching: NFKD, marks stripped, lower case. `Ärger` and `arger` become the same. A sigma is written
/// otherwise where a word ends, which the beginning of a word must not: it is found by letters, wherever they stand.
#[must_use]
pub fn fold(text: &str) -> String {
    let bare: String = text.nfkd().filter(|&letter| !is_combining_mark(letter)).collect();
    bare.to_lowercase().replace('ς', "σ")
}

/// What a search looks at: title, description and tag names, folded, one a line so that no match spans two of them.
#[must_use]
pub fn search_text(title: &Title, description: Option<&Description>, tags: &[Tag]) -> String {
    let mut text = fold(title.as_str());
    let rest = description.map(Description::as_str).into_iter();
    for part in rest.chain(tags.iter().map(|tag| tag.name.as_str())) {
        text.push('\n');
        text.push_str(&fold(part));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_ligatures_do_not_count() {
        assert_eq!(fold("ÄRGER"), "arger");
        assert_eq!(fold("Crème ﬁne"), "creme fine");
        assert_eq!(fold("İstanbul"), "istanbul");
        assert!(fold("Ὀδυσσεύς ὈΔΥΣΣΕΎΣ").contains(&fold("ὈΔΥΣ")));
    }
}

//! Search without regard to letter case and accents, the same on every database.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::{Description, Tag, Title};

/// Folds text for searching: NFKD, marks stripped, lower case. `Ärger` and `arger` become the same.
#[must_use]
pub fn fold(text: &str) -> String {
    text.nfkd().filter(|&letter| !is_combining_mark(letter)).collect::<String>().to_lowercase()
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
    }
}

//! Values of type TEXT (section 3.3.11).

/// A text as it stands in a file: backslash, semicolon, comma and line feed escaped, other control characters left out.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => out.extend(['\\', letter]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push('\t'),
            _ if letter.is_control() => {}
            _ => out.push(letter),
        }
    }
    out
}

/// The text meant. A backslash before any other character is left out, as most readers do.
#[must_use]
pub fn unescape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('n' | 'N') => out.push('\n'),
                other => out.extend(other),
            },
            _ => out.push(letter),
        }
    }
    out
}

/// A list of texts, such as `CATEGORIES`: escaped, with commas between.
#[must_use]
pub fn join<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    texts.into_iter().map(escape).collect::<Vec<_>>().join(",")
}

/// The texts of a list.
#[must_use]
pub fn split(value: &str) -> Vec<String> {
    let mut texts = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (place, letter) in value.char_indices() {
        match letter {
            ',' if !escaped => {
                texts.push(unescape(&value[start..place]));
                start = place + 1;
            }
            _ => {}
        }
        escaped = letter == '\\' && !escaped;
    }
    texts.push(unescape(&value[start..]));
    texts
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    #[test]
    fn commas_and_lines_are_escaped() {
        assert_eq!(escape("milk, eggs;\nbread \\o/"), "milk\\, eggs\\;\\nbread \\\\o/");
        assert_eq!(unescape("one\\Ntwo\\:\\"), "one\ntwo:");
        assert_eq!(split("home,a\\,b,c\\\\,"), ["home", "a,b", "c\\", ""]);
    }

    proptest! {
        #[test]
        fn a_list_is_read_as_written(texts in vec("[\\PC\n]{0,20}", 1..5)) {
            prop_assert_eq!(split(&join(texts.iter().map(String::as_str))), texts);
        }
    }
}

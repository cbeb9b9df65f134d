//! Files of settings as shells and compose read them: `.env`.

use anyhow::{Result, bail};
use std::collections::BTreeMap;

/// Reads `KEY=VALUE` lines: comments, `export`, quotes. Nothing in them is expanded.
///
/// # Errors
/// A line is none of these; it is named by its number, since it may hold a secret.
pub fn parse(text: &str) -> Result<BTreeMap<String, String>> {
    let mut values = BTreeMap::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match assignment(line) {
            Some((key, value)) => values.insert(key.to_owned(), value.to_owned()),
            None => bail!("line {} is no KEY=VALUE", number + 1),
        };
    }
    Ok(values)
}

fn assignment(line: &str) -> Option<(&str, &str)> {
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (key, value) = line.split_once('=')?;
    let key = key.trim();
    let named = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    Some((key, unquoted(value.trim())?)).filter(|_| named)
}

fn unquoted(value: &str) -> Option<&str> {
    for quote in ['"', '\''] {
        if let Some(rest) = value.strip_prefix(quote) {
            let (inner, after) = rest.split_once(quote)?;
            let after = after.trim();
            return (after.is_empty() || after.starts_with('#')).then_some(inner);
        }
    }
    // A `#` within a value belongs to it, as in a password; a comment has a space before.
    let end = value.find(" #").unwrap_or(value.len());
    Some(if value.starts_with('#') { "" } else { value[..end].trim_end() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::plain("A=b", "b")]
    #[case::export("export A=b", "b")]
    #[case::spaces("  A = b c  ", "b c")]
    #[case::double(r#"A="b # c" # why"#, "b # c")]
    #[case::single("A='b\"c'", "b\"c")]
    #[case::comment("A=b # why", "b")]
    #[case::within("A=b#c", "b#c")]
    #[case::equals("A=postgres://u:p@h/d?sslmode=require", "postgres://u:p@h/d?sslmode=require")]
    #[case::not_expanded("A=$HOME", "$HOME")]
    #[case::empty("A=", "")]
    #[case::later_wins("A=a\nA=b", "b")]
    #[case::windows("A=b\r\n", "b")]
    fn reads_a_line(#[case] text: &str, #[case] value: &str) {
        assert_eq!(parse(text).unwrap()["A"], value);
    }

    #[test]
    fn skips_comments_and_empty_lines() {
        assert_eq!(parse("# A=b\n\n   \nB=c\n").unwrap().len(), 1);
    }

    #[rstest]
    #[case::word("\nsecret")]
    #[case::open_quote("\nA=\"secret")]
    #[case::after_quote("\nA='secret'x")]
    #[case::key("\nA B=secret")]
    fn names_a_wrong_line_without_showing_it(#[case] text: &str) {
        assert_eq!(parse(text).unwrap_err().to_string(), "line 2 is no KEY=VALUE");
    }
}

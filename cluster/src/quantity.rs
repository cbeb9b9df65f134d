//! Kubernetes' quantities: `250m`, `64Mi`, `1.5`.

use anyhow::{Context, Result};

const SUFFIXES: [(&str, u128); 12] = [
    ("Ki", 1 << 10),
    ("Mi", 1 << 20),
    ("Gi", 1 << 30),
    ("Ti", 1 << 40),
    ("Pi", 1 << 50),
    ("Ei", 1 << 60),
    ("k", 1_000),
    ("M", 1_000_000),
    ("G", 1_000_000_000),
    ("T", 1_000_000_000_000),
    ("P", 1_000_000_000_000_000),
    ("E", 1_000_000_000_000_000_000),
];

/// The quantity in thousandths, the smallest part that CPU is counted in.
///
/// # Errors
/// Not a quantity.
pub fn thousandths(text: &str) -> Result<u64> {
    parsed(text).with_context(|| format!("{text:?} is no quantity"))
}

fn parsed(text: &str) -> Option<u64> {
    if let Some(number) = text.strip_suffix('m') {
        return number.parse().ok();
    }
    let suffix = SUFFIXES.iter().find(|(suffix, _)| text.ends_with(suffix));
    let (number, factor) = match suffix {
        Some((suffix, factor)) => (text.strip_suffix(suffix)?, *factor),
        None => (text, 1),
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let part = format!("{part:0<3}");
    let thousandths = whole.parse::<u128>().ok()? * 1000 + part.get(..3)?.parse::<u128>().ok()?;
    u64::try_from(thousandths * factor).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("250m", 250)]
    #[case("1", 1000)]
    #[case("0.25", 250)]
    #[case("1.5", 1500)]
    #[case("64Mi", 64 * 1024 * 1024 * 1000)]
    #[case("1Gi", 1024 * 1024 * 1024 * 1000)]
    #[case("128974848", 128_974_848_000)]
    #[case("500k", 500_000_000)]
    fn are_read(#[case] text: &str, #[case] expected: u64) {
        assert_eq!(thousandths(text).unwrap(), expected);
    }

    #[rstest]
    #[case("")]
    #[case("m")]
    #[case("64 Mi")]
    #[case("-1")]
    fn or_refused(#[case] text: &str) {
        assert!(thousandths(text).is_err());
    }
}

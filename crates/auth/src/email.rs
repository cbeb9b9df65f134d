//! E-mail addresses.

/// Whether Better Auth takes a text for an e-mail address. Its pattern, from `better-auth.md`, section 3:
/// `^(?:[A-Za-z0-9_'+\-]+\.)*[A-Za-z0-9_'+\-]*[A-Za-z0-9_+-]@(?:[A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}$`.
pub(crate) fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| is_local_part(local) && is_domain(domain))
}

/// Words of `A-Za-z0-9_'+-` joined by single dots; the last does not end in an apostrophe.
fn is_local_part(local: &str) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'\'' | b'+' | b'-');
    local.split('.').all(|word| !word.is_empty() && word.bytes().all(allowed))
        && !local.ends_with('\'')
}

/// At least one label before a top-level domain of two letters or more.
fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        label.starts_with(|first: char| first.is_ascii_alphanumeric())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    domain.rsplit_once('.').is_some_and(|(labels, top)| {
        top.len() >= 2
            && top.bytes().all(|byte| byte.is_ascii_alphabetic())
            && labels.split('.').all(is_label)
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("ada@example.com", true)]
    #[case("Ada.Love-lace+x_1@Sub-1.Example.COM", true)]
    #[case("o'hara@example.com", true)]
    #[case("_@a.bc", true)]
    #[case("a@b-.co", true)]
    #[case("", false)]
    #[case("ada", false)]
    #[case("ada@", false)]
    #[case("@example.com", false)]
    #[case("ada@example", false)]
    #[case("ada@example.c", false)]
    #[case("ada@example.c0m", false)]
    #[case("ada@.com", false)]
    #[case("ada@-a.com", false)]
    #[case("ada@a..com", false)]
    #[case("ada@example.com ", false)]
    #[case(" ada@example.com", false)]
    #[case(".ada@example.com", false)]
    #[case("ada.@example.com", false)]
    #[case("a..b@example.com", false)]
    #[case("ada'@example.com", false)]
    #[case("a@b@example.com", false)]
    #[case("ädä@example.com", false)]
    #[case("ada@exämple.com", false)]
    fn follows_the_pattern(#[case] text: &str, #[case] address: bool) {
        assert_eq!(is_address(text), address);
    }
}

//! Password hashes, in the form in which Better Auth stores them.

use scrypt::Params;
use subtle::ConstantTimeEq;
use unicode_normalization::UnicodeNormalization;

/// log2 of N = 16,384.
const LOG_N: u8 = 14;
const BLOCK_SIZE: u32 = 16;
const PARALLELISM: u32 = 1;
const SALT_BYTES: usize = 16;
const KEY_BYTES: usize = 64;

/// Shortest and longest password, in UTF-16 units before normalising: that is what `length` is in JavaScript.
const MIN_LENGTH: usize = 8;
const MAX_LENGTH: usize = 128;

/// Hashes a password the way Better Auth 1.7 stores it in `account.password`.
///
/// The password is normalised to NFKC. The salt is 16 random bytes written as 32 hex digits; those 32 ASCII bytes
/// go into scrypt (N = 16,384, r = 16, p = 1, 64 bytes out). Returns `salt:key`, 161 characters. Takes 0.1 s of a
/// processor and 32 MiB, so call it through [`HashPool`](crate::hash_pool::HashPool).
///
/// Source: `better-auth.md`, section 8; vectors in `tests/better-auth`.
pub(crate) fn hash(password: &str, salt: [u8; SALT_BYTES]) -> String {
    let salt = hex::encode(salt);
    let key = derive(password, &salt);
    format!("{salt}:{}", hex::encode(key))
}

/// Whether a password is the one that was hashed. A stored text of any other form matches nothing, and takes as long.
pub(crate) fn verify(password: &str, stored: &str) -> bool {
    let (salt, key) = stored.split_once(':').unwrap_or((stored, ""));
    let expected = hex::decode(key).unwrap_or_default();
    derive(password, salt).as_slice().ct_eq(&expected).into()
}

pub(crate) fn is_too_short(password: &str) -> bool {
    password.encode_utf16().count() < MIN_LENGTH
}

pub(crate) fn is_too_long(password: &str) -> bool {
    password.encode_utf16().count() > MAX_LENGTH
}

fn derive(password: &str, salt: &str) -> [u8; KEY_BYTES] {
    let normalised: String = password.nfkc().collect();
    let params = Params::new(LOG_N, BLOCK_SIZE, PARALLELISM).expect("the parameters are in range");
    let mut key = [0; KEY_BYTES];
    scrypt::scrypt(normalised.as_bytes(), salt.as_bytes(), &params, &mut key)
        .expect("scrypt gives up to 128 GiB of key");
    key
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const PASSWORD123: &str =
        include_str!("../tests/better-auth/vector-password-for-password123.txt").trim_ascii();
    const LIGATURE: &str =
        include_str!("../tests/better-auth/vector-password-for-ligature.txt").trim_ascii();

    #[rstest]
    #[case::plain("password123", PASSWORD123, true)]
    #[case::wrong("password124", PASSWORD123, false)]
    #[case::nfkc("\u{FB01}anc\u{E9} \u{C5}", LIGATURE, true)]
    #[case::nfkc_already("fianc\u{E9} \u{C5}", LIGATURE, true)]
    #[case::nfkc_decomposed("fiance\u{301} A\u{30A}", LIGATURE, true)]
    #[case::not_folded("fiance A", LIGATURE, false)]
    #[case::nothing_stored("password123", "", false)]
    #[case::no_key("password123", "2dd0431f81628317ff2dd8e1f24da3cd:", false)]
    #[case::no_hex("password123", "2dd0431f81628317ff2dd8e1f24da3cd:zz", false)]
    fn verifies(#[case] password: &str, #[case] stored: &str, #[case] same: bool) {
        assert_eq!(verify(password, stored), same);
    }

    #[rstest]
    #[case("password123", PASSWORD123)]
    #[case("\u{FB01}anc\u{E9} \u{C5}", LIGATURE)]
    fn hashes_to_the_same_text(#[case] password: &str, #[case] stored: &str) {
        let (salt, _) = stored.split_once(':').unwrap();
        let salt = hex::decode(salt).unwrap().try_into().unwrap();
        assert_eq!(hash(password, salt), stored);
    }

    #[rstest]
    #[case("1234567", true, false)]
    #[case("12345678", false, false)]
    #[case::a_pair_counts_twice("\u{1F511}\u{1F511}\u{1F511}\u{1F511}", false, false)]
    #[case::counted_before_normalising("\u{FB01}\u{FB01}\u{FB01}\u{FB01}", true, false)]
    fn length_is_counted_as_javascript_does(
        #[case] password: &str,
        #[case] short: bool,
        #[case] long: bool,
    ) {
        assert_eq!((is_too_short(password), is_too_long(password)), (short, long));
    }

    #[test]
    fn longest_password() {
        assert!(!is_too_long(&"x".repeat(128)));
        assert!(is_too_long(&"x".repeat(129)));
    }
}

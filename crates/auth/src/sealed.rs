//! Private keys at rest, encrypted as Better Auth encrypts them.
//!
//! Source: `better-auth.md`, section 8; vector in `tests/better-auth`.

use chacha20poly1305::{
    Key, XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit},
};
use domain::Random;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

const NONCE_BYTES: usize = 24;

/// What Better Auth writes before a text that one of several secrets has encrypted.
const ROTATED: &str = "$ba$";

/// Why a text cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// It is encrypted with one of several secrets, under their number.
    Rotated,
    /// It is encrypted with another secret, or not at all.
    OtherSecret,
}

/// `hex(nonce || ciphertext and tag)` of XChaCha20-Poly1305 under the SHA-256 of the secret.
pub(crate) fn seal(secret: &SecretString, random: &dyn Random, text: &str) -> String {
    let mut sealed = vec![0; NONCE_BYTES];
    random.fill(&mut sealed);
    let nonce = nonce(&sealed).expect("it has the length of one");
    let hidden = cipher(secret).encrypt(&nonce, text.as_bytes());
    sealed.extend(hidden.expect("a key is far shorter than the cipher's limit"));
    hex::encode(sealed)
}

/// The text of what [`seal`] wrote.
pub(crate) fn open(secret: &SecretString, sealed: &str) -> Result<String, Unreadable> {
    if sealed.starts_with(ROTATED) {
        return Err(Unreadable::Rotated);
    }
    let bytes = hex::decode(sealed).map_err(|_| Unreadable::OtherSecret)?;
    let (first, hidden) = bytes.split_at_checked(NONCE_BYTES).ok_or(Unreadable::OtherSecret)?;
    let nonce = nonce(first).ok_or(Unreadable::OtherSecret)?;
    let text = cipher(secret).decrypt(&nonce, hidden).map_err(|_| Unreadable::OtherSecret)?;
    String::from_utf8(text).map_err(|_| Unreadable::OtherSecret)
}

fn nonce(bytes: &[u8]) -> Option<XNonce> {
    <[u8; NONCE_BYTES]>::try_from(bytes).ok().map(XNonce::from)
}

fn cipher(secret: &SecretString) -> XChaCha20Poly1305 {
    let key: [u8; 32] = Sha256::digest(secret.expose_secret().as_bytes()).into();
    XChaCha20Poly1305::new(&Key::from(key))
}

#[cfg(test)]
mod tests {
    use domain::SystemRandom;
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    const VECTOR: &str = include_str!("../tests/better-auth/vector-jwks-privateKey.json");

    fn secret() -> SecretString {
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEF".into()
    }

    fn vector() -> String {
        serde_json::from_str(VECTOR).unwrap()
    }

    #[test]
    fn what_better_auth_sealed_opens() {
        let key: serde_json::Value =
            serde_json::from_str(&open(&secret(), &vector()).unwrap()).unwrap();
        assert_eq!(key["x"], "40chCEsh_h5CBnsUh6s2ot8kSo8KsvTyKoCezYPkxOQ");
    }

    #[rstest]
    #[case::rotated("$ba$2$00ff", Unreadable::Rotated)]
    #[case::empty("", Unreadable::OtherSecret)]
    #[case::short("00ff", Unreadable::OtherSecret)]
    #[case::not_hex("{\"crv\":\"Ed25519\"}", Unreadable::OtherSecret)]
    #[case::only_a_nonce(
        "000000000000000000000000000000000000000000000000",
        Unreadable::OtherSecret
    )]
    fn what_is_not_ours_does_not(#[case] sealed: &str, #[case] why: Unreadable) {
        assert_eq!(open(&secret(), sealed), Err(why));
    }

    #[test]
    fn another_secret_does_not_open() {
        assert_eq!(open(&"another".into(), &vector()), Err(Unreadable::OtherSecret));
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens(text in ".{0,200}") {
            let sealed = seal(&secret(), &SystemRandom, &text);
            prop_assert_eq!(open(&secret(), &sealed).unwrap(), text);
        }

        #[test]
        fn what_was_tampered_with_does_not(at in 0_usize..300, digit in "[0-9a-f]") {
            let mut sealed = vector();
            let at = at % sealed.len();
            sealed.replace_range(at..=at, &digit);
            prop_assume!(sealed != vector());
            prop_assert_eq!(open(&secret(), &sealed), Err(Unreadable::OtherSecret));
        }
    }
}

//! Signed values: `VALUE.SIG`, as cookies and signed bearer tokens carry them.

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Signs with the deployment's secret.
///
/// Source: `better-auth.md`, section 5; vectors in section 11.
#[derive(Debug)]
pub(crate) struct Signer {
    secret: SecretString,
}

impl Signer {
    pub(crate) fn new(secret: SecretString) -> Self {
        Self { secret }
    }

    /// The secret itself, for the other things that it is the key of.
    pub(crate) fn secret(&self) -> &SecretString {
        &self.secret
    }

    /// `VALUE.SIG`; SIG is padded standard base64 of HMAC-SHA256, 44 characters.
    pub(crate) fn sign(&self, value: &str) -> String {
        format!("{value}.{}", self.signature(value))
    }

    /// The value of `VALUE.SIG` if the signature is ours. Compares in constant time.
    pub(crate) fn verify<'a>(&self, signed: &'a str) -> Option<&'a str> {
        let (value, signature) = signed.rsplit_once('.')?;
        // The text is compared, not the bytes it stands for: base64 can write one signature in several ways.
        let expected = self.signature(value);
        let genuine = bool::from(expected.as_bytes().ct_eq(signature.as_bytes()));
        (genuine && !value.is_empty()).then_some(value)
    }

    fn signature(&self, value: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.expose_secret().as_bytes())
            .expect("HMAC takes a key of any length");
        mac.update(value.as_bytes());
        BASE64_STANDARD.encode(mac.finalize().into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn signer() -> Signer {
        Signer::new("0123456789abcdefghijklmnopqrstuvwxyzABCDEF".into())
    }

    #[rstest]
    #[case("8tTxTbA8yHc0HVPlnUZjHyWAQn4v3j9y", "aT8GN+czKQCxODI0cg8zZsP5vNK+rntZyghlSUrOsA0=")]
    #[case("true", "eLx3HMORTuI4lX2Kvod9bgHAhRtuEqNTjei8Kvqu0Z8=")]
    fn vectors(#[case] value: &str, #[case] signature: &str) {
        assert_eq!(signer().signature(value), signature);
    }

    #[rstest]
    #[case("")]
    #[case(".")]
    #[case("true")]
    #[case("true.")]
    #[case("true.eLx3HMORTuI4lX2Kvod9bgHAhRtuEqNTjei8Kvqu0Z8")]
    #[case("true.eLx3HMORTuI4lX2Kvod9bgHAhRtuEqNTjei8Kvqu0Z9=")]
    #[case("true.eLx3HMORTuI4lX2Kvod9bgHAhRtuEqNTjei8Kvqu0Z8==")]
    fn refuses_what_is_not_signed(#[case] signed: &str) {
        assert_eq!(signer().verify(signed), None);
    }

    #[test]
    fn refuses_a_signed_nothing() {
        let signer = signer();
        assert_eq!(signer.verify(&signer.sign("")), None);
    }

    proptest! {
        #[test]
        fn what_is_signed_verifies(value in ".+") {
            let signer = signer();
            let signed = signer.sign(&value);
            prop_assert_eq!(signer.verify(&signed), Some(value.as_str()));
        }

        #[test]
        fn what_was_tampered_with_does_not(
            value in "[A-Za-z0-9]{1,40}",
            at in any::<prop::sample::Index>(),
            instead in "[A-Za-z0-9+/=.]",
        ) {
            let signed = signer().sign(&value);
            let at = at.index(signed.len());
            let mut tampered = signed.clone();
            tampered.replace_range(at..=at, &instead);
            prop_assume!(tampered != signed);
            prop_assert_eq!(signer().verify(&tampered), None);
        }

        #[test]
        fn another_secret_does_not(value in "[A-Za-z0-9]{1,40}", secret in ".{1,50}") {
            prop_assume!(secret != signer().secret.expose_secret());
            let signed = Signer::new(secret.into()).sign(&value);
            prop_assert_eq!(signer().verify(&signed), None);
        }
    }
}

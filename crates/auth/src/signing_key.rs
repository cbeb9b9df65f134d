//! A key that signs: made, stored, read.
//!
//! Source: `better-auth.md`, section 8.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::Random;
use jiff::Timestamp;
use jsonwebtoken::{
    Algorithm, EncodingKey,
    jwk::{AlgorithmParameters, Jwk as PublicJwk},
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use storage::Jwk;

use crate::{
    key_fault::KeyFault,
    sealed::{self, Unreadable},
};

/// The algorithm of keys that we make, and of those that name none.
pub(crate) const ED_DSA: &str = "EdDSA";
const ED_25519: &str = "Ed25519";

/// What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410, section 7).
const PKCS8: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// A key that signs.
#[derive(Clone)]
pub(crate) struct SigningKey {
    /// What a token's `kid` names.
    pub(crate) id: String,
    pub(crate) key: EncodingKey,
}

/// A JWK of Ed25519. The order of the fields is that of Better Auth.
#[derive(Serialize, Deserialize)]
struct EdJwk {
    crv: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    d: Option<String>,
    x: String,
    kty: String,
}

impl SigningKey {
    /// The key of a row of `"jwks"`.
    pub(crate) fn read(secret: &SecretString, row: &Jwk) -> Result<Self, KeyFault> {
        // A JSON string; taken as it is where somebody stored it without the quotes.
        let sealed = serde_json::from_str::<String>(&row.private_key);
        let sealed = sealed.unwrap_or_else(|_| row.private_key.clone());
        let text = sealed::open(secret, &sealed).map_err(|why| match why {
            Unreadable::Rotated => KeyFault::Rotated,
            Unreadable::OtherSecret => KeyFault::OtherSecret,
        })?;
        let jwk: EdJwk = serde_json::from_str(&text).map_err(|_| KeyFault::Malformed)?;
        let seed = jwk.d.and_then(|d| BASE64_URL_SAFE_NO_PAD.decode(d).ok());
        let seed: [u8; 32] =
            seed.and_then(|seed| seed.try_into().ok()).ok_or(KeyFault::Malformed)?;
        if jwk.crv != ED_25519 || public_half(&encoding_key(&seed)).as_ref() != Some(&jwk.x) {
            return Err(KeyFault::Malformed);
        }
        Ok(Self { id: row.id.clone(), key: encoding_key(&seed) })
    }
}

/// A new key, as a row of `"jwks"`.
pub(crate) fn make(secret: &SecretString, random: &dyn Random, now: Timestamp) -> Jwk {
    let mut seed = [0; 32];
    random.fill(&mut seed);
    let x = public_half(&encoding_key(&seed)).expect("any 32 bytes are a key of Ed25519");
    let public = EdJwk { crv: ED_25519.to_owned(), d: None, x, kty: "OKP".to_owned() };
    let public_key = json(&public);
    let private = EdJwk { d: Some(BASE64_URL_SAFE_NO_PAD.encode(seed)), ..public };
    Jwk {
        id: domain::token(random, 32),
        public_key,
        private_key: json(&sealed::seal(secret, random, &json(&private))),
        created_at: now,
        expires_at: None,
        alg: Some(ED_DSA.to_owned()),
        crv: Some(ED_25519.to_owned()),
    }
}

fn encoding_key(seed: &[u8; 32]) -> EncodingKey {
    EncodingKey::from_ed_der(&[&PKCS8[..], seed].concat())
}

/// `x` of the public JWK.
fn public_half(key: &EncodingKey) -> Option<String> {
    match PublicJwk::from_encoding_key(key, Algorithm::EdDSA).ok()?.algorithm {
        AlgorithmParameters::OctetKeyPair(pair) => Some(pair.x),
        _ => None,
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("texts are JSON")
}

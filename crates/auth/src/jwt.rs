//! JSON Web Tokens: signed for who is signed in, and checked when they come back.
//!
//! Source: `better-auth.md`, section 8.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use domain::UserId;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use storage::{Account, StorageError};

use crate::{Auth, Origin, key_fault::KeyFault, signing_key::SigningKey, wire::User};

/// The longest token that is looked at. Ours have some 600 characters, but the user's name and picture stand in them, and
/// at 64 KiB a body, and six characters for one in JSON, those two may come to 256 KiB.
const LONGEST: usize = 300 << 10;
/// How far the clocks of two machines may lie apart, in seconds.
const LEEWAY: f64 = 60.0;
/// The claims that may name the user, the first that does counts.
const USER_CLAIMS: [&str; 4] = ["sub", "user_id", "userId", "id"];

/// What an issued token says. The order of the fields is the order of the claims.
#[derive(Serialize)]
struct Claims<'a> {
    iat: i64,
    #[serde(flatten)]
    user: User<'a>,
    sub: &'a str,
    exp: i64,
    iss: &'a str,
    aud: &'a str,
}

/// What is read of a token's header before its signature is checked. Keys in it (`jwk`, `jku`, `x5c`, `x5u`) are
/// nobody's but the sender's, and are not looked at.
#[derive(Deserialize)]
struct Announced {
    alg: String,
    kid: Option<String>,
    /// What whoever reads the token must understand. We understand nothing of the kind.
    crit: Option<Value>,
}

impl Auth {
    /// A token for a user, such as we believe ourselves.
    pub(crate) async fn issue_jwt(
        &self,
        base: &Origin,
        account: &Account,
    ) -> Result<String, KeyFault> {
        let key = self.signing_key().await?;
        let iat = self.clock.now().as_second();
        let claims = |user| Claims {
            iat,
            user,
            sub: &account.id.0,
            exp: iat.saturating_add(i64::from(self.settings.jwt_seconds)),
            iss: base.as_str(),
            aud: base.as_str(),
        };
        let token = sign(&key, &claims(User::from(account)));
        if token.len() <= LONGEST {
            return Ok(token);
        }
        // The picture itself, stored by Better Auth in place of its address.
        let without = Account { image: None, ..account.clone() };
        Ok(sign(&key, &claims(User::from(&without))))
    }

    /// The user whom a token names, if it is one that we believe, and when it ends.
    pub(crate) async fn user_of_jwt(
        &self,
        token: &str,
    ) -> Result<Option<(UserId, Timestamp)>, StorageError> {
        let Some(announced) = announced(token) else { return Ok(None) };
        let claims = match (&*announced.alg, &announced.kid) {
            ("HS256", _) if self.settings.hs256 => {
                let secret = self.signer.secret().expose_secret().as_bytes();
                verified(token, &DecodingKey::from_secret(secret), Algorithm::HS256)
                    .filter(|claims| !is_mailed(claims))
            }
            ("EdDSA" | "RS256" | "ES256", Some(kid)) => {
                let now = self.clock.now();
                let keys = self.keys_for(kid).await?;
                let key = keys.verifying(kid, now);
                key.and_then(|key| verified(token, &key.key, key.alg))
            }
            _ => None,
        };
        Ok(claims.and_then(|claims| Some((user_of(&claims)?, self.end_of(&claims)?))))
    }

    /// When the token ends, if its claims say that it is meant for us, now.
    fn end_of(&self, claims: &Map<String, Value>) -> Option<Timestamp> {
        #[expect(clippy::cast_precision_loss, reason = "seconds are exact for 285 million years")]
        let now = self.clock.now().as_second() as f64;
        let number = |name| claims.get(name).map(Value::as_f64);
        let end = number("exp")?.filter(|exp| exp + LEEWAY > now)?;
        let begun = match number("nbf") {
            None => true,
            Some(begin) => begin.is_some_and(|begin| begin <= now + LEEWAY),
        };
        let is_meant = begun
            && is_among(claims.get("iss"), &self.settings.jwt_issuers)
            && is_meant_for(claims.get("aud"), &self.settings.jwt_audiences);
        #[expect(clippy::cast_possible_truncation, reason = "what is out of range never ends")]
        is_meant.then(|| Timestamp::from_second(end as i64).unwrap_or(Timestamp::MAX))
    }
}

/// Whether a claim names one of those that are taken. Nothing is asked of it when none are listed.
fn is_among(claim: Option<&Value>, taken: &[String]) -> bool {
    let text = claim.and_then(Value::as_str);
    taken.is_empty() || text.is_some_and(|text| taken.iter().any(|taken| taken == text))
}

/// The same for `aud`, the one claim of the two that may be a list (RFC 7519, section 4.1.3).
fn is_meant_for(audience: Option<&Value>, taken: &[String]) -> bool {
    match audience {
        Some(Value::Array(values)) if !taken.is_empty() => {
            values.iter().any(|value| is_among(Some(value), taken))
        }
        other => is_among(other, taken),
    }
}

/// Whether it is what Better Auth sends to have an address confirmed, signed with the same secret: who can read the mail,
/// or finds the link in a log, must not act for the user. Applications that sign tokens of their own name the user by
/// `sub` or `user_id`, or say nothing of the address.
fn is_mailed(claims: &Map<String, Value>) -> bool {
    let has = |name: &str| claims.contains_key(name);
    has("email") && has("userId") && !has("sub") && !has("user_id")
}

fn user_of(claims: &Map<String, Value>) -> Option<UserId> {
    let text = |name: &&str| claims.get(*name).and_then(Value::as_str).filter(|id| !id.is_empty());
    let id = USER_CLAIMS.iter().find_map(text)?;
    // Postgres stores no NUL, and nobody's id is so long.
    (id.len() <= 255 && !id.contains('\0')).then(|| UserId(id.to_owned()))
}

/// Signs as Better Auth does: the header has `alg` and `kid`, and nothing else.
pub(crate) fn sign(key: &SigningKey, claims: &impl Serialize) -> String {
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = None;
    header.kid = Some(key.id.clone());
    jsonwebtoken::encode(&header, claims, &key.key).expect("the key was tried when it was read")
}

/// What a token says of itself, if it looks like one.
fn announced(token: &str) -> Option<Announced> {
    if token.len() > LONGEST {
        return None;
    }
    let (header, _) = token.split_once('.')?;
    let header = BASE64_URL_SAFE_NO_PAD.decode(header).ok()?;
    let announced: Announced = serde_json::from_slice(&header).ok()?;
    announced.crit.is_none().then_some(announced)
}

/// The claims of a token that was signed with this key and by this algorithm. Times are the caller's to check: the
/// library would ask a clock of its own.
pub(crate) fn verified(
    token: &str,
    key: &DecodingKey,
    alg: Algorithm,
) -> Option<Map<String, Value>> {
    let mut rules = Validation::new(alg);
    rules.required_spec_claims.clear();
    rules.validate_exp = false;
    rules.validate_aud = false;
    Some(jsonwebtoken::decode(token, key, &rules).ok()?.claims)
}

#[cfg(test)]
mod tests {
    use storage::Jwk;

    use super::*;
    use crate::signing_key;

    const RECORDING: &str = include_str!("../tests/better-auth/better-auth-1.7.25-exchanges.jsonl");
    const PRIVATE_KEY: &str = include_str!("../tests/better-auth/vector-jwks-privateKey.json");
    const X: &str = "40chCEsh_h5CBnsUh6s2ot8kSo8KsvTyKoCezYPkxOQ";

    fn secret() -> secrecy::SecretString {
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEF".into()
    }

    /// The token of the exchange "token (jwt plugin)".
    fn recorded() -> String {
        let exchanges = RECORDING.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let exchange = exchanges.into_iter().find(|it| it["label"] == "token (jwt plugin)");
        let body: Value =
            serde_json::from_str(exchange.unwrap()["resBody"].as_str().unwrap()).unwrap();
        body["token"].as_str().unwrap().to_owned()
    }

    fn row(id: &str) -> Jwk {
        Jwk {
            id: id.to_owned(),
            public_key: format!(r#"{{"crv":"Ed25519","x":"{X}","kty":"OKP"}}"#),
            private_key: PRIVATE_KEY.trim().to_owned(),
            created_at: Timestamp::UNIX_EPOCH,
            expires_at: None,
            alg: None,
            crv: None,
        }
    }

    /// The recorded claims, in the order in which they stand.
    #[derive(Deserialize, Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Recorded {
        iat: i64,
        name: String,
        email: String,
        email_verified: bool,
        image: Option<String>,
        created_at: String,
        updated_at: String,
        id: String,
        sub: String,
        exp: i64,
        iss: String,
        aud: String,
    }

    #[test]
    fn the_recorded_token_verifies_and_signing_it_again_gives_the_same_text() {
        let token = recorded();
        let kid = announced(&token).unwrap().kid.unwrap();
        let key = DecodingKey::from_ed_components(X).unwrap();
        assert!(verified(&token, &key, Algorithm::EdDSA).is_some());

        let payload = token.split('.').nth(1).unwrap();
        let payload = BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap();
        let claims: Recorded = serde_json::from_slice(&payload).unwrap();
        assert_eq!(serde_json::to_vec(&claims).unwrap(), payload, "all claims, in their order");
        let key = SigningKey::read(&secret(), &row(&kid)).unwrap();
        assert_eq!(sign(&key, &claims), token);
    }

    #[test]
    fn a_key_that_is_made_can_be_read() {
        let made = signing_key::make(&secret(), &domain::SystemRandom, Timestamp::UNIX_EPOCH);
        let key = SigningKey::read(&secret(), &made).unwrap();
        let token = sign(&key, &serde_json::json!({ "sub": "ada" }));
        let public: Value = serde_json::from_str(&made.public_key).unwrap();
        let x = DecodingKey::from_ed_components(public["x"].as_str().unwrap()).unwrap();
        assert!(verified(&token, &x, Algorithm::EdDSA).is_some());
        assert!(matches!(SigningKey::read(&"another".into(), &made), Err(KeyFault::OtherSecret)));
        let other_half = Jwk { private_key: row("x").private_key, ..made };
        assert!(SigningKey::read(&secret(), &other_half).is_ok(), "the private half has its own");
    }
}

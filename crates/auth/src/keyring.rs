//! The keys of `"jwks"`: which one signs, and which ones are believed.
//!
//! Source: `better-auth.md`, section 8; `http-api.md`, authentication.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, jwk::Jwk as PublicJwk};
use secrecy::SecretString;
use storage::{Jwk, StorageError};

use crate::{
    Auth,
    key_fault::KeyFault,
    signing_key::{self, ED_DSA, SigningKey},
};

/// How long what was read is believed.
const FRESH: SignedDuration = SignedDuration::from_secs(60);
/// How soon after a reading a key that was not in it is looked for again: whoever sends tokens with invented keys must
/// not make the database work for each.
const AGAIN: SignedDuration = SignedDuration::from_millis(200);
/// How long to wait for somebody else's reading.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long after its end a key is still published, so that the tokens it signed last can be checked.
const GRACE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What the keys were when they were read last.
#[derive(Default)]
pub(crate) struct Keyring {
    readings: Mutex<Readings>,
    /// Held while reading, so that many who want to read do it once.
    reading: tokio::sync::Mutex<()>,
}

/// What reading has come to so far.
#[derive(Default)]
struct Readings {
    last: Option<Arc<Keys>>,
    /// How often it was begun.
    begun: u64,
    /// How often the database was away.
    failed: u64,
}

impl Keyring {
    fn readings(&self) -> MutexGuard<'_, Readings> {
        self.readings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The keys at one time.
pub(crate) struct Keys {
    /// Which reading they come from.
    reading: u64,
    read_at: Timestamp,
    rows: Vec<Jwk>,
    verifying: HashMap<String, VerifyingKey>,
    signing: Option<Result<SigningKey, KeyFault>>,
}

/// A key that tokens are checked with.
pub(crate) struct VerifyingKey {
    /// The only algorithm that it is used for.
    pub(crate) alg: Algorithm,
    pub(crate) key: DecodingKey,
    published_until: Option<Timestamp>,
}

impl VerifyingKey {
    fn read(row: &Jwk) -> Option<Self> {
        let alg = match row.alg.as_deref().unwrap_or(ED_DSA) {
            ED_DSA => Algorithm::EdDSA,
            "RS256" => Algorithm::RS256,
            "ES256" => Algorithm::ES256,
            _ => return None,
        };
        let jwk: PublicJwk = serde_json::from_str(&row.public_key).ok()?;
        let key = DecodingKey::from_jwk(&jwk).ok()?;
        let published_until = published_until(row);
        (key.family() == alg.family()).then_some(Self { alg, key, published_until })
    }
}

/// `None`: for ever.
fn published_until(row: &Jwk) -> Option<Timestamp> {
    row.expires_at.map(|end| end.saturating_add(GRACE).unwrap_or(Timestamp::MAX))
}

impl Keys {
    fn new(secret: &SecretString, rows: Vec<Jwk>, reading: u64, now: Timestamp) -> Self {
        let signs = |row: &&Jwk| {
            row.alg.as_deref().unwrap_or(ED_DSA) == ED_DSA
                && row.expires_at.is_none_or(|end| end > now)
        };
        let signing = rows.iter().find(signs).map(|row| SigningKey::read(secret, row));
        let verifying =
            rows.iter().filter_map(|row| Some((row.id.clone(), VerifyingKey::read(row)?)));
        Self { reading, read_at: now, verifying: verifying.collect(), signing, rows }
    }

    /// The key that signs, or what is wrong with it.
    fn signing(&self) -> Option<Result<SigningKey, KeyFault>> {
        let signing = self.signing.as_ref()?;
        Some(match signing {
            Ok(key) => Ok(key.clone()),
            Err(fault) => Err(fault.known()),
        })
    }

    /// The key of a `kid`.
    pub(crate) fn verifying(&self, id: &str, now: Timestamp) -> Option<&VerifyingKey> {
        self.verifying.get(id).filter(|key| key.published_until.is_none_or(|end| end > now))
    }

    /// The rows that others may see the public half of, the oldest first.
    pub(crate) fn published(&self, now: Timestamp) -> impl Iterator<Item = &Jwk> {
        let seen = move |row: &&Jwk| published_until(row).is_none_or(|end| end > now);
        self.rows.iter().rev().filter(seen)
    }

    fn is_younger_than(&self, age: SignedDuration, now: Timestamp) -> bool {
        let since = now.duration_since(self.read_at);
        !since.is_negative() && since < age
    }
}

impl Auth {
    /// Whether tokens can be signed: asked once at the start, so that a wrong secret is told by the start and not by the
    /// first user. No key at all is fine, one is made when it is needed.
    ///
    /// # Errors
    /// [`KeyFault::Storage`] says nothing about the secret; all else keeps the program from doing its work.
    pub async fn check_keys(&self) -> Result<(), KeyFault> {
        let keys = self.read_keys(SignedDuration::ZERO).await?;
        keys.signing().transpose().map(drop)
    }

    /// The key that signs: the newest that has not ended. Made when there is none.
    pub(crate) async fn signing_key(&self) -> Result<SigningKey, KeyFault> {
        let now = self.now();
        if let Some(signing) = self.read_keys(FRESH).await?.signing() {
            return signing;
        }
        let made = signing_key::make(self.signer.secret(), &*self.random, now);
        self.store.insert_jwk_if_needed(&made, now).await?;
        let keys = self.read_keys(SignedDuration::ZERO).await?;
        keys.signing().unwrap_or(Err(KeyFault::Malformed))
    }

    /// The keys as they are now, with one that signs among them.
    pub(crate) async fn published_keys(&self) -> Result<Arc<Keys>, KeyFault> {
        let keys = self.read_keys(SignedDuration::ZERO).await?;
        if !keys.rows.is_empty() {
            return Ok(keys);
        }
        self.signing_key().await?;
        Ok(self.read_keys(FRESH).await?)
    }

    /// The keys among which `id` is looked for. One that is not known is read for, but not by everybody who asks.
    pub(crate) async fn keys_for(&self, id: &str) -> Result<Arc<Keys>, StorageError> {
        let keys = self.read_keys(FRESH).await?;
        if keys.verifying.contains_key(id) {
            return Ok(keys);
        }
        self.read_keys(AGAIN).await
    }

    /// The keys, read again if what is known is as old as `age`. Who has to wait for another's reading shares its outcome:
    /// keys whose reading began while they waited are as they want them, and a database that was away meanwhile is not
    /// waited for a second time.
    async fn read_keys(&self, age: SignedDuration) -> Result<Arc<Keys>, StorageError> {
        let young = |keys: &Arc<Keys>| keys.is_younger_than(age, self.clock.now());
        let (begun, failed) = {
            let readings = self.keyring.readings();
            if let Some(keys) = readings.last.clone().filter(young) {
                return Ok(keys);
            }
            (readings.begun, readings.failed)
        };
        let one = storage::in_time(PATIENCE, self.keyring.reading.lock()).await;
        let _one = one.ok_or(StorageError::Busy(None))?;
        let reading = {
            let mut readings = self.keyring.readings();
            if readings.failed > failed {
                return Err(StorageError::Busy(None));
            }
            let since = |keys: &Arc<Keys>| keys.reading > begun || young(keys);
            if let Some(keys) = readings.last.clone().filter(since) {
                return Ok(keys);
            }
            readings.begun += 1;
            readings.begun
        };
        let now = self.clock.now();
        let rows = self.store.jwks().await;
        let keys = |rows| Arc::new(Keys::new(self.signer.secret(), rows, reading, now));
        let read = rows.map(keys);
        let mut readings = self.keyring.readings();
        match &read {
            Ok(keys) => readings.last = Some(Arc::clone(keys)),
            Err(error) => readings.failed += u64::from(error.is_away()),
        }
        read
    }
}

//! Requests that may be sent again.

use auth::Actor;
use domain::ChangeNumber;
use jiff::SignedDuration;
use storage::{Claim, Settled, StoredAnswer, UsedKey};

use crate::{Service, ServiceError};

/// How long an answer is given again.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// A request without an answer that came longer ago has none coming: its process died, or it failed halfway.
const RUNNING: SignedDuration = SignedDuration::from_secs(60);
/// How far behind the beginning of a request we look for its change: other requests of the user may have come between.
const LOOK_AHEAD: u16 = 50;

impl Service {
    /// The wish of a request to be the one that writes under its key.
    #[must_use]
    pub fn claim(&self, key: String, fingerprint: String, request_id: &str) -> Claim {
        let now = self.now();
        Claim {
            id: self.new_id(now),
            key,
            fingerprint,
            request_id: request_id.to_owned(),
            now,
            expires_at: now.checked_add(KEPT).unwrap_or(now),
            settled: Settled::default(),
        }
    }
}

/// What a key was used for, if it has not expired.
///
/// # Errors
/// The database's.
pub async fn used_key(
    app: &Service,
    actor: &Actor,
    key: &str,
) -> Result<Option<UsedKey>, ServiceError> {
    Ok(app.store.used_key(actor.user_id(), key, app.now()).await?)
}

/// Stores what was answered to the request that made the claim. Returns whether the key is this claim's.
///
/// # Errors
/// The database's.
pub async fn store_answer(
    app: &Service,
    actor: &Actor,
    claim: &Claim,
    answer: &StoredAnswer,
) -> Result<bool, ServiceError> {
    Ok(app.store.store_answer(actor.user_id(), claim, answer).await?)
}

/// Whether the request that used a key may still be running, here or on another replica.
#[must_use]
pub fn may_run(app: &Service, used: &UsedKey) -> bool {
    used.answer.is_none() && app.now().duration_since(used.claimed_at) < RUNNING
}

/// The first change that the request made which used a key, if it made one.
///
/// # Errors
/// The database's.
pub async fn change_of(
    app: &Service,
    actor: &Actor,
    used: &UsedKey,
) -> Result<Option<ChangeNumber>, ServiceError> {
    let log = app.store.outlines_after(actor.user_id(), used.change_before, LOOK_AHEAD).await?;
    let own = log.into_iter().find(|change| change.request_id == used.request_id);
    Ok(own.map(|change| change.number))
}

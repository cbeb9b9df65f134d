//! Who acts.

use std::sync::Arc;

use domain::{Source, UserId};
use storage::{Claim, DueReminder};

/// Who acts, through which door, in which request. Only authentication makes one, so a function that takes an `Actor`
/// cannot be called for a user whom nobody has verified. The one exception is [`Actor::reminding`].
#[derive(Debug, Clone)]
pub struct Actor {
    user_id: UserId,
    source: Source,
    request_id: String,
    claim: Option<Arc<Claim>>,
}

impl Actor {
    pub(crate) fn new(user_id: UserId, request_id: &str) -> Self {
        Self { user_id, source: Source::Api, request_id: request_id.to_owned(), claim: None }
    }

    /// The program itself, on behalf of somebody who asked to be reminded of a task. Takes what only storage can make, so
    /// it cannot be had for another user or at another time.
    #[must_use]
    pub fn reminding(due: &DueReminder) -> Self {
        let user_id = due.user().clone();
        Self { user_id, source: Source::System, request_id: "reminder".to_owned(), claim: None }
    }

    /// Whose data it is.
    #[must_use]
    pub fn user_id(&self) -> &UserId {
        &self.user_id
    }

    /// The door: [`Source::Api`] unless [`Actor::with_source`] said otherwise.
    #[must_use]
    pub fn source(&self) -> Source {
        self.source
    }

    /// The request this is part of.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The same user in the same request, through another door: the chat's.
    #[must_use]
    pub fn with_source(self, source: Source) -> Self {
        Self { source, ..self }
    }

    /// The key that the request takes with its first write, if it has one.
    #[must_use]
    pub fn claim(&self) -> Option<&Arc<Claim>> {
        self.claim.as_ref()
    }

    /// The same user in the same request, which takes this key with its first write.
    #[must_use]
    pub fn with_claim(self, claim: Arc<Claim>) -> Self {
        Self { claim: Some(claim), ..self }
    }
}

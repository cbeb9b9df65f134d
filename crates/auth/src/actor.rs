//! Who acts.

use domain::{Source, UserId};
use storage::DueReminder;

/// Who acts, through which door, in which request. Only authentication makes one, so a function that takes an `Actor`
/// cannot be called for a user whom nobody has verified. The one exception is [`Actor::reminding`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    user_id: UserId,
    source: Source,
    request_id: String,
}

impl Actor {
    pub(crate) fn new(user_id: UserId, request_id: &str) -> Self {
        Self { user_id, source: Source::Api, request_id: request_id.to_owned() }
    }

    /// The program itself, on behalf of somebody who asked to be reminded of a task. Takes what only storage can make, so
    /// it cannot be had for another user or at another time.
    #[must_use]
    pub fn reminding(due: &DueReminder) -> Self {
        let user_id = due.user().clone();
        Self { user_id, source: Source::System, request_id: "reminder".to_owned() }
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
}

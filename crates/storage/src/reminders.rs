//! Reminders whose time has come.

use async_trait::async_trait;
use domain::{TaskNumber, UserId};
use jiff::Timestamp;

use crate::StorageError;

/// A task that its owner is to be reminded of. Only [`ReminderReads`] makes one, so it is the proof that lets the program
/// act for a user who asked for nothing at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueReminder {
    user: UserId,
    number: TaskNumber,
}

impl DueReminder {
    pub(crate) fn new(user: UserId, number: TaskNumber) -> Self {
        Self { user, number }
    }

    /// The owner.
    #[must_use]
    pub fn user(&self) -> &UserId {
        &self.user
    }

    /// The task.
    #[must_use]
    pub fn number(&self) -> TaskNumber {
        self.number
    }
}

/// Reading reminders. The one look over all users, for the program itself and for no request.
#[async_trait]
pub trait ReminderReads: Send + Sync {
    /// Open tasks whose time to remind has come and whose owner was not reminded yet, the longest waiting first.
    async fn due_reminders(
        &self,
        now: Timestamp,
        limit: u16,
    ) -> Result<Vec<DueReminder>, StorageError>;
}

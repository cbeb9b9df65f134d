//! Reminders whose time has come.

use auth::Actor;
use domain::{ChangeKind, Task};
use storage::DueReminder;

use crate::{Service, ServiceError, entry};

/// Reminders that are looked for at once.
const PAGE: u16 = 500;

/// Notes for up to `limit` open tasks, over all users, that their owner is reminded of them now: open pages learn of it by
/// the change log. Any number of replicas may call it at once: each reminder is given once. Returns how many were given.
///
/// The task keeps its version: nothing of what its owner sees and edits has changed.
///
/// # Errors
/// The database's, when it is away. What fails for one task alone is logged, and tried again by the next call.
pub async fn remind_due(app: &Service, limit: u16) -> Result<u64, ServiceError> {
    let (mut given, mut left) = (0, limit);
    loop {
        let page = left.min(PAGE);
        let due = app.store.due_reminders(app.now(), page).await?;
        for due in &due {
            given += u64::from(tried(app, due).await?);
        }
        left -= page;
        // Of a full page another replica may have given half: that it is full says that more may wait.
        if left == 0 || due.len() < usize::from(page) {
            return Ok(given);
        }
    }
}

/// Whether the reminder was given now. What fails for one task alone does not keep the others from theirs.
async fn tried(app: &Service, due: &DueReminder) -> Result<bool, ServiceError> {
    match remind(app, due).await {
        Err(ServiceError::Storage(error)) if error.is_away() => Err(error.into()),
        Err(error) => {
            tracing::error!(
                user.id = %due.user(), task.number = %due.number(),
                error = %domain::chain(&error), "a reminder was not given"
            );
            Ok(false)
        }
        given => given,
    }
}

/// `false` when another replica was faster, or the task has changed meanwhile.
async fn remind(app: &Service, due: &DueReminder) -> Result<bool, ServiceError> {
    let actor = Actor::reminding(due);
    let now = app.now();
    let mut work = app.begin(&actor).await?;
    let Some(after) = work.remind(due.number(), now).await? else { return Ok(false) };
    let before = Task { reminded_at: None, ..after.clone() };
    let log = entry(&actor, ChangeKind::TaskReminded, before, after, now);
    let change = work.append_change(log).await?;
    work.commit().await?;
    tracing::info!(
        user.id = %due.user(), change.number = %change, task.number = %due.number(), "reminded"
    );
    Ok(true)
}

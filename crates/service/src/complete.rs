//! Completing and reopening tasks.

use auth::Actor;
use domain::{ChangeKind, Task, Version, ZoneName};
use jiff::Timestamp;

use crate::{
    Service, ServiceError, TaskKey, Written,
    changing::{Changing, check_version},
};

/// Tasks that were completed, and what follows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completed {
    /// The tasks, in the order named.
    pub tasks: Vec<Task>,
    /// The next occurrences of those that repeat, by number: made by this, or before and still there.
    pub next: Vec<Task>,
}

/// Completes tasks, all or none, as one change. Those that are done already stay as they are. A recurring task gets its
/// next occurrence, once for ever: completing it again, after it was reopened, makes no second one. `zone` is where the
/// user is: it says on which day something without a time of its own is completed. `expected` are the versions that each
/// may have, if not any.
///
/// # Errors
/// [`ServiceError::NoSuchTask`], [`ServiceError::Stale`]; [`ServiceError::NotFound`] when it was named by its id.
pub async fn complete_tasks(
    app: &Service,
    actor: &Actor,
    zone: &ZoneName,
    keys: &[TaskKey],
    expected: Option<&[Version]>,
) -> Result<Written<Completed>, ServiceError> {
    let mut changing = Changing::begin(app, actor, zone).await?;
    let mut tasks = Vec::with_capacity(keys.len());
    for task in changing.named(keys).await? {
        check_version(&task, expected)?;
        let completed_at = completed_at(&task, true, changing.now);
        tasks.push(changing.change(&task, Task { completed_at, ..task.clone() }).await?);
    }
    let next = changing.following(&tasks).await?;
    let change = changing.finish(ChangeKind::TaskCompleted).await?;
    Ok(Written { value: Completed { tasks, next }, change })
}

/// Reopens tasks, all or none, as one change. Those that are open stay as they are. The next occurrence of a recurring task
/// stays too: taking the completion back by undo removes it. `expected` as for [`complete_tasks`].
///
/// # Errors
/// [`ServiceError::NoSuchTask`], [`ServiceError::Stale`]; [`ServiceError::NotFound`] when it was named by its id.
pub async fn reopen_tasks(
    app: &Service,
    actor: &Actor,
    keys: &[TaskKey],
    expected: Option<&[Version]>,
) -> Result<Written<Vec<Task>>, ServiceError> {
    let nowhere = ZoneName::utc(); // nothing is completed
    let mut changing = Changing::begin(app, actor, &nowhere).await?;
    let mut tasks = Vec::with_capacity(keys.len());
    for task in changing.named(keys).await? {
        check_version(&task, expected)?;
        tasks.push(changing.change(&task, Task { completed_at: None, ..task.clone() }).await?);
    }
    let change = changing.finish(ChangeKind::TaskReopened).await?;
    Ok(Written { value: tasks, change })
}

/// Completes a task that is open, or reopens one that is done, whichever it is by then: of two at once, the second takes
/// back what the first did. `zone` and `expected` as for [`complete_tasks`].
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Stale`].
pub async fn toggle_task(
    app: &Service,
    actor: &Actor,
    zone: &ZoneName,
    key: TaskKey,
    expected: Option<&[Version]>,
) -> Result<Written<Task>, ServiceError> {
    let mut changing = Changing::begin(app, actor, zone).await?;
    let before = changing.one(key).await?;
    check_version(&before, expected)?;
    let completed_at = completed_at(&before, !before.is_completed(), changing.now);
    let after = changing.change(&before, Task { completed_at, ..before.clone() }).await?;
    let kind =
        if after.is_completed() { ChangeKind::TaskCompleted } else { ChangeKind::TaskReopened };
    Ok(Written { value: after, change: changing.finish(kind).await? })
}

/// A task that is done already stays done since then.
pub(crate) fn completed_at(before: &Task, completed: bool, now: Timestamp) -> Option<Timestamp> {
    completed.then(|| before.completed_at.unwrap_or(now))
}

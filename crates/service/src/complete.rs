//! Completing and reopening tasks.

use auth::Actor;
use domain::{ChangeKind, Task, ZoneName};
use jiff::Timestamp;

use crate::{Service, ServiceError, TaskKey, Written, changing::Changing};

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
/// user is: it says on which day something without a time of its own is completed.
///
/// # Errors
/// [`ServiceError::NoSuchTask`]; [`ServiceError::NotFound`] when it was named by its id.
pub async fn complete_tasks(
    app: &Service,
    actor: &Actor,
    zone: &ZoneName,
    keys: &[TaskKey],
) -> Result<Written<Completed>, ServiceError> {
    let mut changing = Changing::begin(app, actor, zone).await?;
    let mut tasks = Vec::with_capacity(keys.len());
    for task in changing.named(keys).await? {
        let completed_at = completed_at(&task, true, changing.now);
        tasks.push(changing.change(&task, Task { completed_at, ..task.clone() }).await?);
    }
    let next = changing.following(&tasks).await?;
    let change = changing.finish(ChangeKind::TaskCompleted).await?;
    Ok(Written { value: Completed { tasks, next }, change })
}

/// Reopens tasks, all or none, as one change. Those that are open stay as they are. The next occurrence of a recurring task
/// stays too: taking the completion back by undo removes it.
///
/// # Errors
/// [`ServiceError::NoSuchTask`]; [`ServiceError::NotFound`] when it was named by its id.
pub async fn reopen_tasks(
    app: &Service,
    actor: &Actor,
    keys: &[TaskKey],
) -> Result<Written<Vec<Task>>, ServiceError> {
    let nowhere = ZoneName::utc(); // nothing is completed
    let mut changing = Changing::begin(app, actor, &nowhere).await?;
    let mut tasks = Vec::with_capacity(keys.len());
    for task in changing.named(keys).await? {
        tasks.push(changing.change(&task, Task { completed_at: None, ..task.clone() }).await?);
    }
    let change = changing.finish(ChangeKind::TaskReopened).await?;
    Ok(Written { value: tasks, change })
}

/// A task that is done already stays done since then.
pub(crate) fn completed_at(before: &Task, completed: bool, now: Timestamp) -> Option<Timestamp> {
    completed.then(|| before.completed_at.unwrap_or(now))
}

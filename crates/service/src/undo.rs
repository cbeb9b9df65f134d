//! Taking back a change, by its number in the log.
//!
//! Undo appends the inverse change; nothing is ever removed from the log. Redo is the undo of the undo.

mod later;
mod present;
mod restore;

use std::collections::BTreeSet;

use auth::Actor;
use domain::{Change, ChangeKind, ChangeNumber, NewChange, Task, TaskNumber};

pub use self::later::is_undone;
use self::{later::later, present::Present};
use crate::{Service, ServiceError, entry};

/// Rows that one statement reads: databases bound the values of a statement.
const AT_ONCE: usize = 500;

/// What undoing left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// The change that was taken back.
    pub undone: Change,
    /// The change that did so; undo it to redo.
    pub change: ChangeNumber,
    /// Tasks as they are now.
    pub tasks: Vec<Task>,
    /// Tasks that are gone, because the change had made them.
    pub removed: Vec<TaskNumber>,
}

/// Takes a change back, whole or not at all: everything it touched must still be as it left it.
///
/// # Errors
/// [`ServiceError::NotFound`]; [`ServiceError::InTheWay`] when something it touched has changed since;
/// [`ServiceError::NeverUndone`] for a reminder, and for what only a newer program understands.
pub async fn undo(
    app: &Service,
    actor: &Actor,
    number: ChangeNumber,
) -> Result<Undone, ServiceError> {
    let now = app.now();
    let mut work = app.begin(actor).await?;
    let change = work.change(number).await?.ok_or(ServiceError::NotFound("Change"))?;
    if matches!(change.kind, ChangeKind::TaskReminded | ChangeKind::Other) {
        return Err(ServiceError::NeverUndone(change.kind));
    }
    let Some(present) = Present::as_left(&mut *work, &change).await? else {
        drop(work); // gives the lock back before the log is read
        return Err(ServiceError::InTheWay(later(app, actor, &change).await?));
    };
    let after = match restore::take_back(&mut *work, &change, &present, now).await {
        Err(ServiceError::TagExists) => {
            drop(work);
            return Err(ServiceError::InTheWay(later(app, actor, &change).await?));
        }
        taken => taken?,
    };
    let inverse = NewChange {
        undoes: Some(number),
        ..entry(actor, ChangeKind::Undone, present.into_snapshot(), after.clone(), now)
    };
    let inverse = work.append_change(inverse).await?;
    work.commit().await?;
    tracing::info!(
        user.id = %actor.user_id(), change.number = %inverse, change.undone = %number, "undone"
    );
    let kept: BTreeSet<_> = after.tasks.iter().map(|task| task.number).collect();
    let numbers = change.after.tasks.iter().map(|task| task.number);
    let removed = numbers.filter(|number| !kept.contains(number)).collect();
    Ok(Undone { undone: change, change: inverse, tasks: after.tasks, removed })
}

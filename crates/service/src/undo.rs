//! Taking back a change, by its number in the log.
//!
//! Undo appends the inverse change; nothing is ever removed from the log. Redo is the undo of the undo.

use std::collections::BTreeSet;

use auth::Actor;
use domain::{
    Change, ChangeKind, ChangeNumber, NewChange, Snapshot, Tag, TagId, Task, TaskNumber, Version,
};
use jiff::Timestamp;
use storage::Write;

use crate::{Service, ServiceError, entry, tags::name_taken};

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

/// How far behind a change we look for what stands in its way.
const LOOK_AHEAD: u16 = 1_000;

/// The log behind `after`, oldest first.
///
/// # Errors
/// The database's.
pub async fn changes(
    app: &Service,
    actor: &Actor,
    after: ChangeNumber,
    limit: u16,
) -> Result<Vec<Change>, ServiceError> {
    Ok(app.store.changes_after(actor.user_id(), after, limit).await?)
}

/// Takes a change back, whole or not at all: everything it touched must still be as it left it.
///
/// # Errors
/// [`ServiceError::NotFound`]; [`ServiceError::InTheWay`] when something it touched has changed since.
pub async fn undo(
    app: &Service,
    actor: &Actor,
    number: ChangeNumber,
) -> Result<Undone, ServiceError> {
    let now = app.now();
    let mut work = app.store.begin(actor.user_id()).await?;
    let change = work.change(number).await?.ok_or(ServiceError::NotFound("Change"))?;
    let Some(current) = as_left(&mut *work, &change).await? else {
        drop(work); // gives the lock back before the log is read
        return Err(ServiceError::InTheWay(later(app, actor, &change).await?));
    };
    let after = take_back(&mut *work, &change, &current, now).await?;
    let inverse = NewChange {
        undoes: Some(number),
        ..entry(actor, ChangeKind::Undone, current, after.clone(), now)
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

/// What the change touched, as it is now; `None` unless that is how the change left it. Contents are compared, not
/// versions: when a later change was itself taken back, this one can be.
async fn as_left(work: &mut dyn Write, change: &Change) -> Result<Option<Snapshot>, ServiceError> {
    let (before, after) = (&change.before, &change.after);
    let mut tasks = Vec::with_capacity(after.tasks.len());
    for task in &after.tasks {
        match work.task(task.number).await? {
            Some(current) if current.same_content(task) => tasks.push(current),
            _ => return Ok(None),
        }
    }
    for task in before.tasks.iter().filter(|task| find_task(after, task.number).is_none()) {
        if work.task(task.number).await?.is_some() {
            return Ok(None);
        }
    }
    for tag in &after.tags {
        // A tag that was made for itself goes only while it is on no task; one that came with a task may have to stay.
        let alone = change.kind == ChangeKind::TagCreated;
        if work.tag(tag.id).await?.as_ref() != Some(tag)
            || alone && !work.tasks_with_tag(tag.id).await?.is_empty()
        {
            return Ok(None);
        }
    }
    for tag in before.tags.iter().filter(|tag| find_tag(after, tag.id).is_none()) {
        if !work.tags_by_name(std::slice::from_ref(&tag.name)).await?.is_empty() {
            return Ok(None);
        }
    }
    Ok(Some(Snapshot { tasks, tags: after.tags.clone() }))
}

/// Writes the state before the change. Tags come back before the tasks that have them, and go after.
async fn take_back(
    work: &mut dyn Write,
    change: &Change,
    current: &Snapshot,
    now: Timestamp,
) -> Result<Snapshot, ServiceError> {
    let before = &change.before;
    for tag in &before.tags {
        match find_tag(current, tag.id) {
            Some(_) => work.update_tag(tag).await.map_err(name_taken)?,
            None => work.insert_tag(tag).await.map_err(name_taken)?,
        }
    }
    let mut tasks = Vec::with_capacity(before.tasks.len());
    for task in &before.tasks {
        let seen = find_task(current, task.number).map(|current| current.version);
        tasks.push(bring_back(work, task, seen, now).await?);
    }
    for task in current.tasks.iter().filter(|task| find_task(before, task.number).is_none()) {
        work.delete_task(task.number, task.version).await?;
    }
    let mut tags = before.tags.clone();
    for tag in current.tags.iter().filter(|tag| find_tag(before, tag.id).is_none()) {
        if work.tasks_with_tag(tag.id).await?.is_empty() {
            work.delete_tag(tag.id).await?;
        } else {
            tags.push(tag.clone()); // another task has it by now
        }
    }
    Ok(Snapshot { tasks, tags })
}

/// Gives a task the content it had; one that is gone gets its number and id back too. Its version goes on counting:
/// a version that a client saw never means another content. Tags that were deleted since stay deleted.
async fn bring_back(
    work: &mut dyn Write,
    task: &Task,
    seen: Option<Version>,
    now: Timestamp,
) -> Result<Task, ServiceError> {
    let mut tags: Vec<Tag> = Vec::with_capacity(task.tags.len());
    for tag in &task.tags {
        tags.extend(work.tag(tag.id).await?);
    }
    let mut task = Task { tags, updated_at: now, ..task.clone() };
    if let Some(seen) = seen {
        work.set_tags(task.number, &task.tags).await?;
        return Ok(work.update_task(&task, seen).await?);
    }
    task.version = Version(task.version.0 + 1);
    work.restore_task(&task).await?;
    Ok(task)
}

/// The changes behind this one that touched the same tasks or tags.
async fn later(
    app: &Service,
    actor: &Actor,
    change: &Change,
) -> Result<Vec<ChangeNumber>, ServiceError> {
    let log = app.store.changes_after(actor.user_id(), change.number, LOOK_AHEAD).await?;
    let touched = log.iter().filter(|other| meet(change, other));
    Ok(touched.map(|other| other.number).collect())
}

/// Whether two changes touched the same task or tag.
fn meet(one: &Change, other: &Change) -> bool {
    let sides = [&one.before, &one.after];
    let mut others = [&other.before, &other.after].into_iter();
    others.any(|other| {
        sides.iter().any(|side| {
            other.tasks.iter().any(|task| {
                find_task(side, task.number).is_some()
                    || task.tags.iter().any(|tag| find_tag(side, tag.id).is_some())
            }) || other.tags.iter().any(|tag| find_tag(side, tag.id).is_some())
        })
    })
}

fn find_task(side: &Snapshot, number: TaskNumber) -> Option<&Task> {
    side.tasks.iter().find(|task| task.number == number)
}

fn find_tag(side: &Snapshot, id: TagId) -> Option<&Tag> {
    side.tags.iter().find(|tag| tag.id == id)
}

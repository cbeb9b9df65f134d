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

/// Whether a change was taken back, and that was not taken back in turn.
///
/// # Errors
/// The database's.
pub async fn is_undone(
    app: &Service,
    actor: &Actor,
    number: ChangeNumber,
) -> Result<bool, ServiceError> {
    let log = app.store.changes_after(actor.user_id(), number, LOOK_AHEAD).await?;
    Ok(taken_back(&log).contains(&number))
}

/// The changes that entries of a log took back, and that were not taken back in turn.
fn taken_back(log: &[Change]) -> BTreeSet<ChangeNumber> {
    // From the last entry back, so that whether an undo itself was undone is known when it is met.
    let mut undone = BTreeSet::new();
    for entry in log.iter().rev() {
        if !undone.contains(&entry.number) {
            undone.extend(entry.undoes);
        }
    }
    undone
}

/// Takes a change back, whole or not at all: everything it touched must still be as it left it.
///
/// # Errors
/// [`ServiceError::NotFound`]; [`ServiceError::InTheWay`] when something it touched has changed since;
/// [`ServiceError::NeverUndone`] for a reminder.
pub async fn undo(
    app: &Service,
    actor: &Actor,
    number: ChangeNumber,
) -> Result<Undone, ServiceError> {
    let now = app.now();
    let mut work = app.begin(actor).await?;
    let change = work.change(number).await?.ok_or(ServiceError::NotFound("Change"))?;
    if change.kind == ChangeKind::TaskReminded {
        return Err(ServiceError::NeverUndone);
    }
    let Some(current) = as_left(&mut *work, &change).await? else {
        drop(work); // gives the lock back before the log is read
        return Err(ServiceError::InTheWay(later(app, actor, &change).await?));
    };
    let after = match take_back(&mut *work, &change, &current, now).await {
        Err(ServiceError::TagExists) => {
            drop(work);
            return Err(ServiceError::InTheWay(later(app, actor, &change).await?));
        }
        taken => taken?,
    };
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
    let numbers: Vec<_> = before.tasks.iter().chain(&after.tasks).map(|task| task.number).collect();
    let tasks = work.tasks_named(&numbers, &[]).await?;
    let as_it_was =
        |task: &Task| find_task(after, task.number).is_some_and(|left| task.same_content(left));
    if tasks.len() != after.tasks.len() || !tasks.iter().all(as_it_was) {
        return Ok(None);
    }
    for tag in before.tasks.iter().flat_map(|task| &task.tags) {
        if find_tag(before, tag.id).is_none() && work.tag(tag.id).await?.is_none() {
            return Ok(None); // the task would come back without it
        }
    }
    let about_tags = !came_with_a_task(work, change).await?;
    for tag in &after.tags {
        // A tag that was made for itself goes only while it is on no other task; one that came with a task may stay.
        let alone = about_tags && find_tag(before, tag.id).is_none();
        if work.tag(tag.id).await?.as_ref() != Some(tag)
            || alone && !only_on(&after.tasks, &work.tasks_with_tag(tag.id).await?)
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

/// Whether the tags that a change made came along with a task: so it was with the change that an undo or a redo goes
/// back to.
async fn came_with_a_task(work: &mut dyn Write, change: &Change) -> Result<bool, ServiceError> {
    let (mut kind, mut undoes) = (change.kind, change.undoes);
    while let Some(number) = undoes {
        // Beyond the log's retention nobody knows: then no tag is left behind.
        let Some(undone) = work.change(number).await? else { return Ok(false) };
        (kind, undoes) = (undone.kind, undone.undoes);
    }
    Ok(matches!(kind, ChangeKind::TaskCreated | ChangeKind::TaskUpdated))
}

/// Whether all these tasks are among `known`.
fn only_on(known: &[Task], tasks: &[Task]) -> bool {
    tasks.iter().all(|task| known.iter().any(|other| other.number == task.number))
}

/// Writes the state before the change. Tags come back before the tasks that have them, and go after.
async fn take_back(
    work: &mut dyn Write,
    change: &Change,
    current: &Snapshot,
    now: Timestamp,
) -> Result<Snapshot, ServiceError> {
    let (number, before) = (change.number, &change.before);
    for tag in &before.tags {
        match find_tag(current, tag.id) {
            Some(_) => work.update_tag(tag).await.map_err(name_taken)?,
            None => work.insert_tag(tag).await.map_err(name_taken)?,
        }
    }
    let is_gone = |task: &Task| find_task(current, task.number).is_none();
    let since = if before.tasks.iter().any(is_gone) {
        next_change(work, number).await?.0 - number.0
    } else {
        0
    };
    let mut tasks = Vec::with_capacity(before.tasks.len());
    for task in &before.tasks {
        tasks.push(bring_back(work, task, find_task(current, task.number), since, now).await?);
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

/// The number that the user's next change will get. The log has no gaps behind an entry that it holds.
async fn next_change(
    work: &mut dyn Write,
    known: ChangeNumber,
) -> Result<ChangeNumber, ServiceError> {
    let (mut given, mut step) = (known.0, 1);
    while work.change(ChangeNumber(given + step)).await?.is_some() {
        given += step;
        step *= 2;
    }
    let mut free = given + step;
    while free - given > 1 {
        let middle = given + (free - given) / 2;
        match work.change(ChangeNumber(middle)).await? {
            Some(_) => given = middle,
            None => free = middle,
        }
    }
    Ok(ChangeNumber(free))
}

/// Gives a task the content it had; one that is gone gets its number and id back too. Its version goes on counting:
/// a version that a client saw never means another content. One that is gone may have come back and gone again `since`,
/// in so many changes, each of which counted its version up by one. Tags are taken as they are now: they may have been coloured.
/// A reminder that was given since stays given.
async fn bring_back(
    work: &mut dyn Write,
    task: &Task,
    current: Option<&Task>,
    since: i64,
    now: Timestamp,
) -> Result<Task, ServiceError> {
    let mut tags: Vec<Tag> = Vec::with_capacity(task.tags.len());
    for tag in &task.tags {
        tags.extend(work.tag(tag.id).await?);
    }
    let mut task = Task { tags, updated_at: now, ..task.clone() };
    if let Some(current) = current {
        if current.remind_at == task.remind_at {
            task.reminded_at = current.reminded_at;
        }
        if current.tags != task.tags {
            work.set_tags(task.number, &task.tags).await?;
        }
        return Ok(work.update_task(&task, current.version).await?);
    }
    task.version = Version(task.version.0 + since);
    work.restore_task(&task).await?;
    Ok(task)
}

/// The changes behind this one that touched the same tasks or tags, without those that were taken back and what took them
/// back: to undo one of these would help nobody.
async fn later(
    app: &Service,
    actor: &Actor,
    change: &Change,
) -> Result<Vec<ChangeNumber>, ServiceError> {
    let log = app.store.changes_after(actor.user_id(), change.number, LOOK_AHEAD).await?;
    let touched: Vec<_> = log
        .iter()
        .filter(|other| other.kind != ChangeKind::TaskReminded && meet(change, other))
        .collect();
    let undone = taken_back(&log);
    let counts = |other: &&&Change| {
        let idle = |number| number > change.number && undone.contains(&number);
        !undone.contains(&other.number) && !other.undoes.is_some_and(idle)
    };
    let left: Vec<_> = touched.iter().filter(counts).map(|other| other.number).collect();
    let all = || touched.iter().map(|other| other.number).collect();
    Ok(if left.is_empty() { all() } else { left })
}

/// Whether two changes touched the same task, the same tag, or a tag that the other's tasks have.
fn meet(one: &Change, other: &Change) -> bool {
    let tasks = |change: &Change| -> Vec<TaskNumber> {
        let sides = [&change.before, &change.after].into_iter();
        sides.flat_map(|side| side.tasks.iter().map(|task| task.number)).collect()
    };
    let (of_one, of_other) = (tasks(one), tasks(other));
    of_one.iter().any(|number| of_other.contains(number))
        || tags_meet(one, other)
        || tags_meet(other, one)
}

/// Whether a tag that `one` touched is among the tags of `other` or of its tasks, by id or by name.
fn tags_meet(one: &Change, other: &Change) -> bool {
    let mut touched = [&one.before, &one.after].into_iter().flat_map(|side| &side.tags);
    touched.any(|tag| {
        let mut sides = [&other.before, &other.after].into_iter();
        sides.any(|side| {
            let of_tasks = side.tasks.iter().flat_map(|task| &task.tags);
            side.tags
                .iter()
                .chain(of_tasks)
                .any(|other| other.id == tag.id || other.name.key() == tag.name.key())
        })
    })
}

fn find_task(side: &Snapshot, number: TaskNumber) -> Option<&Task> {
    side.tasks.iter().find(|task| task.number == number)
}

fn find_tag(side: &Snapshot, id: TagId) -> Option<&Tag> {
    side.tags.iter().find(|tag| tag.id == id)
}

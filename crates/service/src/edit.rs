//! Changing fields of a task.

use auth::Actor;
use domain::{
    Anchor, ChangeKind, Description, Due, Position, Priority, Recurrence, RecurrenceRule, Tag,
    Task, Title, Version, ZoneName,
};
use jiff::{Timestamp, civil::Date};

use crate::{
    Service, ServiceError, TagChoice, TaskKey, Written,
    changing::{Changing, check_version},
    complete::completed_at,
    room::room,
    tasks::{check_end, chosen},
};

/// What to change about a task; `None` stays, `Some(None)` clears.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskEdit {
    /// What is to be done.
    pub title: Option<Title>,
    /// More about it.
    pub description: Option<Option<Description>>,
    /// When it is due. The reminder stays where it is.
    pub due: Option<Option<Due>>,
    /// How important it is.
    pub priority: Option<Option<Priority>>,
    /// Whether it is done.
    pub completed: Option<bool>,
    /// All its tags.
    pub tags: Option<TagChoice>,
    /// On which days it repeats; cleared with all that belongs to it.
    pub recurrence_rule: Option<Option<RecurrenceRule>>,
    /// What the recurrence counts from; cleared as by default.
    pub recurrence_anchor: Option<Option<Anchor>>,
    /// The last day of the recurrence.
    pub recurrence_end: Option<Option<Date>>,
    /// When to remind its owner.
    pub remind_at: Option<Option<Timestamp>>,
    /// Where it lies in the order made by hand; cleared where its number puts it. Where others are too near to put something
    /// between, it or they move a little.
    pub position: Option<Option<Position>>,
}

/// Changes fields of a task. `expected` are the versions that it may have, if not any: those that the caller saw. `zone`
/// is where the user is, for a recurring task that this completes.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Stale`]; [`ServiceError::Invalid`] for tag ids that do not exist, for an
/// anchor or an end without a rule, and for an end before the task is due.
pub async fn edit_task(
    app: &Service,
    actor: &Actor,
    zone: &ZoneName,
    key: TaskKey,
    expected: Option<&[Version]>,
    edit: TaskEdit,
) -> Result<Written<Task>, ServiceError> {
    let mut changing = Changing::begin(app, actor, zone).await?;
    let before = changing.one(key).await?;
    check_version(&before, expected)?;
    let tags = tags_of(&mut changing, edit.tags.clone()).await?;
    let mut after = edited(&before, &edit, tags.as_deref(), changing.now)?;
    if after.position() != before.position() && after.moved_to.is_some() {
        let (number, wanted) = (before.number, after.position());
        let (place, others) = room(&mut *changing.work, Some(number), wanted).await?;
        after.moved_to = place.moved(number);
        for (other, moved) in others {
            changing.change(&other, moved).await?;
        }
    }
    let kind = kind_of(&before, &after);
    let after = changing.change(&before, after).await?;
    Ok(Written { value: after, change: changing.finish(kind).await? })
}

/// The tags chosen, by name; those that are missing are made.
pub(crate) async fn tags_of(
    changing: &mut Changing<'_>,
    choice: Option<TagChoice>,
) -> Result<Option<Vec<Tag>>, ServiceError> {
    let Some(choice) = choice else { return Ok(None) };
    let (app, work) = (changing.app, &mut *changing.work);
    let mut tags = chosen(app, work, choice, &mut changing.after.tags).await?;
    tags.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(Some(tags))
}

/// The task as it is to be. `tags` are those that the edit chose.
pub(crate) fn edited(
    before: &Task,
    edit: &TaskEdit,
    tags: Option<&[Tag]>,
    now: Timestamp,
) -> Result<Task, ServiceError> {
    let mut after = before.clone();
    if let Some(title) = &edit.title {
        after.title = title.clone();
    }
    if let Some(description) = &edit.description {
        after.description.clone_from(description);
    }
    if let Some(due) = &edit.due {
        after.due.clone_from(due);
    }
    if let Some(priority) = edit.priority {
        after.priority = priority;
    }
    if let Some(completed) = edit.completed {
        after.completed_at = completed_at(before, completed, now);
    }
    if let Some(tags) = tags {
        after.tags = tags.to_vec();
    }
    if let Some(remind_at) = edit.remind_at {
        after.set_reminder(remind_at);
    }
    if let Some(position) = edit.position {
        after.moved_to = position.and_then(|position| position.moved(before.number));
    }
    set_recurrence(&mut after, edit)?;
    if edit.recurrence_end.is_some() || after.due != before.due {
        check_end(after.recurrence.as_ref(), after.due.as_ref())?;
    }
    if after.due != before.due {
        after.recurrence.iter_mut().for_each(|recurrence| recurrence.time = None);
    }
    Ok(after)
}

fn set_recurrence(task: &mut Task, edit: &TaskEdit) -> Result<(), ServiceError> {
    match &edit.recurrence_rule {
        None => {}
        Some(None) => task.recurrence = None,
        Some(Some(rule)) => match &mut task.recurrence {
            Some(recurrence) => recurrence.rule = rule.clone(),
            none => *none = Some(Recurrence::new(rule.clone())),
        },
    }
    let needs_rule = |field| ServiceError::Invalid {
        field,
        message: format!("{field} must stand beside a recurrence_rule"),
    };
    match (edit.recurrence_anchor, &mut task.recurrence) {
        (Some(anchor), Some(recurrence)) => recurrence.anchor = anchor.unwrap_or_default(),
        (Some(Some(_)), None) => return Err(needs_rule("recurrence_anchor")),
        _ => {}
    }
    match (edit.recurrence_end, &mut task.recurrence) {
        (Some(end), Some(recurrence)) => recurrence.end = end,
        (Some(Some(_)), None) => return Err(needs_rule("recurrence_end_date")),
        _ => {}
    }
    Ok(())
}

/// Completing and reopening have names of their own in the log; together with other fields it is an update.
fn kind_of(before: &Task, after: &Task) -> ChangeKind {
    let alone = Task { completed_at: before.completed_at, ..after.clone() }.same_content(before);
    match (alone, after.is_completed()) {
        (true, true) => ChangeKind::TaskCompleted,
        (true, false) => ChangeKind::TaskReopened,
        (false, _) => ChangeKind::TaskUpdated,
    }
}

//! One action on many tasks, all or nothing, as one change.

use auth::Actor;
use domain::{ChangeKind, Task, TaskNumber, ZoneName};

use crate::{
    Service, ServiceError, TagChoice, TaskEdit, TaskKey, Written,
    changing::Changing,
    complete::completed_at,
    edit::{edited, tags_of},
    tasks::check_tags,
};

/// What to do with each of the tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatchAction {
    /// Complete it; one that is done stays as it is.
    Complete,
    /// Open it again; one that is open stays as it is.
    Reopen,
    /// Delete it.
    Delete,
    /// Change fields.
    Update(Box<TaskEdit>),
    /// Give it these tags too.
    AddTags(TagChoice),
    /// Take these tags off it; names that no tag has do not matter.
    RemoveTags(TagChoice),
}

/// What a batch left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// The tasks as they are now, in the order named.
    pub tasks: Vec<Task>,
    /// Next occurrences of the recurring ones that are completed.
    pub next: Vec<Task>,
    /// Tasks that are gone.
    pub deleted: Vec<TaskNumber>,
}

/// The most tasks of a batch.
pub const MOST_TASKS: usize = 500;

/// Does the same to many tasks, all or none, as one change. The tasks are read in one statement.
///
/// # Errors
/// [`ServiceError::NoSuchTask`], [`ServiceError::NotFound`]; [`ServiceError::Invalid`] for no tasks or more than
/// [`MOST_TASKS`], and as [`crate::edit_task`].
pub async fn batch(
    app: &Service,
    actor: &Actor,
    zone: &ZoneName,
    keys: &[TaskKey],
    action: BatchAction,
) -> Result<Written<Batch>, ServiceError> {
    if keys.is_empty() || keys.len() > MOST_TASKS {
        let message = format!("ids must hold 1 to {MOST_TASKS} tasks");
        return Err(ServiceError::Invalid { field: "ids", message });
    }
    let mut changing = Changing::begin(app, actor, zone).await?;
    let tasks = changing.named(keys).await?;
    let (kind, batch) = match action {
        BatchAction::Delete => delete(&mut changing, tasks).await?,
        BatchAction::Complete | BatchAction::Reopen => {
            let completed = action == BatchAction::Complete;
            let now = changing.now;
            let set = |task: &Task| {
                Ok(Task { completed_at: completed_at(task, completed, now), ..task.clone() })
            };
            let kind = if completed { ChangeKind::TaskCompleted } else { ChangeKind::TaskReopened };
            (kind, change(&mut changing, &tasks, set).await?)
        }
        BatchAction::Update(edit) => {
            let tags = tags_of(&mut changing, edit.tags.clone()).await?;
            let now = changing.now;
            let edit = |task: &Task| edited(task, &edit, tags.as_deref(), now);
            (ChangeKind::TaskUpdated, change(&mut changing, &tasks, edit).await?)
        }
        BatchAction::AddTags(choice) => {
            let more = tags_of(&mut changing, Some(choice)).await?.unwrap_or_default();
            let add = |task: &Task| {
                let mut tags = task.tags.clone();
                tags.extend(more.iter().filter(|tag| !task.tags.contains(tag)).cloned());
                tags.sort_by(|one, other| one.name.cmp(&other.name));
                check_tags("action", tags.len())?;
                Ok(Task { tags, ..task.clone() })
            };
            (ChangeKind::TaskUpdated, change(&mut changing, &tasks, add).await?)
        }
        BatchAction::RemoveTags(choice) => {
            let goes = |tag: &domain::Tag| match &choice {
                TagChoice::Names(names) => names.iter().any(|name| name.key() == tag.name.key()),
                TagChoice::Ids(ids) => ids.contains(&tag.id),
            };
            let remove = |task: &Task| {
                let tags = task.tags.iter().filter(|tag| !goes(tag)).cloned().collect();
                Ok(Task { tags, ..task.clone() })
            };
            (ChangeKind::TaskUpdated, change(&mut changing, &tasks, remove).await?)
        }
    };
    let change = changing.finish(kind).await?;
    Ok(Written { value: batch, change })
}

async fn change(
    changing: &mut Changing<'_>,
    tasks: &[Task],
    edit: impl Fn(&Task) -> Result<Task, ServiceError>,
) -> Result<Batch, ServiceError> {
    let mut changed = Vec::with_capacity(tasks.len());
    for task in tasks {
        let after = edit(task)?;
        changed.push(changing.change(task, after).await?);
    }
    let completed: Vec<Task> = changed.iter().filter(|task| task.is_completed()).cloned().collect();
    let next = changing.following(&completed).await?;
    Ok(Batch { tasks: changed, next, deleted: Vec::new() })
}

async fn delete(
    changing: &mut Changing<'_>,
    tasks: Vec<Task>,
) -> Result<(ChangeKind, Batch), ServiceError> {
    let deleted = tasks.iter().map(|task| task.number).collect();
    for task in tasks {
        changing.work.delete_task(task.number, task.version).await?;
        changing.before.push(task);
    }
    Ok((ChangeKind::TaskDeleted, Batch { deleted, ..Batch::default() }))
}

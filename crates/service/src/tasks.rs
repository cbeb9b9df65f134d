//! Tasks: list, add, edit, complete, reopen, delete.

use auth::Actor;
use domain::{
    ChangeKind, ChangeNumber, Description, Due, NewTask, Priority, Snapshot, Tag, TagId, TagName,
    Task, TaskId, TaskNumber, TaskQuery, Title, Version,
};
use jiff::Timestamp;
use storage::Write;

use crate::{Service, ServiceError, Written, entry, tags::named};

/// The most tags of a task: far more than a row can show.
const MOST_TAGS: usize = 50;

/// What a task is called by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskKey {
    /// By the number its owner uses.
    Number(TaskNumber),
    /// By the id of links.
    Id(TaskId),
}

/// A task to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskDraft {
    /// What is to be done.
    pub title: Title,
    /// More about it.
    pub description: Option<Description>,
    /// When it is due.
    pub due: Option<Due>,
    /// How important it is.
    pub priority: Option<Priority>,
    /// Whether it is done already.
    pub completed: bool,
    /// Its tags.
    pub tags: TagChoice,
}

impl TaskDraft {
    /// A task with a title and nothing else.
    #[must_use]
    pub fn new(title: Title) -> Self {
        Self {
            title,
            description: None,
            due: None,
            priority: None,
            completed: false,
            tags: TagChoice::Names(Vec::new()),
        }
    }
}

/// Tags, by name or by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagChoice {
    /// Made when missing.
    Names(Vec<TagName>),
    /// They must exist.
    Ids(Vec<TagId>),
}

/// What to change about a task; `None` stays, `Some(None)` clears.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskEdit {
    /// What is to be done.
    pub title: Option<Title>,
    /// More about it.
    pub description: Option<Option<Description>>,
    /// When it is due.
    pub due: Option<Option<Due>>,
    /// How important it is.
    pub priority: Option<Option<Priority>>,
    /// Whether it is done.
    pub completed: Option<bool>,
    /// All its tags.
    pub tags: Option<TagChoice>,
}

/// Lists tasks with their tags.
///
/// # Errors
/// The database's.
pub async fn list_tasks(
    app: &Service,
    actor: &Actor,
    query: &TaskQuery,
) -> Result<Vec<Task>, ServiceError> {
    Ok(app.store.tasks(actor.user_id(), query).await?)
}

/// Lists tasks with their tags, and tells the user's last change as the list shows it, never a later one; none where
/// that could not be told.
///
/// # Errors
/// The database's.
pub async fn list_tasks_and_last_change(
    app: &Service,
    actor: &Actor,
    query: &TaskQuery,
) -> Result<(Vec<Task>, Option<ChangeNumber>), ServiceError> {
    Ok(app.store.tasks_and_last_change(actor.user_id(), query).await?)
}

/// Lists tasks with their tags in one statement, for one who has asked for the last change before.
///
/// # Errors
/// The database's.
pub async fn list_tasks_at_once(
    app: &Service,
    actor: &Actor,
    query: &TaskQuery,
) -> Result<Vec<Task>, ServiceError> {
    Ok(app.store.tasks_at_once(actor.user_id(), query).await?)
}

/// How many tasks a list would have without a limit.
///
/// # Errors
/// The database's.
pub async fn count_tasks(
    app: &Service,
    actor: &Actor,
    query: &TaskQuery,
) -> Result<u64, ServiceError> {
    Ok(app.store.count_tasks(actor.user_id(), query).await?)
}

/// One task.
///
/// # Errors
/// [`ServiceError::NotFound`].
pub async fn task(app: &Service, actor: &Actor, key: TaskKey) -> Result<Task, ServiceError> {
    let found = match key {
        TaskKey::Number(number) => app.store.task(actor.user_id(), number).await?,
        TaskKey::Id(id) => app.store.task_by_id(actor.user_id(), id).await?,
    };
    found.ok_or(ServiceError::NotFound("Task"))
}

/// The number of a task; asks the database only when it was called by its id. A unit of work then looks for itself
/// whether the task is still there.
async fn number_of(app: &Service, actor: &Actor, key: TaskKey) -> Result<TaskNumber, ServiceError> {
    match key {
        TaskKey::Number(number) => Ok(number),
        TaskKey::Id(_) => Ok(task(app, actor, key).await?.number),
    }
}

/// Adds a task.
///
/// # Errors
/// [`ServiceError::Invalid`] for tag ids that do not exist.
pub async fn add_task(
    app: &Service,
    actor: &Actor,
    draft: TaskDraft,
) -> Result<Written<Task>, ServiceError> {
    let written = add_tasks(app, actor, vec![draft]).await?;
    Ok(written.map(|mut tasks| tasks.pop().expect("one draft makes one task")))
}

/// Adds several tasks, all or none, as one change.
///
/// # Errors
/// [`ServiceError::Invalid`] for tag ids that do not exist.
pub async fn add_tasks(
    app: &Service,
    actor: &Actor,
    drafts: Vec<TaskDraft>,
) -> Result<Written<Vec<Task>>, ServiceError> {
    let now = app.now();
    let mut work = app.begin(actor).await?;
    let mut after = Snapshot::default();
    for draft in drafts {
        let tags = chosen(app, &mut *work, draft.tags, &mut after.tags).await?;
        let new = NewTask {
            id: TaskId(app.new_id(now)),
            title: draft.title,
            description: draft.description,
            due: draft.due,
            priority: draft.priority,
            completed_at: draft.completed.then_some(now),
            tags,
            now,
        };
        after.tasks.push(work.insert_task(new).await?);
    }
    log(actor, work, ChangeKind::TaskCreated, Snapshot::default(), after, now).await
}

/// Changes fields of a task. `expected` is the version that the caller saw, if it must not have changed since.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::Stale`], [`ServiceError::Invalid`] for tag ids that do not exist.
pub async fn edit_task(
    app: &Service,
    actor: &Actor,
    key: TaskKey,
    expected: Option<Version>,
    edit: TaskEdit,
) -> Result<Written<Task>, ServiceError> {
    let number = number_of(app, actor, key).await?;
    let now = app.now();
    let mut work = app.begin(actor).await?;
    let before = work.task(number).await?.ok_or(ServiceError::NotFound("Task"))?;
    if expected.is_some_and(|expected| expected != before.version) {
        return Err(ServiceError::Stale);
    }
    let mut made = Vec::new();
    let after = edited(app, &mut *work, &before, edit, &mut made, now).await?;
    if after.same_content(&before) {
        return Ok(Written::unchanged(before));
    }
    if after.tags != before.tags {
        work.set_tags(number, &after.tags).await?;
    }
    let kind = kind_of(&before, &after);
    let after = work.update_task(&after, before.version).await?;
    let after = Snapshot { tasks: vec![after], tags: made };
    let written = log(actor, work, kind, before, after, now).await?;
    Ok(written.map(|mut tasks| tasks.pop().expect("one task was edited")))
}

async fn edited(
    app: &Service,
    work: &mut dyn Write,
    before: &Task,
    edit: TaskEdit,
    made: &mut Vec<Tag>,
    now: Timestamp,
) -> Result<Task, ServiceError> {
    let mut after = Task { updated_at: now, ..before.clone() };
    if let Some(title) = edit.title {
        after.title = title;
    }
    if let Some(description) = edit.description {
        after.description = description;
    }
    if let Some(due) = edit.due {
        after.due = due;
    }
    if let Some(priority) = edit.priority {
        after.priority = priority;
    }
    if let Some(completed) = edit.completed {
        after.completed_at = completed_at(before, completed, now);
    }
    if let Some(choice) = edit.tags {
        after.tags = chosen(app, work, choice, made).await?;
        after.tags.sort_by(|one, other| one.name.cmp(&other.name));
    }
    Ok(after)
}

/// A task that is done already stays done since then.
fn completed_at(before: &Task, completed: bool, now: Timestamp) -> Option<Timestamp> {
    completed.then(|| before.completed_at.unwrap_or(now))
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

async fn chosen(
    app: &Service,
    work: &mut dyn Write,
    choice: TagChoice,
    made: &mut Vec<Tag>,
) -> Result<Vec<Tag>, ServiceError> {
    let (field, count) = match &choice {
        TagChoice::Names(names) => ("tags", names.len()),
        TagChoice::Ids(ids) => ("tag_ids", ids.len()),
    };
    if count > MOST_TAGS {
        let message = format!("a task has at most {MOST_TAGS} tags");
        return Err(ServiceError::Invalid { field, message });
    }
    match choice {
        TagChoice::Names(names) => named(app, work, &names, made).await,
        TagChoice::Ids(ids) => existing(work, &ids).await,
    }
}

async fn existing(work: &mut dyn Write, ids: &[TagId]) -> Result<Vec<Tag>, ServiceError> {
    let (mut tags, mut missing): (Vec<Tag>, Vec<String>) = (Vec::new(), Vec::new());
    for &id in ids {
        if tags.iter().any(|tag| tag.id == id) {
            continue;
        }
        match work.tag(id).await? {
            Some(tag) => tags.push(tag),
            None => missing.push(id.to_string()),
        }
    }
    if missing.is_empty() {
        return Ok(tags);
    }
    let message = format!("there is no tag {}", missing.join(", "));
    Err(ServiceError::Invalid { field: "tag_ids", message })
}

/// Completes tasks, all or none, as one change. Those that are done already stay as they are.
///
/// # Errors
/// [`ServiceError::NoSuchTask`].
pub async fn complete_tasks(
    app: &Service,
    actor: &Actor,
    keys: &[TaskKey],
) -> Result<Written<Vec<Task>>, ServiceError> {
    set_completed(app, actor, keys, true).await
}

/// Reopens tasks, all or none, as one change. Those that are open stay as they are.
///
/// # Errors
/// [`ServiceError::NoSuchTask`].
pub async fn reopen_tasks(
    app: &Service,
    actor: &Actor,
    keys: &[TaskKey],
) -> Result<Written<Vec<Task>>, ServiceError> {
    set_completed(app, actor, keys, false).await
}

async fn set_completed(
    app: &Service,
    actor: &Actor,
    keys: &[TaskKey],
    completed: bool,
) -> Result<Written<Vec<Task>>, ServiceError> {
    let numbers = numbers_of(app, actor, keys).await?;
    let now = app.now();
    let mut work = app.begin(actor).await?;
    let (mut before, mut after, mut all) = (Vec::new(), Vec::new(), Vec::new());
    for number in numbers {
        let task = work.task(number).await?.ok_or(ServiceError::NoSuchTask(number))?;
        if task.is_completed() == completed {
            all.push(task);
            continue;
        }
        let completed_at = completed_at(&task, completed, now);
        let changed = Task { completed_at, updated_at: now, ..task.clone() };
        let changed = work.update_task(&changed, task.version).await?;
        all.push(changed.clone());
        before.push(task);
        after.push(changed);
    }
    if after.is_empty() {
        return Ok(Written::unchanged(all));
    }
    let kind = if completed { ChangeKind::TaskCompleted } else { ChangeKind::TaskReopened };
    let written = log(actor, work, kind, before, after, now).await?;
    Ok(written.map(|_| all))
}

/// Deletes tasks, all or none, as one change; returns them as they were. `expected` is the version that the caller saw
/// of each, if it must not have changed since.
///
/// # Errors
/// [`ServiceError::NoSuchTask`], [`ServiceError::Stale`].
pub async fn delete_tasks(
    app: &Service,
    actor: &Actor,
    keys: &[TaskKey],
    expected: Option<Version>,
) -> Result<Written<Vec<Task>>, ServiceError> {
    let numbers = numbers_of(app, actor, keys).await?;
    let now = app.now();
    let mut work = app.begin(actor).await?;
    let mut deleted = Vec::with_capacity(numbers.len());
    for number in numbers {
        let task = work.task(number).await?.ok_or(ServiceError::NoSuchTask(number))?;
        work.delete_task(number, expected.unwrap_or(task.version)).await?;
        deleted.push(task);
    }
    let before = deleted.clone();
    let after = Snapshot::default();
    let written = log(actor, work, ChangeKind::TaskDeleted, before, after, now).await?;
    Ok(written.map(|_| deleted))
}

/// Each task once, in the order given.
async fn numbers_of(
    app: &Service,
    actor: &Actor,
    keys: &[TaskKey],
) -> Result<Vec<TaskNumber>, ServiceError> {
    let mut numbers = Vec::with_capacity(keys.len());
    for &key in keys {
        let number = number_of(app, actor, key).await?;
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    Ok(numbers)
}

/// Appends the entry of a unit of work to the change log, commits, and tells the operator's log.
async fn log(
    actor: &Actor,
    mut work: Box<dyn Write>,
    kind: ChangeKind,
    before: impl Into<Snapshot>,
    after: impl Into<Snapshot>,
    now: Timestamp,
) -> Result<Written<Vec<Task>>, ServiceError> {
    let (before, after) = (before.into(), after.into());
    let touched = if after.tasks.is_empty() { &before.tasks } else { &after.tasks };
    let numbers: Vec<i64> = touched.iter().map(|task| task.number.0).collect();
    let change = work.append_change(entry(actor, kind, before, after.clone(), now)).await?;
    work.commit().await?;
    tracing::info!(
        user.id = %actor.user_id(), change.number = %change, task.numbers = ?numbers, "{}", kind.name()
    );
    Ok(Written { value: after.tasks, change: Some(change) })
}

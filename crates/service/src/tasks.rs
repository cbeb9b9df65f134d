//! Tasks: list, add, delete.

use auth::Actor;
use domain::{
    ChangeKind, ChangeNumber, Description, Due, NewTask, Position, Priority, Recurrence, Snapshot,
    Tag, TagId, TagName, Task, TaskId, TaskNumber, TaskQuery, Title, Version,
};
use jiff::Timestamp;
use storage::{Numbers, TaskPage, Write};

use crate::{Service, ServiceError, Written, changing, entry, room::room, tags::named};

/// The most tags of a task: far more than a row can show.
pub const MOST_TAGS: usize = 50;

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
    /// How it repeats.
    pub recurrence: Option<Recurrence>,
    /// When to remind its owner.
    pub remind_at: Option<Timestamp>,
    /// Where it lies in the order made by hand.
    pub position: Option<Position>,
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
            recurrence: None,
            remind_at: None,
            position: None,
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

/// A page of tasks with their tags, the user's last change, and with `counts` how many tasks all pages have. `None` when
/// that change is the one `seen`: nothing is another than it was then.
///
/// # Errors
/// The database's.
pub async fn task_page(
    app: &Service,
    actor: &Actor,
    query: &TaskQuery,
    seen: Option<ChangeNumber>,
    counts: bool,
) -> Result<Option<TaskPage>, ServiceError> {
    Ok(app.store.task_page(actor.user_id(), query, seen, counts).await?)
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

/// Adds a task.
///
/// # Errors
/// [`ServiceError::Invalid`] for tag ids that do not exist, and for a recurrence that ends before the task is due.
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
/// [`ServiceError::Invalid`] for tag ids that do not exist, and for a recurrence that ends before the task is due.
pub async fn add_tasks(
    app: &Service,
    actor: &Actor,
    drafts: Vec<TaskDraft>,
) -> Result<Written<Vec<Task>>, ServiceError> {
    let now = app.now();
    let tasks = i64::try_from(drafts.len()).unwrap_or(0);
    let mut work = app.begin_giving(actor, Numbers { tasks, ..Numbers::ONE_CHANGE }).await?;
    let (mut before, mut after) = (Snapshot::default(), Snapshot::default());
    let is_alone = drafts.len() == 1;
    for draft in drafts {
        check_end(draft.recurrence.as_ref(), draft.due.as_ref())?;
        let tags = chosen(app, &mut *work, draft.tags, &mut after.tags).await?;
        let mut position = draft.position;
        if let Some(wanted) = position.filter(|_| is_alone) {
            let (place, others) = room(&mut *work, None, wanted).await?;
            position = Some(place);
            for (other, moved) in others {
                let moved = Task { updated_at: now, ..moved };
                after.tasks.push(work.update_task(&moved, other.version).await?);
                before.tasks.push(other);
            }
        }
        let new = NewTask {
            id: TaskId(app.new_id(now)),
            title: draft.title,
            description: draft.description,
            due: draft.due,
            priority: draft.priority,
            completed_at: draft.completed.then_some(now),
            tags,
            recurrence: draft.recurrence,
            previous: None,
            remind_at: draft.remind_at,
            position,
            now,
        };
        after.tasks.push(work.insert_task(new).await?);
    }
    log(actor, work, ChangeKind::TaskCreated, before, after, now).await
}

/// A recurrence that ends before it begins is a slip.
pub(crate) fn check_end(
    recurrence: Option<&Recurrence>,
    due: Option<&Due>,
) -> Result<(), ServiceError> {
    let end = recurrence.and_then(|recurrence| recurrence.end);
    if end.zip(due.map(Due::day)).is_none_or(|(end, due)| end >= due) {
        return Ok(());
    }
    let message = "recurrence_end_date must not lie before due_date".to_owned();
    Err(ServiceError::Invalid { field: "recurrence_end_date", message })
}

/// Refuses more tags than a task can have.
pub(crate) fn check_tags(field: &'static str, count: usize) -> Result<(), ServiceError> {
    if count <= MOST_TAGS {
        return Ok(());
    }
    let message = format!("a task has at most {MOST_TAGS} tags");
    Err(ServiceError::Invalid { field, message })
}

pub(crate) async fn chosen(
    app: &Service,
    work: &mut dyn Write,
    choice: TagChoice,
    made: &mut Vec<Tag>,
) -> Result<Vec<Tag>, ServiceError> {
    let (field, count) = match &choice {
        TagChoice::Names(names) => ("tags", names.len()),
        TagChoice::Ids(ids) => ("tag_ids", ids.len()),
    };
    check_tags(field, count)?;
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

/// Deletes tasks, all or none, as one change; returns them as they were. `expected` are the versions that each may have,
/// if not any: those that the caller saw.
///
/// # Errors
/// [`ServiceError::NoSuchTask`], [`ServiceError::Stale`]; [`ServiceError::NotFound`] when it was named by its id.
pub async fn delete_tasks(
    app: &Service,
    actor: &Actor,
    keys: &[TaskKey],
    expected: Option<&[Version]>,
) -> Result<Written<Vec<Task>>, ServiceError> {
    let now = app.now();
    let mut work = app.begin(actor).await?;
    let deleted = changing::named(&mut *work, keys).await?;
    for task in &deleted {
        changing::check_version(task, expected)?;
        work.delete_task(task.number, task.version).await?;
    }
    let before = deleted.clone();
    let after = Snapshot::default();
    let written = log(actor, work, ChangeKind::TaskDeleted, before, after, now).await?;
    Ok(written.map(|_| deleted))
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

//! Import: what was made elsewhere.

mod conversations;

use std::collections::{HashMap, HashSet};

use auth::Actor;
use domain::{
    ChangeKind, ChangeNumber, Color, Description, Due, Position, Previous, Priority, Recurrence,
    Snapshot, Tag, TagId, TagName, Task, TaskId, TaskNumber, Title, Version,
};
use jiff::Timestamp;
use storage::Write;

pub use self::conversations::{ImportedConversation, ImportedMessage};
use crate::{
    Service, ServiceError, SettingsEdit, entry,
    settings::adopt_settings,
    tags::{name_taken, named},
};

/// How many tasks, and how many tags, go into one unit of work: what one change can hold, and open pages be told of, at
/// once. Others write in between.
const UNIT: usize = 500;

/// The most tags of one import, those of its tasks included.
const MOST_TAGS: usize = 20_000;

/// The highest number that a task keeps: higher ones would use the numbers up.
const HIGHEST_NUMBER: i64 = 1_000_000_000;

/// What to import.
#[derive(Debug, Clone, Default)]
pub struct Import {
    /// Tags; those whose name exists stay as they are.
    pub tags: Vec<(TagName, Color)>,
    /// Tasks; those whose id exists stay as they are.
    pub tasks: Vec<ImportedTask>,
    /// Choices; taken over where the user has made none.
    pub settings: SettingsEdit,
    /// Conversations, in the order of the numbers that they are to get; those whose id exists stay as they are, but for
    /// messages that they lack at their end.
    pub conversations: Vec<ImportedConversation>,
}

/// A task that was made elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedTask {
    /// What makes a second import of it do nothing.
    pub id: TaskId,
    /// The number it had. It keeps it where no task here has had it, nor a higher one.
    pub number: Option<TaskNumber>,
    /// What is to be done.
    pub title: Title,
    /// More about it.
    pub description: Option<Description>,
    /// When it is due.
    pub due: Option<Due>,
    /// How important it is.
    pub priority: Option<Priority>,
    /// Since when it is done.
    pub completed_at: Option<Timestamp>,
    /// Its tags, made when missing.
    pub tags: Vec<TagName>,
    /// How it repeats.
    pub recurrence: Option<Recurrence>,
    /// The occurrence before, if that is here too.
    pub previous: Option<TaskId>,
    /// When to remind its owner.
    pub remind_at: Option<Timestamp>,
    /// Where it was moved to by hand.
    pub position: Option<Position>,
    /// When it was made; now if unknown.
    pub created_at: Option<Timestamp>,
    /// When it last changed; when it was made if unknown.
    pub updated_at: Option<Timestamp>,
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// How many tasks were added.
    pub added: usize,
    /// How many were here already.
    pub skipped: usize,
    /// How many tags were made.
    pub tags_added: usize,
    /// How many conversations were added, or got messages that they lacked.
    pub conversations_added: usize,
    /// What undoes it, the last one first to be undone.
    pub changes: Vec<ChangeNumber>,
}

/// Adds what is not here yet. Much is several units of work: when one fails, those before it stay, and the same import again
/// adds the rest.
///
/// # Errors
/// [`ServiceError::Invalid`] for more tags than an import may have, and as [`crate::edit_settings`]; the database's.
pub async fn import(
    app: &Service,
    actor: &Actor,
    import: Import,
) -> Result<Imported, ServiceError> {
    check_tags(&import)?;
    adopt_settings(app, actor, import.settings).await?;
    let mut done = Imported::default();
    let mut keys = HashSet::new();
    let mut tags = import.tags;
    tags.retain(|(name, _)| keys.insert(name.key()));
    while !tags.is_empty() {
        let rest = tags.split_off(tags.len().min(UNIT));
        add_tags(app, actor, tags, &mut done).await?;
        tags = rest;
    }
    let mut tasks = import.tasks;
    // By their numbers: an occurrence comes after the one before it, and low numbers are given before high ones.
    tasks.sort_by_key(|task| (task.number.is_none(), task.number));
    let mut seen = HashSet::new();
    let count = tasks.len();
    tasks.retain(|task| seen.insert(task.id));
    done.skipped = count - tasks.len();
    while !tasks.is_empty() {
        let rest = tasks.split_off(unit(&tasks));
        add_unit(app, actor, tasks, &mut done).await?;
        tasks = rest;
    }
    for conversation in &import.conversations {
        done.conversations_added +=
            usize::from(conversations::add(app, actor, conversation).await?);
    }
    tracing::info!(
        user.id = %actor.user_id(), tasks.added = done.added, tasks.skipped = done.skipped, "tasks imported"
    );
    Ok(done)
}

/// Files without end of tags alone are no export of anything.
fn check_tags(import: &Import) -> Result<(), ServiceError> {
    let of_tasks = import.tasks.iter().flat_map(|task| &task.tags);
    let names = import.tags.iter().map(|(name, _)| name).chain(of_tasks);
    if names.map(TagName::key).collect::<HashSet<_>>().len() <= MOST_TAGS {
        return Ok(());
    }
    let message = format!("tags must be at most {MOST_TAGS} in one file");
    Err(ServiceError::Invalid { field: "tags", message })
}

/// How many of these tasks go into the next unit of work: one at least.
fn unit(tasks: &[ImportedTask]) -> usize {
    let mut names = HashSet::new();
    let fits = |task: &&ImportedTask| {
        names.extend(task.tags.iter().map(TagName::key));
        names.len() <= UNIT
    };
    tasks.iter().take(UNIT).take_while(fits).count().max(1)
}

async fn add_tags(
    app: &Service,
    actor: &Actor,
    wanted: Vec<(TagName, Color)>,
    done: &mut Imported,
) -> Result<(), ServiceError> {
    let names: Vec<_> = wanted.iter().map(|(name, _)| name.clone()).collect();
    let now = app.now();
    let mut work = app.begin(actor).await?;
    let known = work.tags_by_name(&names).await?;
    let known: HashSet<_> = known.iter().map(|tag| tag.name.key()).collect();
    let mut made = Vec::new();
    for (name, color) in wanted {
        if !known.contains(&name.key()) {
            let tag = Tag { id: TagId(app.new_id(now)), name, color, created_at: now };
            work.insert_tag(&tag).await.map_err(name_taken)?;
            made.push(tag);
        }
    }
    if made.is_empty() {
        return Ok(());
    }
    done.tags_added += made.len();
    let after = Snapshot { tags: made, ..Snapshot::default() };
    let log = entry(actor, ChangeKind::TagCreated, Snapshot::default(), after, now);
    done.changes.push(work.append_change(log).await?);
    Ok(work.commit().await?)
}

async fn add_unit(
    app: &Service,
    actor: &Actor,
    tasks: Vec<ImportedTask>,
    done: &mut Imported,
) -> Result<(), ServiceError> {
    let now = app.now();
    let mut work = app.begin(actor).await?;
    let (mut before, mut after) = (Snapshot::default(), Snapshot::default());
    let ids = tasks.iter().flat_map(|task| [Some(task.id), task.previous]).flatten();
    let ids: Vec<_> = ids.collect::<HashSet<_>>().into_iter().collect();
    let here = work.tasks_named(&[], &ids).await?;
    let mut here: HashMap<_, _> = here.iter().map(|task| (task.id, task.number)).collect();
    for imported in tasks {
        if here.contains_key(&imported.id) {
            done.skipped += 1;
            continue;
        }
        let previous =
            imported.previous.and_then(|id| Some(Previous { id, number: *here.get(&id)? }));
        let wanted = imported.number.filter(|number| number.0 <= HIGHEST_NUMBER);
        let number = work.give_task_number(wanted);
        let tags = named(app, &mut *work, &imported.tags, &mut after.tags).await?;
        let task = imported.into_task(number, previous, tags, now);
        work.restore_task(&task).await?;
        here.insert(task.id, number);
        after.tasks.push(task);
        if let Some(previous) = previous {
            follow(&mut *work, previous.number, number, &mut before, &mut after).await?;
        }
    }
    let added = after.tasks.len() - before.tasks.len();
    if added == 0 {
        return Ok(());
    }
    done.added += added;
    done.tags_added += after.tags.len();
    let log = entry(actor, ChangeKind::TaskCreated, before, after, now);
    done.changes.push(work.append_change(log).await?);
    Ok(work.commit().await?)
}

/// Tells an occurrence that was completed which one came next: else completing it again would make another.
async fn follow(
    work: &mut dyn Write,
    previous: TaskNumber,
    next: TaskNumber,
    before: &mut Snapshot,
    after: &mut Snapshot,
) -> Result<(), ServiceError> {
    let Some(task) = work.task(previous).await? else { return Ok(()) };
    if task.next.is_some() {
        return Ok(());
    }
    let followed =
        work.update_task(&Task { next: Some(next), ..task.clone() }, task.version).await?;
    if let Some(added) = after.tasks.iter_mut().find(|added| added.number == previous) {
        *added = followed;
    } else {
        before.tasks.push(task);
        after.tasks.push(followed);
    }
    Ok(())
}

impl ImportedTask {
    fn into_task(
        self,
        number: TaskNumber,
        previous: Option<Previous>,
        mut tags: Vec<Tag>,
        now: Timestamp,
    ) -> Task {
        tags.sort_by(|one, other| one.name.cmp(&other.name));
        let created_at = self.created_at.unwrap_or(now);
        Task {
            number,
            id: self.id,
            title: self.title,
            description: self.description,
            due: self.due,
            priority: self.priority,
            completed_at: self.completed_at,
            tags,
            recurrence: self.recurrence,
            previous,
            next: None,
            remind_at: self.remind_at,
            // What is past was told where the task comes from.
            reminded_at: self.remind_at.filter(|at| *at <= now).map(|_| now),
            moved_to: self.position,
            version: Version(1),
            created_at,
            updated_at: self.updated_at.unwrap_or(created_at),
        }
    }
}

//! Tasks that change together: one unit of work, one entry in the log.

use std::collections::BTreeMap;

use auth::Actor;
use domain::{ChangeKind, ChangeNumber, Snapshot, Task, TaskId, TaskNumber, Version, ZoneName};
use jiff::Timestamp;
use storage::Write;

use crate::{Service, ServiceError, TaskKey, entry};

/// A unit of work that changes tasks.
pub(crate) struct Changing<'a> {
    pub app: &'a Service,
    pub actor: &'a Actor,
    /// Where the user is: the day on which something is completed.
    pub zone: &'a ZoneName,
    pub now: Timestamp,
    pub work: Box<dyn Write>,
    pub before: Vec<Task>,
    pub after: Snapshot,
    /// Occurrences that completing others made.
    made: Vec<Task>,
}

impl<'a> Changing<'a> {
    pub async fn begin(
        app: &'a Service,
        actor: &'a Actor,
        zone: &'a ZoneName,
    ) -> Result<Self, ServiceError> {
        let (now, work) = (app.now(), app.begin(actor).await?);
        let (before, after, made) = (Vec::new(), Snapshot::default(), Vec::new());
        Ok(Self { app, actor, zone, now, work, before, after, made })
    }

    /// The tasks, each once, in the order given.
    pub async fn named(&mut self, keys: &[TaskKey]) -> Result<Vec<Task>, ServiceError> {
        named(&mut *self.work, keys).await
    }

    /// The one task that a key names.
    pub async fn one(&mut self, key: TaskKey) -> Result<Task, ServiceError> {
        let found = self.named(&[key]).await.map_err(|error| match error {
            ServiceError::NoSuchTask(_) => ServiceError::NotFound("Task"),
            other => other,
        })?;
        found.into_iter().next().ok_or(ServiceError::NotFound("Task"))
    }

    /// Gives a task another content, if it is another. A recurring task that this completes gets its next occurrence.
    pub async fn change(&mut self, before: &Task, after: Task) -> Result<Task, ServiceError> {
        if after.same_content(before) {
            return Ok(before.clone());
        }
        let mut after = Task { updated_at: self.now, ..after };
        if after.tags != before.tags {
            self.work.set_tags(before.number, &after.tags).await?;
        }
        if after.is_completed() && !before.is_completed() {
            let id = TaskId(self.app.new_id(self.now));
            if let Some(following) = after.following(id, self.now, self.zone) {
                // One may be there though this task knows of none: it was deleted, the completion that made it was taken
                // back, and then its deletion was.
                after.next = self.work.occurrence_behind(before.number).await?;
                if after.next.is_none() {
                    let following = self.work.insert_task(following).await?;
                    after.next = Some(following.number);
                    self.made.push(following);
                }
            }
        }
        let after = self.work.update_task(&after, before.version).await?;
        self.before.push(before.clone());
        self.after.tasks.push(after.clone());
        Ok(after)
    }

    /// The occurrences that follow these tasks and are still there.
    pub async fn following(&mut self, tasks: &[Task]) -> Result<Vec<Task>, ServiceError> {
        let next: Vec<TaskNumber> = tasks.iter().filter_map(|task| task.next).collect();
        Ok(self.work.tasks_named(&next, &[]).await?)
    }

    /// Appends the entry to the change log, commits, and tells the operator's log. `None` when there was nothing to change.
    pub async fn finish(self, kind: ChangeKind) -> Result<Option<ChangeNumber>, ServiceError> {
        let Self { actor, now, mut work, before, mut after, made, .. } = self;
        if before.is_empty() && after.tasks.is_empty() {
            return Ok(None);
        }
        let touched = if after.tasks.is_empty() { &before } else { &after.tasks };
        let numbers: Vec<i64> = touched.iter().map(|task| task.number.0).collect();
        after.tasks.extend(made);
        let change = work.append_change(entry(actor, kind, before, after, now)).await?;
        work.commit().await?;
        tracing::info!(
            user.id = %actor.user_id(), change.number = %change, task.numbers = ?numbers, "{}", kind.name()
        );
        Ok(Some(change))
    }
}

/// Refuses a task that has none of the versions that the caller saw. It stays as it is while the unit of work lasts.
pub(crate) fn check_version(task: &Task, expected: Option<&[Version]>) -> Result<(), ServiceError> {
    match expected {
        Some(versions) if !versions.contains(&task.version) => Err(ServiceError::Stale),
        _ => Ok(()),
    }
}

/// The tasks that keys name, each once, in the order given: one statement.
pub(crate) async fn named(
    work: &mut dyn Write,
    keys: &[TaskKey],
) -> Result<Vec<Task>, ServiceError> {
    let (mut numbers, mut ids) = (Vec::new(), Vec::new());
    for key in keys {
        match key {
            TaskKey::Number(number) => numbers.push(*number),
            TaskKey::Id(id) => ids.push(*id),
        }
    }
    let mut found: BTreeMap<TaskNumber, Option<Task>> = BTreeMap::new();
    let mut number_of = BTreeMap::new();
    for task in work.tasks_named(&numbers, &ids).await? {
        number_of.insert(task.id, task.number);
        found.insert(task.number, Some(task));
    }
    let mut tasks = Vec::with_capacity(found.len());
    for key in keys {
        let number = match key {
            TaskKey::Number(number) => *number,
            TaskKey::Id(id) => *number_of.get(id).ok_or(ServiceError::NotFound("Task"))?,
        };
        let task = found.get_mut(&number).ok_or(ServiceError::NoSuchTask(number))?;
        tasks.extend(task.take()); // nothing is left of one that was named before
    }
    Ok(tasks)
}

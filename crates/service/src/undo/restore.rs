//! Writing the state before a change.

use std::collections::{HashMap, HashSet};

use domain::{Change, Snapshot, Tag, TagId, Task, TaskNumber, Version};
use jiff::Timestamp;
use storage::Write;

use super::present::{Present, tags_by_id};
use crate::{ServiceError, tags::name_taken};

/// Writes the state before the change. Tags come back before the tasks that have them, and go after.
pub(super) async fn take_back(
    work: &mut dyn Write,
    change: &Change,
    present: &Present,
    now: Timestamp,
) -> Result<Snapshot, ServiceError> {
    let before = &change.before;
    let mut tags = Vec::with_capacity(before.tags.len());
    for tag in &before.tags {
        match present.tags.get(&tag.id) {
            Some(there) if present.tags_came_along => {
                tags.push(there.clone());
                continue;
            }
            Some(_) => work.update_tag(tag).await.map_err(name_taken)?,
            None => work.insert_tag(tag).await.map_err(name_taken)?,
        }
        tags.push(tag.clone());
    }
    let ids = before.tasks.iter().flat_map(|task| &task.tags).map(|tag| tag.id);
    let known = tags_by_id(work, ids).await?;
    let mut tasks = Vec::with_capacity(before.tasks.len());
    for task in &before.tasks {
        let there = present.tasks.get(&task.number);
        tasks.push(bring_back(work, task, there, &known, now).await?);
    }
    let kept: HashSet<TaskNumber> = before.tasks.iter().map(|task| task.number).collect();
    for task in present.tasks.values().filter(|task| !kept.contains(&task.number)) {
        work.delete_task(task.number, task.version).await?;
    }
    tags.extend(remove_tags(work, change, present).await?);
    Ok(Snapshot { tasks, tags })
}

/// Deletes the tags that the change made; returns those that stay, because another task has them by now, or because
/// somebody gave them another look.
async fn remove_tags(
    work: &mut dyn Write,
    change: &Change,
    present: &Present,
) -> Result<Vec<Tag>, ServiceError> {
    let before: HashSet<TagId> = change.before.tags.iter().map(|tag| tag.id).collect();
    let mut stay = Vec::new();
    for made in change.after.tags.iter().filter(|tag| !before.contains(&tag.id)) {
        let there = present.tags.get(&made.id).unwrap_or(made);
        if there == made && work.tasks_with_tag(made.id).await?.is_empty() {
            work.delete_tag(made.id).await?;
        } else {
            stay.push(there.clone());
        }
    }
    Ok(stay)
}

/// Gives a task the content it had; one that is gone gets its number and id back too. Tags are taken as they are now:
/// they may have been coloured. A reminder that was given since stays given.
async fn bring_back(
    work: &mut dyn Write,
    task: &Task,
    there: Option<&Task>,
    known: &HashMap<TagId, Tag>,
    now: Timestamp,
) -> Result<Task, ServiceError> {
    let mut tags: Vec<Tag> =
        task.tags.iter().filter_map(|tag| known.get(&tag.id).cloned()).collect();
    tags.sort_by(|one, other| one.name.cmp(&other.name));
    let mut task = Task { tags, updated_at: now, ..task.clone() };
    if let Some(there) = there {
        if there.remind_at == task.remind_at {
            task.reminded_at = there.reminded_at;
        }
        if there.tags != task.tags {
            work.set_tags(task.number, &task.tags).await?;
        }
        return Ok(work.update_task(&task, there.version).await?);
    }
    task.version = never_had(work);
    work.restore_task(&task).await?;
    Ok(task)
}

/// A version that a task of the user's has never had: one that a client saw must not come to mean another content, and how
/// high this task had come may stand nowhere any more. A change makes one version of a task, and of one that it adds at
/// most two, so that none is higher than the number of the change that made it and one.
fn never_had(work: &dyn Write) -> Version {
    Version(work.next_change().0 + 1)
}

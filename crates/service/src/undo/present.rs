//! Whether what a change touched is still as the change left it.

use std::collections::{BTreeSet, HashMap, HashSet};

use domain::{Change, ChangeKind, Snapshot, Tag, TagId, Task, TaskId, TaskNumber};
use storage::Write;

use super::AT_ONCE;
use crate::ServiceError;

/// What a change touched and left, as it is now.
pub(super) struct Present {
    /// The tasks, by number.
    pub tasks: HashMap<TaskNumber, Task>,
    /// The tags.
    pub tags: HashMap<TagId, Tag>,
    /// Whether the tags only came along with the tasks that got them: then what they look like is not the change's to
    /// say.
    pub tags_came_along: bool,
}

impl Present {
    /// `None` unless everything is as the change left it. Contents are compared, not versions: when a later change was
    /// itself taken back, this one can be.
    pub(super) async fn as_left(
        work: &mut dyn Write,
        change: &Change,
    ) -> Result<Option<Self>, ServiceError> {
        let Some(tasks) = tasks_as_left(work, change).await? else { return Ok(None) };
        let (before, after) = (&change.before, &change.after);
        let came_back = before.tasks.iter().flat_map(|task| &task.tags);
        let ids = came_back.chain(&before.tags).chain(&after.tags).map(|tag| tag.id);
        let mut there = tags_by_id(work, ids).await?;
        let (made, gone) = (only_in(after, before), only_in(before, after));
        let comes_back: HashSet<TagId> = gone.iter().map(|tag| tag.id).collect();
        let needed = before.tasks.iter().flat_map(|task| &task.tags).map(|tag| tag.id);
        let lacks = |id: TagId| !comes_back.contains(&id) && !there.contains_key(&id);
        if needed.into_iter().any(lacks) || gone.iter().any(|tag| there.contains_key(&tag.id)) {
            return Ok(None); // a task would come back without a tag, or a tag is there already
        }
        let names: Vec<_> = gone.iter().map(|tag| tag.name.clone()).collect();
        for names in names.chunks(AT_ONCE) {
            if !work.tags_by_name(names).await?.is_empty() {
                return Ok(None);
            }
        }
        let has_tags = !(before.tags.is_empty() && after.tags.is_empty());
        let tags_came_along = has_tags && came_with_a_task(work, change).await?;
        for tag in &after.tags {
            let Some(now) = there.get(&tag.id) else { return Ok(None) };
            if !tags_came_along && now != tag {
                return Ok(None);
            }
        }
        if !tags_came_along {
            // A tag that was made for itself goes only while it is on no other task; one that came along may stay.
            for tag in made {
                let with_it = work.tasks_with_tag(tag.id).await?;
                if !with_it.iter().all(|task| tasks.contains_key(&task.number)) {
                    return Ok(None);
                }
            }
        }
        let left: HashSet<TagId> = after.tags.iter().map(|tag| tag.id).collect();
        there.retain(|id, _| left.contains(id));
        Ok(Some(Self { tasks, tags: there, tags_came_along }))
    }

    /// As one side of the log's entry, in the log's order.
    pub(super) fn into_snapshot(self) -> Snapshot {
        let mut tasks: Vec<_> = self.tasks.into_values().collect();
        tasks.sort_by_key(|task| task.number);
        let mut tags: Vec<_> = self.tags.into_values().collect();
        tags.sort_by_key(|tag| tag.id);
        Snapshot { tasks, tags }
    }
}

/// The tasks that the change left; `None` unless they are what it left, and nothing lies where one would come back. That
/// may be a task of another number: what was deleted here, an import has brought again.
async fn tasks_as_left(
    work: &mut dyn Write,
    change: &Change,
) -> Result<Option<HashMap<TaskNumber, Task>>, ServiceError> {
    let (before, after) = (&change.before.tasks, &change.after.tasks);
    let left: HashMap<TaskNumber, &Task> = after.iter().map(|task| (task.number, task)).collect();
    let numbers: BTreeSet<_> = before.iter().chain(after).map(|task| task.number).collect();
    let come_back = before.iter().filter(|task| !left.contains_key(&task.number));
    let ids: Vec<TaskId> = come_back.map(|task| task.id).collect();
    let numbers: Vec<_> = numbers.into_iter().collect();
    let mut there = HashMap::with_capacity(after.len());
    for numbers in numbers.chunks(AT_ONCE) {
        there.extend(
            work.tasks_named(numbers, &[]).await?.into_iter().map(|task| (task.number, task)),
        );
    }
    for ids in ids.chunks(AT_ONCE) {
        if !work.tasks_named(&[], ids).await?.is_empty() {
            return Ok(None);
        }
    }
    let is_as_left =
        |task: &Task| left.get(&task.number).is_some_and(|left| same_content(task, left));
    let all = there.len() == left.len() && there.values().all(is_as_left);
    Ok(all.then_some(there))
}

/// A tag that was renamed or coloured is the same tag: its tasks have not changed by that.
fn same_content(task: &Task, left: &Task) -> bool {
    let ids = |task: &Task| task.tags.iter().map(|tag| tag.id).collect::<BTreeSet<_>>();
    ids(task) == ids(left) && Task { tags: left.tags.clone(), ..task.clone() }.same_content(left)
}

/// The tags of these ids that are there.
pub(super) async fn tags_by_id(
    work: &mut dyn Write,
    ids: impl Iterator<Item = TagId>,
) -> Result<HashMap<TagId, Tag>, ServiceError> {
    let ids: Vec<_> = ids.collect::<BTreeSet<_>>().into_iter().collect();
    let mut tags = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(AT_ONCE) {
        tags.extend(work.tags_by_id(ids).await?.into_iter().map(|tag| (tag.id, tag)));
    }
    Ok(tags)
}

/// The tags that one side has and the other lacks.
fn only_in<'a>(side: &'a Snapshot, other: &Snapshot) -> Vec<&'a Tag> {
    let others: HashSet<TagId> = other.tags.iter().map(|tag| tag.id).collect();
    side.tags.iter().filter(|tag| !others.contains(&tag.id)).collect()
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

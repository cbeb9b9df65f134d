//! What came after a change and stands in the way of undoing it.

use std::collections::{BTreeSet, HashSet};

use auth::Actor;
use domain::{Change, ChangeKind, ChangeNumber, Snapshot, Tag, TagId, TaskId, TaskNumber};

use crate::{Service, ServiceError};

/// Entries that are read at once. Of each page only numbers are kept.
const PAGE: u16 = 500;

/// Whether a change was taken back, and that was not taken back in turn.
///
/// # Errors
/// The database's.
pub async fn is_undone(
    app: &Service,
    actor: &Actor,
    number: ChangeNumber,
) -> Result<bool, ServiceError> {
    Ok(taken_back(app, actor, number).await?.contains(&number))
}

/// The changes that entries behind `after` took back, and that were not taken back in turn.
async fn taken_back(
    app: &Service,
    actor: &Actor,
    after: ChangeNumber,
) -> Result<BTreeSet<ChangeNumber>, ServiceError> {
    let (mut seen, mut undoing) = (after, Vec::new());
    loop {
        let page = app.store.outlines_after(actor.user_id(), seen, PAGE).await?;
        let Some(last) = page.last() else { break };
        seen = last.number;
        undoing.extend(page.into_iter().filter_map(|entry| Some((entry.number, entry.undoes?))));
    }
    // From the last entry back, so that whether an undo itself was undone is known when it is met.
    let mut undone = BTreeSet::new();
    for (number, undoes) in undoing.into_iter().rev() {
        if !undone.contains(&number) {
            undone.insert(undoes);
        }
    }
    Ok(undone)
}

/// The changes behind this one that touched the same tasks or tags, without those that were taken back and what took them
/// back: to undo one of these would help nobody. Reads the log to its end.
pub(super) async fn later(
    app: &Service,
    actor: &Actor,
    change: &Change,
) -> Result<Vec<ChangeNumber>, ServiceError> {
    let undone = taken_back(app, actor, change.number).await?;
    let idle = |other: &Change| {
        let back =
            other.undoes.is_some_and(|number| number > change.number && undone.contains(&number));
        back || undone.contains(&other.number)
    };
    let ours = Footprint::of(change);
    let (mut seen, mut stand, mut all) = (change.number, Vec::new(), Vec::new());
    loop {
        let page = app.store.changes_after(actor.user_id(), seen, PAGE).await?;
        for other in &page.changes {
            seen = other.number;
            let theirs = Footprint::of(other);
            if other.kind == ChangeKind::TaskReminded || !ours.meets(&theirs) {
                continue;
            }
            all.push(other.number);
            // A tag that looks different changes no task.
            let is_look = other.kind == ChangeKind::TagUpdated && !ours.meets_tags(&theirs);
            if !is_look && !idle(other) {
                stand.push(other.number);
            }
        }
        if page.is_last {
            return Ok(if stand.is_empty() { all } else { stand });
        }
    }
}

/// What a change touched.
struct Footprint {
    tasks: HashSet<TaskNumber>,
    ids: HashSet<TaskId>,
    tags: Tags,
    /// The tags that its tasks have.
    worn: Tags,
}

/// Tags by their ids and by what makes two names the same.
#[derive(Default)]
struct Tags {
    ids: HashSet<TagId>,
    names: HashSet<String>,
}

impl Footprint {
    fn of(change: &Change) -> Self {
        let (mut tasks, mut ids) = (HashSet::new(), HashSet::new());
        let (mut tags, mut worn) = (Tags::default(), Tags::default());
        for Snapshot { tasks: of_side, tags: tags_of_side } in [&change.before, &change.after] {
            tasks.extend(of_side.iter().map(|task| task.number));
            ids.extend(of_side.iter().map(|task| task.id));
            for tag in tags_of_side {
                tags.add(tag);
            }
            for tag in of_side.iter().flat_map(|task| &task.tags) {
                worn.add(tag);
            }
        }
        Self { tasks, ids, tags, worn }
    }

    /// Whether two changes touched the same task, the same tag, or a tag that the other's tasks have.
    fn meets(&self, other: &Self) -> bool {
        !self.tasks.is_disjoint(&other.tasks)
            || !self.ids.is_disjoint(&other.ids)
            || self.meets_tags(other)
            || self.tags.meet(&other.worn)
            || self.worn.meet(&other.tags)
    }

    fn meets_tags(&self, other: &Self) -> bool {
        self.tags.meet(&other.tags)
    }
}

impl Tags {
    fn add(&mut self, tag: &Tag) {
        self.ids.insert(tag.id);
        self.names.insert(tag.name.key());
    }

    fn meet(&self, other: &Self) -> bool {
        !self.ids.is_disjoint(&other.ids) || !self.names.is_disjoint(&other.names)
    }
}

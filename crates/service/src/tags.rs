//! Tags: list, add, edit, delete.

use auth::Actor;
use domain::{ChangeKind, Color, Snapshot, Tag, TagId, TagName, Task};
use storage::{StorageError, TagWithCount, Write};

use crate::{Service, ServiceError, Written, entry};

/// A tag to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagDraft {
    /// Its name.
    pub name: TagName,
    /// Its colour.
    pub color: Color,
}

/// What to change about a tag; `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagEdit {
    /// Its name.
    pub name: Option<TagName>,
    /// Its colour.
    pub color: Option<Color>,
}

/// All tags by name, with their counts.
///
/// # Errors
/// The database's.
pub async fn tags(app: &Service, actor: &Actor) -> Result<Vec<TagWithCount>, ServiceError> {
    Ok(app.store.tags(actor.user_id()).await?)
}

/// One tag with its counts.
///
/// # Errors
/// [`ServiceError::NotFound`].
pub async fn tag(app: &Service, actor: &Actor, id: TagId) -> Result<TagWithCount, ServiceError> {
    app.store.tag(actor.user_id(), id).await?.ok_or(ServiceError::NotFound("Tag"))
}

/// Makes a tag.
///
/// # Errors
/// [`ServiceError::TagExists`].
pub async fn add_tag(
    app: &Service,
    actor: &Actor,
    draft: TagDraft,
) -> Result<Written<Tag>, ServiceError> {
    let now = app.now();
    let id = TagId(app.new_id(now));
    let tag = Tag { id, name: draft.name, color: draft.color, created_at: now };
    let mut work = app.begin(actor).await?;
    work.insert_tag(&tag).await.map_err(name_taken)?;
    let made = Snapshot { tags: vec![tag.clone()], ..Snapshot::default() };
    let log = entry(actor, ChangeKind::TagCreated, Snapshot::default(), made, now);
    let change = work.append_change(log).await?;
    work.commit().await?;
    tracing::info!(user.id = %actor.user_id(), change.number = %change, tag.id = %id, "tag added");
    Ok(Written { value: tag, change: Some(change) })
}

/// Renames or colours a tag. Its tasks count a version up: they show it, and are found by its name.
///
/// # Errors
/// [`ServiceError::NotFound`], [`ServiceError::TagExists`].
pub async fn edit_tag(
    app: &Service,
    actor: &Actor,
    id: TagId,
    edit: TagEdit,
) -> Result<Written<Tag>, ServiceError> {
    let now = app.now();
    let mut work = app.begin(actor).await?;
    let before = work.tag(id).await?.ok_or(ServiceError::NotFound("Tag"))?;
    let after = Tag {
        name: edit.name.unwrap_or_else(|| before.name.clone()),
        color: edit.color.unwrap_or_else(|| before.color.clone()),
        ..before.clone()
    };
    if after == before {
        return Ok(Written::unchanged(before));
    }
    let tasks_before = work.tasks_with_tag(id).await?;
    work.update_tag(&after).await.map_err(name_taken)?;
    let mut tasks_after = Vec::with_capacity(tasks_before.len());
    for task in &tasks_before {
        let mut renamed = Task { updated_at: now, ..task.clone() };
        for tag in renamed.tags.iter_mut().filter(|tag| tag.id == id) {
            tag.clone_from(&after);
        }
        tasks_after.push(work.update_task(&renamed, task.version).await?);
    }
    let (before, after) = (
        Snapshot { tasks: tasks_before, tags: vec![before] },
        Snapshot { tasks: tasks_after, tags: vec![after.clone()] },
    );
    let tag = after.tags[0].clone();
    let change =
        work.append_change(entry(actor, ChangeKind::TagUpdated, before, after, now)).await?;
    work.commit().await?;
    tracing::info!(user.id = %actor.user_id(), change.number = %change, tag.id = %id, "tag edited");
    Ok(Written { value: tag, change: Some(change) })
}

/// Deletes a tag, and takes it off its tasks.
///
/// # Errors
/// [`ServiceError::NotFound`].
pub async fn delete_tag(
    app: &Service,
    actor: &Actor,
    id: TagId,
) -> Result<Written<()>, ServiceError> {
    let now = app.now();
    let mut work = app.begin(actor).await?;
    let tag = work.tag(id).await?.ok_or(ServiceError::NotFound("Tag"))?;
    let tasks_before = work.tasks_with_tag(id).await?;
    work.delete_tag(id).await?;
    let mut tasks_after = Vec::with_capacity(tasks_before.len());
    for task in &tasks_before {
        let mut bare = Task { updated_at: now, ..task.clone() };
        bare.tags.retain(|tag| tag.id != id);
        tasks_after.push(work.update_task(&bare, task.version).await?);
    }
    let before = Snapshot { tasks: tasks_before, tags: vec![tag] };
    let log = entry(actor, ChangeKind::TagDeleted, before, tasks_after, now);
    let change = work.append_change(log).await?;
    work.commit().await?;
    tracing::info!(user.id = %actor.user_id(), change.number = %change, tag.id = %id, "tag deleted");
    Ok(Written { value: (), change: Some(change) })
}

pub(crate) fn name_taken(error: StorageError) -> ServiceError {
    match error {
        StorageError::Exists(_) => ServiceError::TagExists,
        other => other.into(),
    }
}

/// The tags of these names, each once; those that are missing are made, and noted in `made`.
pub(crate) async fn named(
    app: &Service,
    work: &mut dyn Write,
    names: &[TagName],
    made: &mut Vec<Tag>,
) -> Result<Vec<Tag>, ServiceError> {
    let mut tags: Vec<Tag> = Vec::with_capacity(names.len());
    if names.is_empty() {
        return Ok(tags);
    }
    let known = work.tags_by_name(names).await?;
    for name in names {
        let same = |tag: &&Tag| tag.name.key() == name.key();
        if tags.iter().any(|tag| same(&tag)) {
            continue;
        }
        if let Some(tag) = known.iter().find(same) {
            tags.push(tag.clone());
        } else {
            let now = app.now();
            let id = TagId(app.new_id(now));
            let tag = Tag { id, name: name.clone(), color: Color::default(), created_at: now };
            work.insert_tag(&tag).await.map_err(name_taken)?;
            made.push(tag.clone());
            tags.push(tag);
        }
    }
    Ok(tags)
}

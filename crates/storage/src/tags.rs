//! Tags.

use async_trait::async_trait;
use domain::{Tag, TagId, TagName, UserId};

use crate::StorageError;

/// A tag and on how many tasks it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagWithCount {
    /// The tag.
    pub tag: Tag,
    /// Open and done tasks together.
    pub tasks: u64,
    /// Open tasks alone.
    pub open_tasks: u64,
}

/// Reading tags.
#[async_trait]
pub trait TagReads: Send + Sync {
    /// All tags by name in any letter case, with their counts: one statement.
    async fn tags(&self, user: &UserId) -> Result<Vec<TagWithCount>, StorageError>;

    /// One tag with its counts.
    async fn tag(&self, user: &UserId, id: TagId) -> Result<Option<TagWithCount>, StorageError>;
}

/// Writing tags.
#[async_trait]
pub trait TagWrites: Send {
    /// The tag as this unit of work sees it.
    async fn tag(&mut self, id: TagId) -> Result<Option<Tag>, StorageError>;

    /// The tags of these ids that are there, as this unit of work sees them: one statement.
    async fn tags_by_id(&mut self, ids: &[TagId]) -> Result<Vec<Tag>, StorageError>;

    /// The tags of these names in any letter case, as this unit of work sees them.
    async fn tags_by_name(&mut self, names: &[TagName]) -> Result<Vec<Tag>, StorageError>;

    /// # Errors
    /// [`StorageError::Exists`] when the user has a tag of that name.
    async fn insert_tag(&mut self, tag: &Tag) -> Result<(), StorageError>;

    /// Stores name and colour. Tasks keep their old `search_text` until they are updated themselves.
    ///
    /// # Errors
    /// [`StorageError::Exists`] when another tag has that name, [`StorageError::Missing`].
    async fn update_tag(&mut self, tag: &Tag) -> Result<(), StorageError>;

    /// Deletes the tag and its links to tasks.
    ///
    /// # Errors
    /// [`StorageError::Missing`].
    async fn delete_tag(&mut self, id: TagId) -> Result<(), StorageError>;
}

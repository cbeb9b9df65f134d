//! Bodies of tags.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Instant;

/// A tag on a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TagInTask {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// `#rrggbb`.
    pub color: String,
}

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TagBody {
    /// Its id.
    pub id: Uuid,
    /// Its name, unique for the user in any letter case.
    pub name: String,
    /// `#rrggbb`.
    pub color: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
}

impl From<&domain::Tag> for TagInTask {
    fn from(tag: &domain::Tag) -> Self {
        Self {
            id: tag.id.0,
            name: tag.name.as_str().to_owned(),
            color: tag.color.as_str().to_owned(),
        }
    }
}

impl From<&domain::Tag> for TagBody {
    fn from(tag: &domain::Tag) -> Self {
        let TagInTask { id, name, color } = tag.into();
        Self { id, name, color, created_at: Instant(tag.created_at) }
    }
}

/// A tag in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TagWithCount {
    /// The tag.
    #[serde(flatten)]
    pub tag: TagBody,
    /// How many tasks have it.
    pub task_count: u64,
    /// How many open tasks have it.
    pub open_task_count: u64,
}

/// A tag to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewTag {
    /// 1 to 50 characters.
    pub name: String,
    /// `#rrggbb`; a grey when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
}

/// Changes of a tag; absent members stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TagPatch {
    /// 1 to 50 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `#rrggbb`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
}

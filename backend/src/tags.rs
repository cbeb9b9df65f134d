//! `/api/tags`: one file an operation; what several need stands here.

pub(crate) mod add;
pub(crate) mod delete;
pub(crate) mod edit;
pub(crate) mod get;
pub(crate) mod list;

use api::{TagBody, TagWithCount};
use domain::{Color, TagName};

use crate::error::ApiError;

fn name(text: &str) -> Result<TagName, ApiError> {
    TagName::parse(text).map_err(|rule| ApiError::invalid("name", rule))
}

fn color(text: &str) -> Result<Color, ApiError> {
    Color::parse(text).map_err(|rule| ApiError::invalid("color", rule))
}

fn counted(tag: &storage::TagWithCount) -> TagWithCount {
    TagWithCount {
        tag: TagBody::from(&tag.tag),
        task_count: tag.tasks,
        open_task_count: tag.open_tasks,
    }
}

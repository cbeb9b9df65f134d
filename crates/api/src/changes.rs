//! Bodies of the change log.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{Instant, TagBody, TaskBody};

/// One entry of the change log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChangeBody {
    /// Its place in the user's log: 1, 2, 3, without gaps.
    pub number: i64,
    /// What happened, such as `task.created`, `task.completed`, `undone`.
    pub kind: String,
    /// What it touched, as it was.
    pub before: SnapshotBody,
    /// What it touched, as it became.
    pub after: SnapshotBody,
    /// The door it came through: `api`, `chat` or `system`.
    pub source: String,
    /// The request that made it.
    pub request_id: String,
    /// The change that it took back.
    pub undoes: Option<i64>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
}

/// Tasks and tags at one side of a change.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SnapshotBody {
    /// Tasks.
    pub tasks: Vec<TaskBody>,
    /// Tags.
    pub tags: Vec<TagBody>,
}

impl From<&domain::Snapshot> for SnapshotBody {
    fn from(side: &domain::Snapshot) -> Self {
        Self {
            tasks: side.tasks.iter().map(TaskBody::from).collect(),
            tags: side.tags.iter().map(TagBody::from).collect(),
        }
    }
}

impl From<&domain::Change> for ChangeBody {
    fn from(change: &domain::Change) -> Self {
        Self {
            number: change.number.0,
            kind: change.kind.name().to_owned(),
            before: SnapshotBody::from(&change.before),
            after: SnapshotBody::from(&change.after),
            source: change.source.name().to_owned(),
            request_id: change.request_id.clone(),
            undoes: change.undoes.map(|number| number.0),
            created_at: Instant(change.created_at),
        }
    }
}

/// Which part of the log. An unknown parameter is refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ChangeListQuery {
    /// Only what came after this change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Only what touched this task, by number or id. It may be deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// 1 to 200, 200 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
}

//! Bodies of tasks and changes.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{DueBody, Instant, TagInTask, patch::member};

/// A task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaskBody {
    /// Its id.
    pub id: Uuid,
    /// Its number, per user, never reused.
    pub number: i64,
    /// What is to be done.
    pub title: String,
    /// More about it.
    pub description: Option<String>,
    /// Whether it is done.
    pub completed: bool,
    /// Since when it is done.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub completed_at: Option<Instant>,
    /// A calendar day, or an instant when a time was given.
    #[schema(value_type = Option<String>, example = "2026-12-01")]
    pub due_date: Option<DueBody>,
    /// 1 high, 2 medium, 3 low, null none.
    pub priority: Option<u8>,
    /// Its tags by name.
    pub tags: Vec<TagInTask>,
    /// Counts its changes; what `If-Match` takes.
    pub version: i64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Instant,
}

impl From<&domain::Task> for TaskBody {
    fn from(task: &domain::Task) -> Self {
        Self {
            id: task.id.0,
            number: task.number.0,
            title: task.title.as_str().to_owned(),
            description: task.description.as_ref().map(|text| text.as_str().to_owned()),
            completed: task.is_completed(),
            completed_at: task.completed_at.map(Instant),
            due_date: task.due.as_ref().map(DueBody::from),
            priority: task.priority.map(u8::from),
            tags: task.tags.iter().map(TagInTask::from).collect(),
            version: task.version.0,
            created_at: Instant(task.created_at),
            updated_at: Instant(task.updated_at),
        }
    }
}

/// A task to be made: `text` alone, or `title` and any of the others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewTask {
    /// Quick add: one line that the language engine reads, such as `pay rent tomorrow 9am #home p1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Quick add: ranges of `text`, in UTF-16 code units, to leave as text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<[usize; 2]>,
    /// 1 to 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Up to 10,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it is done already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed: Option<bool>,
    /// A calendar day, an instant, or a local date and time without an offset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_date: Option<String>,
    /// 1 high, 2 medium, 3 low.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<u8>,
    /// Names of tags, made when missing. Not together with `tag_ids`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// Ids of tags that exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag_ids: Option<Vec<Uuid>>,
}

/// The answer to a new task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Added {
    /// The task.
    #[serde(flatten)]
    pub task: TaskBody,
    /// Quick add: what was understood of the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parsed: Option<Vec<ParsedSpan>>,
}

/// A piece of a quick-add text that was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ParsedSpan {
    /// What it is: `date`, `time`, `priority`, `tag`.
    pub kind: String,
    /// Where it begins, in UTF-16 code units of the text as sent.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// The words themselves.
    pub text: String,
}

/// Changes of a task, a merge patch (RFC 7396): absent members stay, null clears.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaskPatch {
    /// 1 to 500 characters; null stays, as in the Phase III system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Up to 10,000 characters.
    #[serde(default, deserialize_with = "member", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
    /// Whether it is done; null stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed: Option<bool>,
    /// A calendar day, an instant, or a local date and time without an offset.
    #[serde(default, deserialize_with = "member", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub due_date: Option<Option<String>>,
    /// 1 high, 2 medium, 3 low.
    #[serde(default, deserialize_with = "member", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u8>)]
    pub priority: Option<Option<u8>>,
    /// Names of tags, made when missing; replaces all. Not together with `tag_ids`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// Ids of tags that exist; replaces all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag_ids: Option<Vec<Uuid>>,
}

/// The answer to completing or reopening a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Completed {
    /// The task.
    pub task: TaskBody,
    /// The following occurrence of a recurring task.
    pub next: Option<TaskBody>,
}

/// What undoing a change restored or took away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Undone {
    /// The change that was taken back.
    pub undone: i64,
    /// The change that did so; undo it to redo.
    pub change: i64,
    /// Tasks as they are now.
    pub tasks: Vec<TaskBody>,
    /// Numbers of tasks that are gone, because the change had made them.
    pub removed: Vec<i64>,
}

/// Which tasks to list. An unknown parameter or value is refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TaskListQuery {
    /// `all` (default), `pending` or `completed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// 1 high, 2 medium, 3 low.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// The name or id of a tag; repeatable, for tasks that have all of them.
    #[serde(skip)]
    pub tag: Vec<String>,
    /// The id of one tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag_id: Option<String>,
    /// Words in title, description or tag names, whatever their case and accents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    /// `overdue`, `today`, `week` or `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// Due on this day or later.
    #[serde(skip_serializing_if = "Option::is_none", alias = "due_after")]
    pub due_from: Option<String>,
    /// Due on this day or earlier.
    #[serde(skip_serializing_if = "Option::is_none", alias = "due_before")]
    pub due_to: Option<String>,
    /// `true`: open and past their time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overdue: Option<String>,
    /// `created_at` (default), `due_date`, `priority`, `title` or `updated_at`.
    #[serde(skip_serializing_if = "Option::is_none", alias = "sort")]
    pub sort_by: Option<String>,
    /// `desc` (default) or `asc`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_order: Option<String>,
    /// 1 to 200; without it up to 1,000 in one answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// Continues a list: `X-Next-Cursor` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// `true`: count all that match, in `X-Total-Count`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<String>,
}

impl TaskListQuery {
    /// The query as it stands in an address.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = serde_urlencoded::to_string(self).expect("all members are text");
        for tag in &self.tag {
            let pair = serde_urlencoded::to_string([("tag", tag)]).expect("text");
            text = if text.is_empty() { pair } else { format!("{text}&{pair}") };
        }
        text
    }

    /// Reads a query out of an address.
    ///
    /// # Errors
    /// An unknown parameter, or one that stands twice; the text names it.
    pub fn from_text(text: &str) -> Result<Self, String> {
        let wrong = |error: serde_urlencoded::de::Error| error.to_string();
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(text).map_err(wrong)?;
        let (tags, others): (Vec<_>, Vec<_>) =
            pairs.into_iter().partition(|(name, _)| name == "tag");
        let others = serde_urlencoded::to_string(others).map_err(|error| error.to_string())?;
        let query: Self = serde_urlencoded::from_str(&others).map_err(wrong)?;
        Ok(Self { tag: tags.into_iter().map(|(_, value)| value).collect(), ..query })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_survives_the_address() {
        let query = TaskListQuery {
            search: Some("50% & more".to_owned()),
            tag: vec!["home".to_owned(), "a,b".to_owned()],
            ..TaskListQuery::default()
        };
        assert_eq!(TaskListQuery::from_text(&query.to_text()).unwrap(), query);
        let empty = TaskListQuery::default();
        assert_eq!(TaskListQuery::from_text(&empty.to_text()).unwrap(), empty);
    }

    #[test]
    fn unknown_and_doubled_parameters_are_refused() {
        assert!(TaskListQuery::from_text("colour=red").unwrap_err().contains("colour"));
        assert!(TaskListQuery::from_text("status=all&status=all").is_err());
        let alias = TaskListQuery::from_text("sort=title&due_before=2026-12-01").unwrap();
        assert_eq!(alias.sort_by.as_deref(), Some("title"));
        assert_eq!(alias.due_to.as_deref(), Some("2026-12-01"));
    }
}

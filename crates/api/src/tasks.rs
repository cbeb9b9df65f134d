//! Bodies of tasks and changes.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{DueBody, Instant, TagInTask, patch::member};

/// A task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
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
    /// When its owner is reminded, while it is open.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub remind_at: Option<Instant>,
    /// 1 high, 2 medium, 3 low, null none.
    pub priority: Option<u8>,
    /// On which days it repeats: an RRULE of RFC 5545, in canonical form.
    #[schema(example = "FREQ=MONTHLY;BYMONTHDAY=1")]
    pub recurrence_rule: Option<String>,
    /// `schedule`: the next occurrence counts from the day that was due; `completion`: from the day of completion. Null
    /// without a rule.
    pub recurrence_anchor: Option<String>,
    /// The last day on which an occurrence can be due.
    #[schema(value_type = Option<String>, format = Date)]
    pub recurrence_end_date: Option<Date>,
    /// The occurrence before this one, by id. It may be deleted by now.
    pub parent_task_id: Option<Uuid>,
    /// Its number.
    pub previous_number: Option<i64>,
    /// Its tags by name.
    pub tags: Vec<TagInTask>,
    /// Its place in the order made by hand; its number until it is moved.
    #[serde(default)]
    pub position: f64,
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
        let recurrence = task.recurrence.as_ref();
        Self {
            id: task.id.0,
            number: task.number.0,
            title: task.title.as_str().to_owned(),
            description: task.description.as_ref().map(|text| text.as_str().to_owned()),
            completed: task.is_completed(),
            completed_at: task.completed_at.map(Instant),
            due_date: task.due.as_ref().map(DueBody::from),
            remind_at: task.remind_at.map(Instant),
            priority: task.priority.map(u8::from),
            recurrence_rule: recurrence.map(|recurrence| recurrence.rule.to_string()),
            recurrence_anchor: recurrence.map(|recurrence| recurrence.anchor.name().to_owned()),
            recurrence_end_date: recurrence.and_then(|recurrence| recurrence.end),
            parent_task_id: task.previous.map(|previous| previous.id.0),
            previous_number: task.previous.map(|previous| previous.number.0),
            tags: task.tags.iter().map(TagInTask::from).collect(),
            position: task.position().value(),
            version: task.version.0,
            created_at: Instant(task.created_at),
            updated_at: Instant(task.updated_at),
        }
    }
}

/// A task to be made: `text` alone, or `title` and any of the others.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NewTask {
    /// Quick add: one line of up to 4,000 characters that the language engine reads, such as `pay rent tomorrow 9am #home
    /// p1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Quick add: up to 100 ranges of `text`, in UTF-16 code units, to leave as text.
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
    /// When to remind: an instant, or a local date and time without an offset. Once it has passed, only a later one
    /// reminds again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind_at: Option<String>,
    /// On which days it repeats: an RRULE of RFC 5545 of up to 255 characters, with FREQ (DAILY, WEEKLY, MONTHLY, YEARLY),
    /// INTERVAL, COUNT, UNTIL, WKST, BYMONTH, BYMONTHDAY, BYDAY and BYSETPOS. Completing the task makes the next one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recurrence_rule: Option<String>,
    /// `schedule` (default) or `completion`; only with a rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recurrence_anchor: Option<String>,
    /// The last day on which an occurrence can be due, not before `due_date`; only with a rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recurrence_end_date: Option<String>,
    /// 1 high, 2 medium, 3 low.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<u8>,
    /// The place in the order made by hand, any finite number; the task's number by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<f64>,
    /// Names of tags, made when missing. Not together with `tag_ids`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// Ids of tags that exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag_ids: Option<Vec<Uuid>>,
}

/// The answer to a new task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Added {
    /// The task.
    #[serde(flatten)]
    pub task: TaskBody,
    /// Quick add: what was understood of the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parsed: Option<Vec<ParsedSpan>>,
}

/// A piece of a quick-add text that was understood.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ParsedSpan {
    /// What it is: `date`, `time`, `date_time`, `repeat`, `priority`, `tag`, `description`.
    pub kind: String,
    /// Where it begins, in UTF-16 code units of the text as sent.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// The words themselves.
    pub text: String,
    /// What they mean: a day, a clock time, both (local, without an offset), an RRULE, 1 to 3 or null, a name, a text.
    #[serde(default)]
    pub value: Value,
    /// Other meanings worth asking about, as `value`.
    #[serde(default)]
    pub alternatives: Vec<Value>,
}

/// Changes of a task, a merge patch (RFC 7396): absent members stay, null clears.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
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
    /// When to remind: an instant, or a local date and time without an offset. Once it has passed, only a later one
    /// reminds again.
    #[serde(default, deserialize_with = "member", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub remind_at: Option<Option<String>>,
    /// On which days it repeats: an RRULE of RFC 5545 of up to 255 characters, with FREQ (DAILY, WEEKLY, MONTHLY, YEARLY),
    /// INTERVAL, COUNT, UNTIL, WKST, BYMONTH, BYMONTHDAY, BYDAY and BYSETPOS. Completing the task makes the next one.
    #[serde(default, deserialize_with = "member", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub recurrence_rule: Option<Option<String>>,
    /// `schedule` (default) or `completion`; only with a rule.
    #[serde(default, deserialize_with = "member", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub recurrence_anchor: Option<Option<String>>,
    /// The last day on which an occurrence can be due, not before `due_date`; only with a rule.
    #[serde(default, deserialize_with = "member", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub recurrence_end_date: Option<Option<String>>,
    /// 1 high, 2 medium, 3 low.
    #[serde(default, deserialize_with = "member", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u8>)]
    pub priority: Option<Option<u8>>,
    /// The place in the order made by hand, any finite number; null puts it where its number does.
    #[serde(default, deserialize_with = "member", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub position: Option<Option<f64>>,
    /// Names of tags, made when missing; replaces all. Not together with `tag_ids`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// Ids of tags that exist; replaces all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag_ids: Option<Vec<Uuid>>,
}

/// The answer to completing or reopening a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Completed {
    /// The task.
    pub task: TaskBody,
    /// The following occurrence of a recurring task that is done, if it is there: made by this, or before.
    pub next: Option<TaskBody>,
}

/// One action on many tasks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TaskBatch {
    /// 1 to 500 tasks, by number or id; one that stands twice counts once.
    pub ids: Vec<TaskRef>,
    /// What to do with each.
    pub action: BatchAction,
}

/// A task by its number or its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum TaskRef {
    /// Its number.
    Number(i64),
    /// Its id.
    Id(Uuid),
}

/// What to do with each task of a batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum BatchAction {
    /// Complete it; one that is done stays as it is.
    Complete,
    /// Open it again; one that is open stays as it is.
    Reopen,
    /// Delete it.
    Delete,
    /// Change fields.
    Update {
        /// As for one task.
        patch: Box<TaskPatch>,
    },
    /// Give it tags beside those it has.
    AddTags(TagList),
    /// Take tags off it.
    RemoveTags(TagList),
}

/// Tags by name or by id, not both.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TagList {
    /// Names; to add, they are made when missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// Ids; to add, they must exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag_ids: Option<Vec<Uuid>>,
}

/// What a batch left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BatchDone {
    /// The tasks as they are now, in the order named.
    pub tasks: Vec<TaskBody>,
    /// The following occurrences of the recurring ones that are done.
    pub next: Vec<TaskBody>,
    /// Numbers of tasks that are gone.
    pub deleted: Vec<i64>,
}

/// A line to be read as quick add does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ParseLine {
    /// The line, up to 4,000 characters.
    pub text: String,
    /// Up to 100 ranges of `text`, in UTF-16 code units, to leave as text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<[usize; 2]>,
}

/// What a line means.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ParsedLine {
    /// What is left of it as title; it may be empty.
    pub title: String,
    /// What was understood.
    pub spans: Vec<ParsedSpan>,
}

/// What undoing a change restored or took away.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
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
    /// Up to 50 words in title, description or tag names, whatever their case and accents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    /// `overdue`, `today`, `week` (the user's: see `week_start` of the settings) or `none`. Of this, `due_from`, `due_to`
    /// and `overdue` a task must fit all that are given; `none` stands alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<String>,
    /// Due on this day or later.
    #[serde(skip_serializing_if = "Option::is_none", alias = "due_after")]
    pub due_from: Option<String>,
    /// Due on this day or earlier.
    #[serde(skip_serializing_if = "Option::is_none", alias = "due_before")]
    pub due_to: Option<String>,
    /// `true`: open and past their time; not beside `status=completed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overdue: Option<String>,
    /// `created_at` (default), `due_date`, `priority`, `title`, `updated_at` or `position`.
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

//! Bodies of export and import.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{ConversationBody, Instant, MessageBody, SettingsBody, TagBody, TaskBody, ToolCalls};

/// What [`Export::format`] says.
pub const EXPORT_FORMAT: &str = "todo-chatbot";

/// All of a user's data but the change log, which `GET /api/changes` gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Export {
    /// Always `todo-chatbot`.
    pub format: String,
    /// Of this form: 1.
    pub version: u32,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub exported_at: Instant,
    /// What the user has chosen.
    pub settings: SettingsBody,
    /// All tags, by name.
    pub tags: Vec<TagBody>,
    /// All tasks, in the order in which they were made.
    pub tasks: Vec<ExportedTask>,
    /// All conversations with their messages, by number.
    pub conversations: Vec<ExportedConversation>,
}

/// A task as it leaves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExportedTask {
    /// The task.
    #[serde(flatten)]
    pub task: TaskBody,
    /// Where the time of `due_date` was meant, if it has one.
    pub due_zone: Option<String>,
}

/// A conversation as it leaves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExportedConversation {
    /// The conversation.
    #[serde(flatten)]
    pub conversation: ConversationBody,
    /// What was said, the oldest first.
    pub messages: Vec<MessageBody>,
}

/// In which form to export. An unknown parameter is refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// `json` (default): everything; `ics`: the tasks as iCalendar VTODO.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
}

/// What to import: an export, or any object with some of these members; others are ignored. A list of tasks alone, as
/// `GET /api/tasks` answers it here and in the Phase III system, is taken too.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Import {
    /// Tags to make. Those whose name exists stay as they are.
    #[serde(default)]
    pub tags: Vec<ImportTag>,
    /// Tasks to add. Those whose id exists stay as they are.
    #[serde(default)]
    pub tasks: Vec<ImportTask>,
    /// As `GET /api/settings` answers them; names that are not known here are ignored. Taken over where the user has
    /// chosen nothing: the time zone, and all others together.
    #[serde(default)]
    pub settings: BTreeMap<String, Option<String>>,
    /// Conversations with the chatbot to add. Those whose id exists stay as they are, but for messages that they lack at
    /// their end. No change in the log.
    #[serde(default)]
    pub conversations: Vec<ImportConversation>,
}

/// A conversation to import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ImportConversation {
    /// What makes a second import do nothing.
    pub id: Uuid,
    /// Conversations get the next numbers here, in the order of the ones they had.
    #[serde(default)]
    pub number: Option<i64>,
    /// Up to 500 characters.
    pub title: String,
    /// When it began; with its first message when absent.
    #[serde(default)]
    pub created_at: Option<String>,
    /// What was said, the oldest first.
    pub messages: Vec<ImportMessage>,
}

/// A message to import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ImportMessage {
    /// Its id.
    pub id: Uuid,
    /// `user` or `assistant`.
    pub role: String,
    /// Up to 100,000 characters.
    pub content: String,
    /// What was executed.
    #[serde(default)]
    pub tool_calls: Option<ToolCalls>,
    /// When it was said; now when absent.
    #[serde(default)]
    pub created_at: Option<String>,
}

/// A tag to import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportTag {
    /// 1 to 50 characters.
    pub name: String,
    /// `#rrggbb`; a grey when absent.
    #[serde(default)]
    pub color: Option<String>,
}

/// A tag of a task to import: its name, or an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ImportTagOfTask {
    /// Its name.
    Name(String),
    /// With its colour.
    Tag(ImportTag),
}

/// A task to import: the members of a task, all but the title optional.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ImportTask {
    /// What makes a second import do nothing. Made from the other members when absent.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// Kept where it is higher than all numbers here; else the task gets the next one.
    #[serde(default)]
    pub number: Option<i64>,
    /// 1 to 500 characters.
    pub title: String,
    /// Up to 10,000 characters.
    #[serde(default)]
    pub description: Option<String>,
    /// Whether it is done.
    #[serde(default)]
    pub completed: Option<bool>,
    /// Since when it is done.
    #[serde(default)]
    pub completed_at: Option<String>,
    /// A calendar day, an instant, or a local date and time without an offset.
    #[serde(default)]
    pub due_date: Option<String>,
    /// Where the time of `due_date` is meant; the request's zone when absent.
    #[serde(default)]
    pub due_zone: Option<String>,
    /// When to remind its owner.
    #[serde(default)]
    pub remind_at: Option<String>,
    /// 1 high, 2 medium, 3 low.
    #[serde(default)]
    pub priority: Option<u8>,
    /// An RRULE of RFC 5545.
    #[serde(default)]
    pub recurrence_rule: Option<String>,
    /// `schedule` (default) or `completion`.
    #[serde(default)]
    pub recurrence_anchor: Option<String>,
    /// The last day of the recurrence.
    #[serde(default)]
    pub recurrence_end_date: Option<String>,
    /// The occurrence before this one.
    #[serde(default)]
    pub parent_task_id: Option<Uuid>,
    /// Its tags, made when missing.
    #[serde(default)]
    pub tags: Vec<ImportTagOfTask>,
    /// Its place in the order made by hand.
    #[serde(default)]
    pub position: Option<f64>,
    /// When it was made.
    #[serde(default)]
    pub created_at: Option<String>,
    /// When it last changed.
    #[serde(default)]
    pub updated_at: Option<String>,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Imported {
    /// How many tasks were added.
    pub added: usize,
    /// How many were here already, by their id.
    pub skipped: usize,
    /// How many tags were made.
    pub tags_added: usize,
    /// How many conversations were added, or got messages that they lacked.
    pub conversations_added: usize,
    /// The changes that it made; undo them, the last one first, to take the import back.
    pub changes: Vec<i64>,
    /// What could not be taken as it was, in sentences.
    pub warnings: Vec<String>,
}

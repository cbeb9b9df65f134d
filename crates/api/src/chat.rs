//! Bodies of the chat.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::Instant;

/// What the user says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChatRequest {
    /// 1 to 4,000 characters.
    pub message: String,
    /// The conversation it belongs to; a new one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<Uuid>,
}

/// What the chatbot answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChatAnswer {
    /// The text.
    pub response: String,
    /// The conversation.
    pub conversation_id: Uuid,
    /// What was executed, in order.
    pub actions_taken: Vec<Action>,
    /// Ready answers to what the chatbot asks, or examples of what it understands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// About the turn.
    pub metadata: ChatMetadata,
}

/// One tool that ran.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Action {
    /// Its name, such as `add_task`.
    pub tool: String,
    /// Its arguments.
    pub input: Value,
    /// What it gave: `success`, then `task`, `tasks` or `error`, and `change` when it wrote.
    pub result: Value,
}

/// A ready answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Choice {
    /// What a button shows.
    pub label: String,
    /// What it says to the chatbot.
    pub message: String,
}

/// About a turn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChatMetadata {
    /// How many messages the conversation has.
    pub message_count: u64,
    /// Who answered: `built-in` is the language engine.
    pub model: String,
    /// Whether no model was asked.
    pub offline: bool,
}

/// Which part of the history.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HistoryQuery {
    /// One conversation with its messages; without it, conversations alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
    /// 1 to 200, 50 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// How many to leave out at the beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<String>,
}

/// Which part of the history to delete. An unknown parameter is refused: a `limit` would not limit anything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeletedQuery {
    /// One conversation with its messages; without it, all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
}

/// Conversations, the one with the newest message first, or the messages of one, the oldest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ChatHistory {
    /// Conversations.
    pub conversations: Vec<ConversationBody>,
    /// The messages of the one that was asked for.
    pub messages: Vec<MessageBody>,
    /// How many there are in all: messages of the one that was asked for, else conversations.
    pub total: u64,
    /// Whether more follow.
    pub has_more: bool,
}

/// A conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConversationBody {
    /// Its id.
    pub id: Uuid,
    /// Its number, per user.
    pub number: i64,
    /// The beginning of its first message.
    pub title: String,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
    /// When its last message came.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Instant,
    /// How many messages it has.
    pub message_count: u64,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MessageBody {
    /// Its id.
    pub id: Uuid,
    /// `user` or `assistant`.
    pub role: String,
    /// What was said.
    pub content: String,
    /// What was executed; null when nothing was.
    pub tool_calls: Option<ToolCalls>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
}

/// What was executed for an answer, in the Phase III form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ToolCalls {
    /// In order.
    pub data: Vec<Action>,
}

/// What deleting history deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeletedChat {
    /// Always true.
    pub deleted: bool,
    /// How many conversations went.
    pub conversations_deleted: u64,
    /// How many messages went.
    pub messages_deleted: u64,
}

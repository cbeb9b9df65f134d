//! Bodies of the official API, `/api/{user_id}/…`: tasks and conversations go by their numbers.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{Instant, TaskBody, patch::member};

/// A task; behind the members named here stand all others of `TaskBody`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfficialTask {
    /// Its number, per user, never reused.
    pub id: i64,
    /// Whose it is.
    pub user_id: String,
    /// What is to be done.
    pub title: String,
    /// More about it.
    pub description: Option<String>,
    /// Whether it is done.
    pub completed: bool,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Instant,
    /// Its id in the rest of the API.
    pub uuid: Uuid,
    /// The others.
    #[serde(flatten)]
    #[schema(ignore)]
    pub others: Map<String, Value>,
}

impl OfficialTask {
    /// A task as the official API shows it.
    #[must_use]
    pub fn new(task: &TaskBody, user_id: &str) -> Self {
        let mut others = match serde_json::to_value(task) {
            Ok(Value::Object(members)) => members,
            _ => Map::new(),
        };
        for own in ["id", "title", "description", "completed", "created_at", "updated_at"] {
            others.remove(own);
        }
        Self {
            id: task.number,
            user_id: user_id.to_owned(),
            title: task.title.clone(),
            description: task.description.clone(),
            completed: task.completed,
            created_at: task.created_at,
            updated_at: task.updated_at,
            uuid: task.id,
            others,
        }
    }
}

/// A task to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewOfficialTask {
    /// 1 to 200 characters.
    pub title: String,
    /// Up to 1,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// Changes of a task, at least one; absent members stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfficialTaskEdit {
    /// 1 to 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Up to 1,000 characters; null clears.
    #[serde(default, deserialize_with = "member", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
}

/// Whether a task shall be done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfficialCompletion {
    /// Done or open; without it, the other of what it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed: Option<bool>,
}

/// Which tasks to list. An unknown parameter or value is refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfficialListQuery {
    /// `all` (default), `pending` or `completed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// `created` (default, the newest first), `title` or `due_date`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// 1 to 200; without it up to 1,000 in one answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// Continues a list: `X-Next-Cursor` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

impl OfficialListQuery {
    /// The query as it stands in an address.
    #[must_use]
    pub fn to_text(&self) -> String {
        serde_urlencoded::to_string(self).expect("all members are text")
    }
}

/// What the user says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfficialChatRequest {
    /// The number of the conversation it belongs to; a new one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<i64>,
    /// 1 to 4,000 characters.
    pub message: String,
}

/// What the chatbot answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OfficialChatAnswer {
    /// The number of the conversation.
    pub conversation_id: i64,
    /// The text.
    pub response: String,
    /// What was executed, in order.
    pub tool_calls: Vec<OfficialToolCall>,
}

/// One tool that ran.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OfficialToolCall {
    /// Its name, such as `add_task`.
    pub tool: String,
    /// Its arguments.
    pub arguments: Value,
    /// What it gave; tasks in it go by their numbers, as `id`.
    pub result: Value,
}

impl From<crate::Action> for OfficialToolCall {
    fn from(mut action: crate::Action) -> Self {
        by_number(&mut action.result);
        Self { tool: action.tool, arguments: action.input, result: action.result }
    }
}

/// What has an id and a number goes by its number.
fn by_number(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(by_number),
        Value::Object(members) => {
            if let (Some(id), Some(number)) = (members.get("id"), members.get("number")) {
                let (id, number) = (id.clone(), number.clone());
                members.insert("uuid".to_owned(), id);
                members.insert("id".to_owned(), number);
            }
            members.values_mut().for_each(by_number);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tasks_in_results_go_by_number() {
        let mut result = json!({ "tasks": [{ "id": "a", "number": 3, "tags": [{ "id": "b" }] }] });
        by_number(&mut result);
        let expected =
            json!({ "tasks": [{ "id": 3, "number": 3, "uuid": "a", "tags": [{ "id": "b" }] }] });
        assert_eq!(result, expected);
    }
}

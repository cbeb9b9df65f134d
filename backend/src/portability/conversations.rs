//! Import of conversations, and of settings: what only our own export holds.

use std::collections::BTreeMap;

use api::{ImportConversation, ImportMessage};
use domain::{ConversationId, MessageId, Title, ZoneName, said_text};
use jiff::Timestamp;
use serde_json::{Value, json};
use service::{ImportedConversation, ImportedMessage, Question, SettingsEdit};
use storage::Role;

use super::MOST_TASKS;
use crate::{due, error::ApiError};

/// Times without a zone are meant in `zone`.
pub(super) fn read(
    given: Vec<ImportConversation>,
    zone: &ZoneName,
) -> Result<Vec<ImportedConversation>, ApiError> {
    if given.len() > MOST_TASKS {
        let rule = format_args!("hold at most {MOST_TASKS} in one file");
        return Err(ApiError::must("conversations", rule));
    }
    let mut read = Vec::with_capacity(given.len());
    for (place, conversation) in given.into_iter().enumerate() {
        let field = format!("conversations[{place}]");
        let name = format!("{field}.title");
        let title =
            said_text(&conversation.title).map_err(|rule| ApiError::invalid(&name, rule))?;
        if title.chars().count() > Title::MAX {
            let rule = format_args!("have at most {} characters", Title::MAX);
            return Err(ApiError::must(&name, rule));
        }
        let messages = conversation.messages.into_iter().enumerate();
        let messages = messages
            .map(|(place, one)| message(one, &format!("{field}.messages[{place}]"), zone))
            .collect::<Result<_, _>>()?;
        let imported = ImportedConversation {
            id: ConversationId(conversation.id),
            title,
            created_at: instant(&field, conversation.created_at.as_deref(), zone)?,
            messages,
        };
        read.push((conversation.number, imported));
    }
    read.sort_by_key(|(number, _)| (number.is_none(), *number));
    Ok(read.into_iter().map(|(_, conversation)| conversation).collect())
}

fn message(
    given: ImportMessage,
    field: &str,
    zone: &ZoneName,
) -> Result<ImportedMessage, ApiError> {
    let invalid = |member: &str, rule: &str| {
        let field = format!("{field}.{member}");
        ApiError::must(&field, rule)
    };
    let actions = json!(given.tool_calls.map_or_else(Vec::new, |calls| calls.data));
    if holds_nul(&actions) {
        return Err(invalid("tool_calls", "hold no NUL"));
    }
    Ok(ImportedMessage {
        id: MessageId(given.id),
        role: match given.role.as_str() {
            "user" => Role::User,
            "assistant" => Role::Assistant,
            _ => return Err(invalid("role", "be user or assistant")),
        },
        content: said_text(&given.content)
            .map_err(|rule| ApiError::invalid(format!("{field}.content"), rule))?,
        actions,
        created_at: instant(field, given.created_at.as_deref(), zone)?,
    })
}

/// Postgres stores no text with this character.
fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(list) => list.iter().any(holds_nul),
        Value::Object(members) => {
            members.iter().any(|(name, value)| name.contains('\0') || holds_nul(value))
        }
        _ => false,
    }
}

fn instant(
    field: &str,
    text: Option<&str>,
    zone: &ZoneName,
) -> Result<Option<Timestamp>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    let field = format!("{field}.created_at");
    due::instant(&field, text, zone).map(Some)
}

/// Settings as our export has them. What this program does not know, and null, says nothing.
pub(super) fn settings(given: BTreeMap<String, Option<String>>) -> Result<SettingsEdit, ApiError> {
    let mut edit = SettingsEdit::default();
    for (name, text) in given {
        let Some(text) = text else { continue };
        if let Some(question) = Question::of(&name) {
            edit.answers.push((question, Some(text)));
        } else if name == "time_zone" {
            let zone = ZoneName::parse(&text);
            edit.zone =
                Some(Some(zone.map_err(|rule| ApiError::invalid("settings.time_zone", rule))?));
        }
    }
    Ok(edit)
}

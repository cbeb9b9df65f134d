//! Conversations that were held elsewhere.

use auth::Actor;
use domain::{ConversationId, MessageId};
use jiff::Timestamp;
use serde_json::Value;
use storage::{NewConversation, NewMessage, Role, Write};

use super::UNIT;
use crate::{Service, ServiceError};

/// A conversation that was held elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedConversation {
    /// What makes a second import of it do nothing.
    pub id: ConversationId,
    /// The beginning of its first message.
    pub title: String,
    /// When it began; with its first message if unknown.
    pub created_at: Option<Timestamp>,
    /// What was said, the oldest first.
    pub messages: Vec<ImportedMessage>,
}

/// A message of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedMessage {
    /// Its id.
    pub id: MessageId,
    /// Who said it.
    pub role: Role,
    /// What was said.
    pub content: String,
    /// What was executed, as the crate `assistant` writes it.
    pub actions: Value,
    /// When; now if unknown.
    pub created_at: Option<Timestamp>,
}

/// Adds a conversation, or what one that is here lacks at its end: so an import that was cut off is completed by the next.
/// One that went on differently here stays as it is. Returns whether anything was added.
pub(super) async fn add(
    app: &Service,
    actor: &Actor,
    wanted: &ImportedConversation,
) -> Result<bool, ServiceError> {
    let now = app.now();
    let mut added = false;
    loop {
        let mut work = app.begin(actor).await?;
        let Some(from) = first_lacking(&mut *work, wanted, now).await? else { return Ok(added) };
        let messages: Vec<_> = wanted.messages.iter().skip(from).take(UNIT).collect();
        if messages.is_empty() {
            return Ok(added);
        }
        for message in messages {
            work.append_message(wanted.id, message.appended(now)).await?;
        }
        work.commit().await?;
        added = true;
    }
}

/// The place of the first message that the conversation lacks; a new one lacks all. `None` when it does not end in a message
/// that is wanted there.
async fn first_lacking(
    work: &mut dyn Write,
    wanted: &ImportedConversation,
    now: Timestamp,
) -> Result<Option<usize>, ServiceError> {
    if !work.has_conversation(wanted.id).await? {
        let first = wanted.messages.first().and_then(|message| message.created_at);
        let now = wanted.created_at.or(first).unwrap_or(now);
        let new = NewConversation { id: wanted.id, title: wanted.title.clone(), now };
        work.insert_conversation(new).await?;
        return Ok(Some(0));
    }
    let last = work.last_messages(wanted.id, 1).await?;
    let Some(last) = last.first() else { return Ok(Some(0)) };
    let place = usize::try_from(last.number).unwrap_or(usize::MAX);
    let same = wanted.messages.get(place - 1).is_some_and(|message| message.id == last.id);
    Ok(same.then_some(place))
}

impl ImportedMessage {
    fn appended(&self, now: Timestamp) -> NewMessage {
        NewMessage {
            id: self.id,
            role: self.role,
            content: self.content.clone(),
            actions: self.actions.clone(),
            state: None, // what was shown there is not what is shown here
            now: self.created_at.unwrap_or(now),
        }
    }
}

//! Conversations with the chatbot, as they are kept.

use auth::Actor;
use domain::{ConversationId, ConversationNumber, MessageId};
use jiff::SignedDuration;
use serde_json::{Value, json};
use storage::{
    Conversation, ConversationSummary, Message, NewConversation, NewMessage, Numbers, Role,
};

use crate::{Service, ServiceError};

/// How many characters of the first message become a conversation's title (phase-iii-app.md, section 1).
const TITLE: usize = 50;

/// What the chatbot said, with what later messages may refer to.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// The text.
    pub content: String,
    /// What was executed: a list.
    pub actions: Value,
    /// What later messages refer to.
    pub state: Value,
}

/// How long an answer may take. A message without one that is older never gets one: its turn failed.
const TURN: SignedDuration = SignedDuration::from_secs(10);
/// How far back we look for what a message may refer to: the last answer, behind messages whose turn failed.
const LOOK_BACK: u16 = 10;

/// A turn that has begun: what the user said is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Begun {
    /// The conversation; a new one if none was named.
    pub conversation: ConversationId,
    /// What the last answer left for later messages to refer to.
    pub state: Option<Value>,
}

/// Stores what the user said, in a new conversation if none is named.
///
/// # Errors
/// [`ServiceError::NotFound`] for an unknown conversation; [`ServiceError::StillAnswering`] while the message before waits
/// for its answer: two turns at once would not know of each other.
pub async fn begin_turn(
    app: &Service,
    actor: &Actor,
    conversation: Option<ConversationId>,
    message: &str,
) -> Result<Begun, ServiceError> {
    let now = app.now();
    let conversations = i64::from(conversation.is_none());
    let mut work = app.begin_giving(actor, Numbers { conversations, ..Numbers::NONE }).await?;
    let (conversation, recent) = if let Some(id) = conversation {
        (id, work.last_messages(id, LOOK_BACK).await?)
    } else {
        let id = ConversationId(app.new_id(now));
        let new = NewConversation { id, title: title(message), now };
        (work.insert_conversation(new).await?.id, Vec::new())
    };
    let waits =
        |last: &Message| last.role == Role::User && now.duration_since(last.created_at) < TURN;
    if recent.last().is_some_and(waits) {
        return Err(ServiceError::StillAnswering);
    }
    work.append_message(conversation, user_message(app, message)).await?;
    work.commit().await?;
    let state = recent.into_iter().rev().find_map(|message| message.state);
    Ok(Begun { conversation, state })
}

/// Stores what the chatbot answered, which ends the turn.
///
/// # Errors
/// [`ServiceError::NotFound`] when the conversation was deleted meanwhile.
pub async fn end_turn(
    app: &Service,
    actor: &Actor,
    conversation: ConversationId,
    said: Said,
) -> Result<Message, ServiceError> {
    let message = NewMessage {
        role: Role::Assistant,
        actions: said.actions,
        state: Some(said.state),
        ..user_message(app, &said.content)
    };
    let mut work = app.begin_giving(actor, Numbers::NONE).await?;
    let message = work.append_message(conversation, message).await?;
    work.commit().await?;
    Ok(message)
}

fn user_message(app: &Service, content: &str) -> NewMessage {
    let now = app.now();
    NewMessage {
        id: MessageId(app.new_id(now)),
        role: Role::User,
        content: content.to_owned(),
        actions: json!([]),
        state: None,
        now,
    }
}

fn title(message: &str) -> String {
    let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut title: String = line.chars().take(TITLE).collect();
    if title.len() < line.len() {
        title.push_str("...");
    }
    title
}

/// One conversation.
///
/// # Errors
/// [`ServiceError::NotFound`].
pub async fn conversation(
    app: &Service,
    actor: &Actor,
    id: ConversationId,
) -> Result<Conversation, ServiceError> {
    let found = app.store.conversation(actor.user_id(), id).await?;
    found.ok_or(ServiceError::NotFound("Conversation"))
}

/// One conversation, by its number.
///
/// # Errors
/// [`ServiceError::NotFound`].
pub async fn conversation_by_number(
    app: &Service,
    actor: &Actor,
    number: ConversationNumber,
) -> Result<Conversation, ServiceError> {
    let found = app.store.conversation_by_number(actor.user_id(), number).await?;
    found.ok_or(ServiceError::NotFound("Conversation"))
}

/// Conversations, the one with the newest message first, and how many there are in all.
///
/// # Errors
/// The database's.
pub async fn conversations(
    app: &Service,
    actor: &Actor,
    limit: u16,
    offset: u32,
) -> Result<(Vec<ConversationSummary>, u64), ServiceError> {
    Ok(app.store.conversations(actor.user_id(), limit, offset).await?)
}

/// Conversations behind one, by number: an order that stays, whatever is said meanwhile.
///
/// # Errors
/// The database's.
pub async fn conversations_behind(
    app: &Service,
    actor: &Actor,
    number: ConversationNumber,
    limit: u16,
) -> Result<Vec<ConversationSummary>, ServiceError> {
    Ok(app.store.conversations_behind(actor.user_id(), number, limit).await?)
}

/// Messages of a conversation, the oldest first, and how many there are in all.
///
/// # Errors
/// The database's.
pub async fn messages(
    app: &Service,
    actor: &Actor,
    id: ConversationId,
    limit: u16,
    offset: u32,
) -> Result<(Vec<Message>, u64), ServiceError> {
    Ok(app.store.messages(actor.user_id(), id, limit, offset).await?)
}

/// Deletes one conversation, or all; returns how many conversations and messages went.
///
/// # Errors
/// [`ServiceError::NotFound`] when the one that was named is not there.
pub async fn delete_conversations(
    app: &Service,
    actor: &Actor,
    id: Option<ConversationId>,
) -> Result<(u64, u64), ServiceError> {
    let mut work = app.begin_giving(actor, Numbers::NONE).await?;
    let deleted = work.delete_conversations(id).await?;
    if id.is_some() && deleted.0 == 0 {
        return Err(ServiceError::NotFound("Conversation"));
    }
    work.commit().await?;
    Ok(deleted)
}

#[cfg(test)]
mod tests {
    use super::title;

    #[test]
    fn titles_are_the_beginning_of_the_first_message() {
        assert_eq!(title("Add  buy\ngroceries"), "Add buy groceries");
        assert_eq!(title(&"ä".repeat(50)), "ä".repeat(50));
        assert_eq!(title(&"ä".repeat(51)), "ä".repeat(50) + "...");
    }
}

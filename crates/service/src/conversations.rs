//! Conversations with the chatbot, as they are kept.

use auth::Actor;
use domain::{ConversationId, MessageId};
use serde_json::{Value, json};
use storage::{Conversation, ConversationSummary, Message, NewConversation, NewMessage, Role};

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

/// Stores what the user said as the beginning of a new conversation.
///
/// # Errors
/// The database's.
pub async fn start_conversation(
    app: &Service,
    actor: &Actor,
    message: &str,
) -> Result<Conversation, ServiceError> {
    let now = app.now();
    let id = ConversationId(app.new_id(now));
    let mut work = app.store.begin(actor.user_id()).await?;
    let conversation =
        work.insert_conversation(NewConversation { id, title: title(message), now }).await?;
    work.append_message(id, user_message(app, message)).await?;
    work.commit().await?;
    Ok(conversation)
}

/// Stores what the user said in a conversation.
///
/// # Errors
/// The database's.
pub async fn append_message(
    app: &Service,
    actor: &Actor,
    conversation: ConversationId,
    message: &str,
) -> Result<Message, ServiceError> {
    append(app, actor, conversation, user_message(app, message)).await
}

/// Stores what the chatbot answered.
///
/// # Errors
/// The database's.
pub async fn append_answer(
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
    append(app, actor, conversation, message).await
}

async fn append(
    app: &Service,
    actor: &Actor,
    conversation: ConversationId,
    message: NewMessage,
) -> Result<Message, ServiceError> {
    let mut work = app.store.begin(actor.user_id()).await?;
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

/// The last messages of a conversation, the oldest first.
///
/// # Errors
/// The database's.
pub async fn recent_messages(
    app: &Service,
    actor: &Actor,
    id: ConversationId,
    limit: u16,
) -> Result<Vec<Message>, ServiceError> {
    Ok(app.store.last_messages(actor.user_id(), id, limit).await?)
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
    let mut work = app.store.begin(actor.user_id()).await?;
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

//! Conversations with the chatbot.

use async_trait::async_trait;
use domain::{ConversationId, ConversationNumber, MessageId, UserId};
use jiff::Timestamp;
use serde_json::Value;

use crate::StorageError;

/// A conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// Its number, per user.
    pub number: ConversationNumber,
    /// The beginning of its first message.
    pub title: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When its last message came.
    pub updated_at: Timestamp,
}

/// A conversation in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationSummary {
    /// The conversation.
    pub conversation: Conversation,
    /// How many messages it has.
    pub messages: u64,
}

/// A conversation to be; the number is the storage's to give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConversation {
    /// Made by the caller.
    pub id: ConversationId,
    /// The beginning of its first message.
    pub title: String,
    /// The clock's time.
    pub now: Timestamp,
}

/// Who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The user.
    User,
    /// The chatbot.
    Assistant,
}

/// One message.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Its place in the conversation: 1, 2, 3.
    pub number: i64,
    /// Who said it.
    pub role: Role,
    /// What was said.
    pub content: String,
    /// What was executed, as the crate `assistant` writes it; an empty list for the user's messages.
    pub actions: Value,
    /// What later messages refer to (last shown, last touched), as the crate `assistant` writes it.
    pub state: Option<Value>,
    /// When.
    pub created_at: Timestamp,
}

/// A message to be appended.
#[derive(Debug, Clone, PartialEq)]
pub struct NewMessage {
    /// Made by the caller. Messages keep the order they were appended in, whatever their ids and times.
    pub id: MessageId,
    /// Who said it.
    pub role: Role,
    /// What was said.
    pub content: String,
    /// What was executed.
    pub actions: Value,
    /// What later messages refer to.
    pub state: Option<Value>,
    /// The clock's time.
    pub now: Timestamp,
}

/// Reading conversations.
#[async_trait]
pub trait ConversationReads: Send + Sync {
    /// One conversation.
    async fn conversation(
        &self,
        user: &UserId,
        id: ConversationId,
    ) -> Result<Option<Conversation>, StorageError>;

    /// One conversation, by its number.
    async fn conversation_by_number(
        &self,
        user: &UserId,
        number: ConversationNumber,
    ) -> Result<Option<Conversation>, StorageError>;

    /// Conversations, the one with the newest message first, and how many there are in all.
    async fn conversations(
        &self,
        user: &UserId,
        limit: u16,
        offset: u32,
    ) -> Result<(Vec<ConversationSummary>, u64), StorageError>;

    /// Conversations behind one, by number: an order that stays, whatever is said meanwhile.
    async fn conversations_behind(
        &self,
        user: &UserId,
        number: ConversationNumber,
        limit: u16,
    ) -> Result<Vec<ConversationSummary>, StorageError>;

    /// Messages, oldest first, without the first `offset`, and how many there are in all.
    async fn messages(
        &self,
        user: &UserId,
        conversation: ConversationId,
        limit: u16,
        offset: u32,
    ) -> Result<(Vec<Message>, u64), StorageError>;
}

/// Writing conversations.
#[async_trait]
pub trait ConversationWrites: Send {
    /// Stores a conversation under the user's next number.
    async fn insert_conversation(
        &mut self,
        conversation: NewConversation,
    ) -> Result<Conversation, StorageError>;

    /// Whether there is such a conversation, as this unit of work sees it.
    async fn has_conversation(&mut self, id: ConversationId) -> Result<bool, StorageError>;

    /// The last messages as this unit of work sees them, oldest first. None when there is no such conversation.
    async fn last_messages(
        &mut self,
        conversation: ConversationId,
        limit: u16,
    ) -> Result<Vec<Message>, StorageError>;

    /// Appends a message and moves the conversation's `updated_at`.
    ///
    /// # Errors
    /// [`StorageError::Missing`] when the conversation was deleted meanwhile.
    async fn append_message(
        &mut self,
        conversation: ConversationId,
        message: NewMessage,
    ) -> Result<Message, StorageError>;

    /// Deletes one conversation, or all with `None`; returns how many conversations and messages went.
    async fn delete_conversations(
        &mut self,
        conversation: Option<ConversationId>,
    ) -> Result<(u64, u64), StorageError>;
}

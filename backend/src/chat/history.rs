//! `GET` and `DELETE /api/chat/history`.

use api::{
    ChatHistory, ConversationBody, DeletedChat, DeletedQuery, HistoryQuery, Instant, MessageBody,
    Problem, ToolCalls,
};
use axum::extract::State;
use domain::ConversationId;
use storage::{ConversationSummary, Message, Role};

use crate::{
    app::App,
    error::ApiError,
    extract::{Json, Query, limit},
    signed_in::SignedIn,
};

/// Conversations, or with `conversation_id` the messages of one.
#[utoipa::path(
    get, path = "/api/chat/history", tag = "chat", params(HistoryQuery),
    responses(
        (status = 200, body = ChatHistory), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem),
    ),
)]
pub(crate) async fn history(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Query(query): Query<HistoryQuery>,
) -> Result<Json<ChatHistory>, ApiError> {
    let limit = limit(query.limit.as_deref())?.unwrap_or(50);
    let offset = offset(&query)?;
    let Some(id) = conversation(query.conversation_id.as_deref())? else {
        let (conversations, total) =
            service::conversations(&app.service, &actor, limit, offset).await?;
        let conversations: Vec<_> = conversations.into_iter().map(summary).collect();
        let has_more = more(offset, conversations.len(), total);
        return Ok(Json(ChatHistory { conversations, messages: Vec::new(), total, has_more }));
    };
    let found = service::conversation(&app.service, &actor, id).await?;
    let (messages, total) = service::messages(&app.service, &actor, id, limit, offset).await?;
    let messages: Vec<_> = messages.into_iter().map(message).collect();
    let has_more = more(offset, messages.len(), total);
    let conversations = vec![summary(ConversationSummary { conversation: found, messages: total })];
    Ok(Json(ChatHistory { conversations, messages, total, has_more }))
}

/// Deletes one conversation, or without `conversation_id` all of them.
#[utoipa::path(
    delete, path = "/api/chat/history", tag = "chat", params(DeletedQuery),
    responses(
        (status = 200, body = DeletedChat), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem),
    ),
)]
pub(crate) async fn delete(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Query(query): Query<DeletedQuery>,
) -> Result<Json<DeletedChat>, ApiError> {
    let id = conversation(query.conversation_id.as_deref())?;
    let (conversations_deleted, messages_deleted) =
        service::delete_conversations(&app.service, &actor, id).await?;
    Ok(Json(DeletedChat { deleted: true, conversations_deleted, messages_deleted }))
}

/// An id that does not parse names no conversation.
fn conversation(id: Option<&str>) -> Result<Option<ConversationId>, ApiError> {
    let Some(text) = id else { return Ok(None) };
    let id = text.parse().map_err(|_| ApiError::NotFound("Conversation".to_owned()))?;
    Ok(Some(ConversationId(id)))
}

fn offset(query: &HistoryQuery) -> Result<u32, ApiError> {
    let Some(text) = &query.offset else { return Ok(0) };
    text.parse().map_err(|_| ApiError::must("offset", "be a number from 0"))
}

fn more(offset: u32, shown: usize, total: u64) -> bool {
    u64::from(offset) + u64::try_from(shown).unwrap_or(u64::MAX) < total
}

pub(crate) fn summary(summary: ConversationSummary) -> ConversationBody {
    let conversation = summary.conversation;
    ConversationBody {
        id: conversation.id.0,
        number: conversation.number.0,
        title: conversation.title,
        created_at: Instant(conversation.created_at),
        updated_at: Instant(conversation.updated_at),
        message_count: summary.messages,
    }
}

pub(crate) fn message(message: Message) -> MessageBody {
    let data: Vec<api::Action> = serde_json::from_value(message.actions).unwrap_or_default();
    MessageBody {
        id: message.id.0,
        role: match message.role {
            Role::User => "user",
            Role::Assistant => "assistant",
        }
        .to_owned(),
        content: message.content,
        tool_calls: (!data.is_empty()).then_some(ToolCalls { data }),
        created_at: Instant(message.created_at),
    }
}

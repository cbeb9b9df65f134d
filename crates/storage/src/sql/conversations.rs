//! Conversations and their messages.

use async_trait::async_trait;
use domain::{ConversationId, ConversationNumber, MessageId, UserId};
use serde_json::Value;
use sqlx::{FromRow, QueryBuilder, types::Json};
use uuid::Uuid;

use super::{Dialect, SqlStore, SqlWrite, time::DbTime};
use crate::{
    Conversation, ConversationReads, ConversationSummary, ConversationWrites, Message,
    NewConversation, NewMessage, Role, StorageError,
};

#[derive(FromRow)]
pub(crate) struct ConversationRow {
    id: Uuid,
    number: i64,
    title: String,
    created_at: DbTime,
    updated_at: DbTime,
}

impl From<ConversationRow> for Conversation {
    fn from(row: ConversationRow) -> Self {
        Self {
            id: ConversationId(row.id),
            number: ConversationNumber(row.number),
            title: row.title,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
        }
    }
}

#[derive(FromRow)]
pub(crate) struct SummaryRow {
    #[sqlx(flatten)]
    conversation: ConversationRow,
    messages: i64,
}

impl From<SummaryRow> for ConversationSummary {
    fn from(row: SummaryRow) -> Self {
        Self { conversation: row.conversation.into(), messages: row.messages.unsigned_abs() }
    }
}

#[derive(FromRow)]
pub(crate) struct MessageRow {
    id: Uuid,
    number: i64,
    role: String,
    content: String,
    actions: Json<Value>,
    state: Option<Json<Value>>,
    created_at: DbTime,
}

impl TryFrom<MessageRow> for Message {
    type Error = StorageError;

    fn try_from(row: MessageRow) -> Result<Self, StorageError> {
        Ok(Self {
            id: MessageId(row.id),
            number: row.number,
            role: match row.role.as_str() {
                "user" => Role::User,
                "assistant" => Role::Assistant,
                _ => return Err(StorageError::Unreadable("role of a message")),
            },
            content: row.content,
            actions: row.actions.0,
            state: row.state.map(|json| json.0),
            created_at: row.created_at.0,
        })
    }
}

fn role_name(role: Role) -> String {
    match role {
        Role::User => "user",
        Role::Assistant => "assistant",
    }
    .to_owned()
}

/// The further column of [`SummaryRow`].
const MESSAGES: &str = ", (select count(*) from message where message.user_id = \
     conversation.user_id and message.conversation_id = conversation.id) as messages";

const NEWEST_FIRST: &str = " order by updated_at desc, number desc limit ";

/// `select … from conversation where user_id = …`, with further columns if `extra` names some.
fn select_conversations<DB: Dialect>(user: &UserId, extra: &'static str) -> QueryBuilder<DB> {
    let mut sql = QueryBuilder::new("select id, number, title, created_at, updated_at");
    sql.push(extra).push(" from conversation where user_id = ").push_bind(&user.0);
    sql
}

/// `select … from message where …` one conversation.
fn select_messages<DB: Dialect>(user: &UserId, conversation: ConversationId) -> QueryBuilder<DB> {
    let mut sql = QueryBuilder::new(
        "select id, number, role, content, actions, state, created_at from message where user_id = ",
    );
    sql.push_bind(&user.0).push(" and conversation_id = ").push_bind(conversation.0);
    sql
}

/// How many rows there are in all, where a page tells: it is not full, and it is not one behind the end.
fn total(limit: u16, offset: u32, found: usize) -> Option<u64> {
    let last = found < usize::from(limit) && (found > 0 || offset == 0);
    last.then(|| u64::from(offset) + found as u64)
}

impl<DB: Dialect> SqlStore<DB> {
    async fn count(&self, mut select: QueryBuilder<DB>) -> Result<u64, StorageError> {
        let row = self.reader().await?.one::<(i64,)>(select.build_query_as()).await?;
        Ok(row.0.unsigned_abs())
    }

    async fn some_messages(
        &self,
        mut select: QueryBuilder<DB>,
    ) -> Result<Vec<Message>, StorageError> {
        let rows = self.reader().await?.all::<MessageRow>(select.build_query_as()).await?;
        rows.into_iter().map(Message::try_from).collect()
    }
}

#[async_trait]
impl<DB: Dialect> ConversationReads for SqlStore<DB> {
    async fn conversation(
        &self,
        user: &UserId,
        id: ConversationId,
    ) -> Result<Option<Conversation>, StorageError> {
        let mut select = select_conversations(user, "");
        select.push(" and id = ").push_bind(id.0);
        let row = self.reader().await?.optional::<ConversationRow>(select.build_query_as()).await?;
        Ok(row.map(Conversation::from))
    }

    async fn conversation_by_number(
        &self,
        user: &UserId,
        number: ConversationNumber,
    ) -> Result<Option<Conversation>, StorageError> {
        let mut select = select_conversations(user, "");
        select.push(" and number = ").push_bind(number.0);
        let row = self.reader().await?.optional::<ConversationRow>(select.build_query_as()).await?;
        Ok(row.map(Conversation::from))
    }

    async fn conversations(
        &self,
        user: &UserId,
        limit: u16,
        offset: u32,
    ) -> Result<(Vec<ConversationSummary>, u64), StorageError> {
        let mut select = select_conversations(user, MESSAGES);
        select.push(NEWEST_FIRST).push_bind(i64::from(limit));
        select.push(" offset ").push_bind(i64::from(offset));
        let rows = self.reader().await?.all::<SummaryRow>(select.build_query_as()).await?;
        let all = if let Some(all) = total(limit, offset, rows.len()) {
            all
        } else {
            let mut select =
                QueryBuilder::new("select count(*) from conversation where user_id = ");
            select.push_bind(&user.0);
            self.count(select).await?
        };
        Ok((rows.into_iter().map(ConversationSummary::from).collect(), all))
    }

    async fn conversations_behind(
        &self,
        user: &UserId,
        number: ConversationNumber,
        limit: u16,
    ) -> Result<Vec<ConversationSummary>, StorageError> {
        let mut select = select_conversations(user, MESSAGES);
        select.push(" and number > ").push_bind(number.0);
        select.push(" order by number limit ").push_bind(i64::from(limit));
        let rows = self.reader().await?.all::<SummaryRow>(select.build_query_as()).await?;
        Ok(rows.into_iter().map(ConversationSummary::from).collect())
    }

    async fn messages(
        &self,
        user: &UserId,
        conversation: ConversationId,
        limit: u16,
        offset: u32,
    ) -> Result<(Vec<Message>, u64), StorageError> {
        let mut select = select_messages(user, conversation);
        select.push(" order by number limit ").push_bind(i64::from(limit));
        select.push(" offset ").push_bind(i64::from(offset));
        let messages = self.some_messages(select).await?;
        let all = if let Some(all) = total(limit, offset, messages.len()) {
            all
        } else {
            let mut select = QueryBuilder::new("select count(*) from message where user_id = ");
            select.push_bind(&user.0).push(" and conversation_id = ").push_bind(conversation.0);
            self.count(select).await?
        };
        Ok((messages, all))
    }
}

#[async_trait]
impl<DB: Dialect> ConversationWrites for SqlWrite<DB> {
    async fn insert_conversation(
        &mut self,
        new: NewConversation,
    ) -> Result<Conversation, StorageError> {
        self.given.conversation += 1;
        let conversation = Conversation {
            id: new.id,
            number: ConversationNumber(self.given.conversation),
            title: new.title,
            created_at: new.now,
            updated_at: new.now,
        };
        let insert = sqlx::query(
            "insert into conversation (user_id, number, id, title, created_at, updated_at) \
             values ($1, $2, $3, $4, $5, $5)",
        )
        .bind(&self.user.0)
        .bind(conversation.number.0)
        .bind(conversation.id.0)
        .bind(&conversation.title)
        .bind(DbTime(conversation.created_at));
        let answer = self.loan.execute(insert).await;
        answer.map_err(|error| error.or_exists("conversation"))?;
        Ok(conversation)
    }

    async fn has_conversation(&mut self, id: ConversationId) -> Result<bool, StorageError> {
        let mut select = select_conversations(&self.user, "");
        select.push(" and id = ").push_bind(id.0);
        let row = self.loan.optional::<ConversationRow>(select.build_query_as()).await?;
        Ok(row.is_some())
    }

    async fn last_messages(
        &mut self,
        conversation: ConversationId,
        limit: u16,
    ) -> Result<Vec<Message>, StorageError> {
        let mut select = select_messages(&self.user, conversation);
        select.push(" order by number desc limit ").push_bind(i64::from(limit));
        let rows = self.loan.all::<MessageRow>(select.build_query_as()).await?;
        rows.into_iter().rev().map(Message::try_from).collect()
    }

    async fn append_message(
        &mut self,
        conversation: ConversationId,
        new: NewMessage,
    ) -> Result<Message, StorageError> {
        let touch = sqlx::query_as::<_, (i64,)>(
            "update conversation set updated_at = $3 where user_id = $1 and id = $2 returning number",
        )
        .bind(&self.user.0)
        .bind(conversation.0)
        .bind(DbTime(new.now));
        let found = self.loan.optional(touch).await?;
        found.ok_or(StorageError::Missing("Conversation"))?;
        let insert = sqlx::query_as::<_, (i64,)>(
            "insert into message \
             (user_id, conversation_id, number, id, role, content, actions, state, created_at) \
             select $1, $2, coalesce(max(number), 0) + 1, $3, $4, $5, $6, $7, $8 \
             from message where user_id = $1 and conversation_id = $2 returning number",
        )
        .bind(&self.user.0)
        .bind(conversation.0)
        .bind(new.id.0)
        .bind(role_name(new.role))
        .bind(&new.content)
        .bind(Json(new.actions.clone()))
        .bind(new.state.clone().map(Json))
        .bind(DbTime(new.now));
        let (number,) = self.loan.one(insert).await?;
        Ok(Message {
            id: new.id,
            number,
            role: new.role,
            content: new.content,
            actions: new.actions,
            state: new.state,
            created_at: new.now,
        })
    }

    /// Counts first: how many rows a cascade took, neither database says.
    async fn delete_conversations(
        &mut self,
        conversation: Option<ConversationId>,
    ) -> Result<(u64, u64), StorageError> {
        let mut count = QueryBuilder::new("select (select count(*) from conversation where ");
        push_those(&mut count, &self.user, "id", conversation);
        count.push("), (select count(*) from message where ");
        push_those(&mut count, &self.user, "conversation_id", conversation);
        count.push(")");
        let counts = self.loan.one::<(i64, i64)>(count.build_query_as()).await?;
        let (conversations, messages) = counts;
        if conversations > 0 {
            let mut delete = QueryBuilder::new("delete from conversation where ");
            push_those(&mut delete, &self.user, "id", conversation);
            self.loan.execute(delete.build()).await?;
        }
        Ok((conversations.unsigned_abs(), messages.unsigned_abs()))
    }
}

/// The condition for one conversation of a user, or all.
fn push_those<DB: Dialect>(
    sql: &mut QueryBuilder<DB>,
    user: &UserId,
    column: &'static str,
    conversation: Option<ConversationId>,
) {
    sql.push("user_id = ").push_bind(&user.0);
    if let Some(id) = conversation {
        sql.push(" and ").push(column).push(" = ").push_bind(id.0);
    }
}

#[cfg(test)]
mod tests {
    use super::total;

    #[test]
    fn a_page_that_is_not_full_tells_the_total() {
        assert_eq!(total(10, 0, 0), Some(0));
        assert_eq!(total(10, 20, 9), Some(29));
        assert_eq!(total(10, 0, 10), None);
        assert_eq!(total(10, 20, 0), None);
    }
}

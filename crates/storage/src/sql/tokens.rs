//! API tokens.

use std::sync::Arc;

use async_trait::async_trait;
use domain::UserId;
use jiff::civil::Date;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    Dialect, SqlStore,
    settings::known_zone,
    time::{DbDate, DbTime},
};
use crate::{
    ApiToken, ApiTokens, Claim, IdempotencyWrites, Numbers, StorageError, TokenOwner, TokenScope,
    UserSettings,
};

#[derive(FromRow)]
pub(crate) struct ApiTokenRow {
    id: Uuid,
    name: String,
    scope: String,
    created_at: DbTime,
    expires_at: Option<DbTime>,
    last_used_day: Option<DbDate>,
}

impl From<ApiTokenRow> for ApiToken {
    fn from(row: ApiTokenRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            scope: if row.scope == WRITE { TokenScope::Write } else { TokenScope::Read },
            created_at: row.created_at.0,
            expires_at: row.expires_at.map(|at| at.0),
            last_used_day: row.last_used_day.map(|day| day.0),
        }
    }
}

#[derive(FromRow)]
pub(crate) struct TokenOwnerRow {
    #[sqlx(flatten)]
    token: ApiTokenRow,
    user_id: String,
    time_zone: Option<String>,
    policy: Option<String>,
}

impl From<TokenOwnerRow> for TokenOwner {
    fn from(row: TokenOwnerRow) -> Self {
        Self {
            user_id: UserId(row.user_id),
            token: row.token.into(),
            settings: UserSettings { zone: known_zone(row.time_zone), policy: row.policy },
        }
    }
}

const WRITE: &str = "write";

fn scope_name(scope: TokenScope) -> String {
    match scope {
        TokenScope::Read => "read".to_owned(),
        TokenScope::Write => WRITE.to_owned(),
    }
}

#[async_trait]
impl<DB: Dialect> ApiTokens for SqlStore<DB> {
    async fn api_tokens(&self, user: &UserId) -> Result<Vec<ApiToken>, StorageError> {
        let select = sqlx::query_as::<_, ApiTokenRow>(
            "select id, name, scope, created_at, expires_at, last_used_day from api_token \
             where user_id = $1 order by created_at, id",
        );
        let rows = self.reader().await?.all(select.bind(&user.0)).await?;
        Ok(rows.into_iter().map(ApiToken::from).collect())
    }

    async fn insert_api_token(
        &self,
        user: &UserId,
        token: &ApiToken,
        hash: &str,
        most: u32,
        claim: Option<&Arc<Claim>>,
    ) -> Result<bool, StorageError> {
        // A user's writes come one after the other, so the count holds.
        let mut work = super::SqlWrite::<DB>::begin(self, user, Numbers::NONE).await?;
        if let Some(claim) = claim {
            work.claim(claim).await?;
        }
        let count = sqlx::query_as("select count(*) from api_token where user_id = $1");
        let (count,): (i64,) = work.loan.one(count.bind(&user.0)).await?;
        if count >= i64::from(most) {
            return Ok(false);
        }
        let insert = sqlx::query(
            "insert into api_token (user_id, id, name, token_hash, scope, created_at, expires_at) \
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&user.0)
        .bind(token.id)
        .bind(&token.name)
        .bind(hash.to_owned())
        .bind(scope_name(token.scope))
        .bind(DbTime(token.created_at))
        .bind(token.expires_at.map(DbTime));
        work.loan.execute(insert).await?;
        crate::Write::commit(Box::new(work)).await?;
        Ok(true)
    }

    async fn delete_api_token(
        &self,
        user: &UserId,
        id: Uuid,
        claim: Option<&Arc<Claim>>,
    ) -> Result<bool, StorageError> {
        let mut work = super::SqlWrite::<DB>::begin(self, user, Numbers::NONE).await?;
        if let Some(claim) = claim {
            work.claim(claim).await?;
        }
        let delete = sqlx::query_as::<_, (Uuid,)>(
            "delete from api_token where user_id = $1 and id = $2 returning id",
        );
        if work.loan.optional(delete.bind(&user.0).bind(id)).await?.is_none() {
            return Ok(false);
        }
        crate::Write::commit(Box::new(work)).await?;
        Ok(true)
    }

    async fn token_owner(&self, hash: &str) -> Result<Option<TokenOwner>, StorageError> {
        let select = sqlx::query_as::<_, TokenOwnerRow>(
            "select id, name, scope, created_at, expires_at, last_used_day, \
             api_token.user_id as user_id, time_zone, policy from api_token \
             left join settings on settings.user_id = api_token.user_id where token_hash = $1",
        );
        let row = self.reader().await?.optional(select.bind(hash.to_owned())).await?;
        Ok(row.map(TokenOwner::from))
    }

    async fn note_token_use(&self, hash: &str, day: Date) -> Result<(), StorageError> {
        let update = sqlx::query(
            "update api_token set last_used_day = $2 \
             where token_hash = $1 and (last_used_day is null or last_used_day < $2)",
        );
        self.writer().await?.execute(update.bind(hash.to_owned()).bind(DbDate(day))).await
    }
}

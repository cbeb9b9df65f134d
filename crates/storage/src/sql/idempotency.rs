//! Keys of requests: rows of `idempotency`.

use std::sync::Arc;

use async_trait::async_trait;
use domain::{ChangeNumber, UserId};
use jiff::Timestamp;
use serde_json::Value;
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use super::{Dialect, SqlStore, SqlWrite, loan::Loan, time::DbTime};
use crate::{Claim, Idempotency, IdempotencyWrites, StorageError, StoredAnswer, UsedKey};

#[derive(FromRow)]
pub(crate) struct UsedKeyRow {
    fingerprint: String,
    request_id: String,
    change_before: i64,
    created_at: DbTime,
    status: Option<i16>,
    headers: Option<Json<Value>>,
    body: Option<Vec<u8>>,
}

impl From<UsedKeyRow> for UsedKey {
    fn from(row: UsedKeyRow) -> Self {
        let status = row.status.and_then(|status| u16::try_from(status).ok());
        Self {
            fingerprint: row.fingerprint,
            request_id: row.request_id,
            change_before: ChangeNumber(row.change_before),
            claimed_at: row.created_at.0,
            answer: status.map(|status| StoredAnswer {
                status,
                headers: row.headers.map_or(Value::Null, |headers| headers.0),
                body: row.body,
            }),
        }
    }
}

/// A key that has expired is free.
const CLAIM: &str = "insert into idempotency \
     (user_id, key, claim, fingerprint, request_id, change_before, created_at, expires_at) \
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (user_id, key) do update set \
     claim = excluded.claim, fingerprint = excluded.fingerprint, request_id = excluded.request_id, \
     change_before = excluded.change_before, status = null, headers = null, body = null, \
     created_at = excluded.created_at, expires_at = excluded.expires_at \
     where idempotency.expires_at <= excluded.created_at returning claim";

const STORE: &str = "insert into idempotency \
     (user_id, key, claim, fingerprint, request_id, change_before, created_at, expires_at, status, \
     headers, body) values ($1, $2, $3, $4, $5, 0, $6, $7, $8, $9, $10) \
     on conflict (user_id, key) do update set claim = excluded.claim, \
     fingerprint = excluded.fingerprint, request_id = excluded.request_id, \
     status = excluded.status, headers = excluded.headers, body = excluded.body, \
     created_at = excluded.created_at, expires_at = excluded.expires_at \
     where idempotency.claim = excluded.claim or idempotency.expires_at <= excluded.created_at \
     returning claim";

#[async_trait]
impl<DB: Dialect> Idempotency for SqlStore<DB> {
    async fn used_key(
        &self,
        user: &UserId,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<UsedKey>, StorageError> {
        let select = sqlx::query_as::<_, UsedKeyRow>(
            "select fingerprint, request_id, change_before, created_at, status, headers, body \
             from idempotency where user_id = $1 and key = $2 and expires_at > $3",
        )
        .bind(&user.0)
        .bind(key.to_owned())
        .bind(DbTime(now));
        let row = self.reader().await?.optional(select).await?;
        Ok(row.map(UsedKey::from))
    }

    async fn store_answer(
        &self,
        user: &UserId,
        claim: &Claim,
        answer: &StoredAnswer,
    ) -> Result<bool, StorageError> {
        let upsert = sqlx::query_as::<_, (Uuid,)>(STORE)
            .bind(&user.0)
            .bind(&claim.key)
            .bind(claim.id)
            .bind(&claim.fingerprint)
            .bind(&claim.request_id)
            .bind(DbTime(claim.now))
            .bind(DbTime(claim.expires_at))
            .bind(i16::try_from(answer.status).ok())
            .bind(Json(answer.headers.clone()))
            .bind(answer.body.clone());
        // Done twice, it finds its own claim.
        let mut writer = Loan::of(&self.pools.writers).await?;
        Ok(writer.optional(upsert).await?.is_some())
    }
}

#[async_trait]
impl<DB: Dialect> IdempotencyWrites for SqlWrite<DB> {
    async fn claim(&mut self, claim: &Arc<Claim>) -> Result<(), StorageError> {
        let insert = sqlx::query_as::<_, (Uuid,)>(CLAIM)
            .bind(&self.user.0)
            .bind(&claim.key)
            .bind(claim.id)
            .bind(&claim.fingerprint)
            .bind(&claim.request_id)
            .bind(self.given.change)
            .bind(DbTime(claim.now))
            .bind(DbTime(claim.expires_at));
        self.loan.optional(insert).await?.ok_or(StorageError::KeyUsed)?;
        self.claim = Some(claim.clone());
        Ok(())
    }
}

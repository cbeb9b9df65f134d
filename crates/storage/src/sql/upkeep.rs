//! Taking away what has had its time.

use async_trait::async_trait;
use domain::{ChangeNumber, UserId};
use jiff::Timestamp;
use sqlx::FromRow;

use super::{Dialect, SqlStore, time::DbTime};
use crate::{OldLog, OldLogs, Passing, StorageError, Upkeep};

const SESSIONS: &str = r#"delete from "session" where "id" in
    (select "id" from "session" where "expiresAt" < $1 limit $2) returning cast(1 as bigint)"#;

const VERIFICATIONS: &str = r#"delete from "verification" where "id" in
    (select "id" from "verification" where "expiresAt" < $1 limit $2) returning cast(1 as bigint)"#;

const RATE_LIMITS: &str = r#"delete from "rateLimit" where "id" in
    (select "id" from "rateLimit" where "lastRequest" < $1 limit $2) returning cast(1 as bigint)"#;

const IDEMPOTENCY_KEYS: &str = "delete from idempotency where (user_id, key) in \
     (select user_id, key from idempotency where expires_at < $1 limit $2) \
     returning cast(1 as bigint)";

/// Users, each with their oldest entry. One step into the key of `change` for each, and no index by time, which every
/// write would have to keep.
const OLDEST: &str = "select counter.user_id as user_id, number, created_at from counter \
     left join change on change.user_id = counter.user_id and change.number = \
     (select number from change where change.user_id = counter.user_id order by number limit 1) \
     where counter.user_id > $1 order by counter.user_id limit $2";

const SHORTEN: &str = "delete from change where user_id = $1 and number < $2 and number < coalesce(\
     (select number from change where user_id = $1 and created_at >= $3 order by number limit 1), $2) \
     returning cast(1 as bigint)";

#[derive(FromRow)]
pub(crate) struct OldestRow {
    user_id: String,
    number: Option<i64>,
    created_at: Option<DbTime>,
}

#[async_trait]
impl<DB: Dialect> Upkeep for SqlStore<DB> {
    async fn sweep(
        &self,
        what: Passing,
        before: Timestamp,
        limit: u16,
    ) -> Result<u64, StorageError> {
        let delete = match what {
            Passing::Sessions => sqlx::query_as(SESSIONS).bind(DbTime(before)),
            Passing::Verifications => sqlx::query_as(VERIFICATIONS).bind(DbTime(before)),
            Passing::IdempotencyKeys => sqlx::query_as(IDEMPOTENCY_KEYS).bind(DbTime(before)),
            Passing::RateLimits => sqlx::query_as(RATE_LIMITS).bind(before.as_millisecond()),
        };
        let gone: Vec<(i64,)> = self.writer().await?.all(delete.bind(i64::from(limit))).await?;
        Ok(gone.len() as u64)
    }

    async fn old_logs(
        &self,
        behind: Option<&UserId>,
        before: Timestamp,
        limit: u16,
    ) -> Result<OldLogs, StorageError> {
        let behind = behind.map_or_else(String::new, |user| user.0.clone());
        let select = sqlx::query_as(OLDEST).bind(behind).bind(i64::from(limit));
        let rows = self.reader().await?.all::<OldestRow>(select).await?;
        let is_last_page = rows.len() < usize::from(limit);
        let last = rows.last().filter(|_| !is_last_page).map(|row| UserId(row.user_id.clone()));
        let old = rows.into_iter().filter_map(|row| {
            let oldest = ChangeNumber(row.number?);
            (row.created_at?.0 < before).then_some(OldLog { user: UserId(row.user_id), oldest })
        });
        Ok(OldLogs { logs: old.collect(), last })
    }

    async fn shorten(
        &self,
        log: &OldLog,
        before: Timestamp,
        limit: u16,
    ) -> Result<u64, StorageError> {
        let delete = sqlx::query_as(SHORTEN)
            .bind(&log.user.0)
            .bind(log.oldest.0 + i64::from(limit))
            .bind(DbTime(before));
        let gone: Vec<(i64,)> = self.writer().await?.all(delete).await?;
        Ok(gone.len() as u64)
    }
}

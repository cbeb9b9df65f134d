//! Counted requests.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Dialect, SqlStore};
use crate::{RateLimits, RateRule, StorageError};

/// One statement, so that of many at once no more get through than may: the second waits for the first one's row, and
/// then asks again whether it may. The larger of two clocks counts, where replicas disagree.
const TAKE: &str = r#"insert into "rateLimit" ("id", "key", "count", "lastRequest")
    values ($1, $2, 1, $3)
    on conflict ("key") do update set
        "count" = case when "rateLimit"."lastRequest" <= $4 then 1 else "rateLimit"."count" + 1 end,
        "lastRequest" = case when "rateLimit"."lastRequest" > $3 then "rateLimit"."lastRequest" else $3 end
    where "rateLimit"."lastRequest" <= $4 or "rateLimit"."count" < $5
    returning "lastRequest""#;

#[async_trait]
impl<DB: Dialect> RateLimits for SqlStore<DB> {
    async fn take(
        &self,
        key: &str,
        id: &str,
        rule: RateRule,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StorageError> {
        let begin = now - rule.window;
        let take = sqlx::query_as::<_, (i64,)>(TAKE)
            .bind(id.to_owned())
            .bind(key.to_owned())
            .bind(now.as_millisecond())
            .bind(begin.as_millisecond())
            .bind(i64::from(rule.max));
        if self.writer().await?.optional(take).await?.is_some() {
            return Ok(None);
        }
        let last = sqlx::query_as::<_, (i64,)>(
            r#"select "lastRequest" from "rateLimit" where "key" = $1"#,
        );
        let last = self.reader().await?.optional(last.bind(key.to_owned())).await?;
        // A row that is gone by now was refused all the same.
        let last = last.and_then(|(last,)| Timestamp::from_millisecond(last).ok());
        Ok(Some(last.unwrap_or(now)))
    }
}

//! The keys that sign JWTs.

use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::FromRow;

use super::{Dialect, SqlStore, loan::Loan, time::DbTime};
use crate::{Jwk, Keys, StorageError};

#[derive(FromRow)]
pub(crate) struct JwkRow {
    id: String,
    public_key: String,
    private_key: String,
    created_at: DbTime,
    expires_at: Option<DbTime>,
    alg: Option<String>,
    crv: Option<String>,
}

impl From<JwkRow> for Jwk {
    fn from(row: JwkRow) -> Self {
        Self {
            id: row.id,
            public_key: row.public_key,
            private_key: row.private_key,
            created_at: row.created_at.0,
            expires_at: row.expires_at.map(|at| at.0),
            alg: row.alg,
            crv: row.crv,
        }
    }
}

const INSERT: &str = r#"insert into "jwks"
    ("id", "publicKey", "privateKey", "createdAt", "expiresAt", "alg", "crv")
    values ($1, $2, $3, $4, $5, $6, $7)"#;

#[async_trait]
impl<DB: Dialect> Keys for SqlStore<DB> {
    async fn jwks(&self) -> Result<Vec<Jwk>, StorageError> {
        let select = sqlx::query_as::<_, JwkRow>(
            r#"select "id" as id, "publicKey" as public_key, "privateKey" as private_key,
            "createdAt" as created_at, "expiresAt" as expires_at, "alg" as alg, "crv" as crv
            from "jwks" order by "createdAt" desc, "id""#,
        );
        let rows = self.reader().await?.all(select).await?;
        Ok(rows.into_iter().map(Jwk::from).collect())
    }

    async fn insert_jwk_if_needed(&self, key: &Jwk, now: Timestamp) -> Result<(), StorageError> {
        let mut loan = Loan::begin_alone(&self.pools.writers).await?;
        let usable = sqlx::query_as(
            r#"select count(*) from "jwks" where coalesce("alg", 'EdDSA') = coalesce($1, 'EdDSA')
            and ("expiresAt" is null or "expiresAt" > $2)"#,
        );
        let (usable,): (i64,) = loan.one(usable.bind(key.alg.clone()).bind(DbTime(now))).await?;
        if usable > 0 {
            return Ok(());
        }
        let insert = sqlx::query(INSERT)
            .bind(key.id.clone())
            .bind(key.public_key.clone())
            .bind(key.private_key.clone())
            .bind(DbTime(key.created_at))
            .bind(key.expires_at.map(DbTime))
            .bind(key.alg.clone())
            .bind(key.crv.clone());
        loan.execute(insert).await?;
        loan.commit().await
    }
}

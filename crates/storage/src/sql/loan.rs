//! A connection out of a pool, and how its statements went.

use std::time::Duration;

use sqlx::{
    FromRow, Pool, SqlSafeStr,
    pool::PoolConnection,
    query::{Query, QueryAs},
};
use sqlx_core::transaction::TransactionManager;

use super::Dialect;
use crate::{StorageError, queries::note_query};

/// What one statement may take before the caller is told that the database is busy. A limit on our side, because a
/// pooler in front of Postgres does not pass session settings on.
const STATEMENT_LIMIT: Duration = Duration::from_secs(5);

/// A connection that goes back to its pool, rolled back if need be, unless a statement on it was abandoned: it is
/// closed then. sqlx would first wait for that statement's answer, and where a network has fallen silent it would wait
/// for ever and count the connection as lent (sqlx issue 4349).
pub(super) struct Loan<DB: Dialect> {
    connection: PoolConnection<DB>,
    health: Health,
    in_transaction: bool,
}

impl<DB: Dialect> Loan<DB> {
    pub(super) async fn of(pool: &Pool<DB>) -> Result<Self, StorageError> {
        let connection = pool.acquire().await?;
        Ok(Self { connection, health: Health::default(), in_transaction: false })
    }

    pub(super) async fn begin(pool: &Pool<DB>) -> Result<Self, StorageError> {
        Self::begin_with(pool, DB::BEGIN).await
    }

    /// Begins a unit of work that no other begun so, in any process, is under way beside.
    pub(super) async fn begin_alone(pool: &Pool<DB>) -> Result<Self, StorageError> {
        Self::begin_with(pool, DB::BEGIN_MIGRATION).await
    }

    async fn begin_with(pool: &Pool<DB>, begin: &'static str) -> Result<Self, StorageError> {
        let mut loan = Self::of(pool).await?;
        let statement = begin.into_sql_str();
        let begin = DB::TransactionManager::begin(&mut loan.connection, Some(statement));
        loan.health.answer(begin).await?;
        loan.in_transaction = true;
        Ok(loan)
    }

    pub(super) async fn commit(mut self) -> Result<(), StorageError> {
        self.health.answer(DB::TransactionManager::commit(&mut self.connection)).await?;
        self.in_transaction = false;
        Ok(())
    }

    pub(super) async fn execute(
        &mut self,
        statement: Query<'_, DB, DB::Arguments>,
    ) -> Result<(), StorageError> {
        self.health.answer(statement.execute(DB::on(&mut self.connection))).await?;
        Ok(())
    }

    pub(super) async fn one<R>(
        &mut self,
        statement: QueryAs<'_, DB, R, DB::Arguments>,
    ) -> Result<R, StorageError>
    where
        R: for<'r> FromRow<'r, DB::Row> + Send + Unpin,
    {
        self.health.answer(statement.fetch_one(DB::on(&mut self.connection))).await
    }

    pub(super) async fn optional<R>(
        &mut self,
        statement: QueryAs<'_, DB, R, DB::Arguments>,
    ) -> Result<Option<R>, StorageError>
    where
        R: for<'r> FromRow<'r, DB::Row> + Send + Unpin,
    {
        self.health.answer(statement.fetch_optional(DB::on(&mut self.connection))).await
    }

    pub(super) async fn all<R>(
        &mut self,
        statement: QueryAs<'_, DB, R, DB::Arguments>,
    ) -> Result<Vec<R>, StorageError>
    where
        R: for<'r> FromRow<'r, DB::Row> + Send + Unpin,
    {
        self.health.answer(statement.fetch_all(DB::on(&mut self.connection))).await
    }
}

impl<DB: Dialect> Drop for Loan<DB> {
    fn drop(&mut self) {
        if self.health == Health::Waiting {
            self.connection.close_on_drop();
        } else if self.in_transaction {
            DB::TransactionManager::start_rollback(&mut self.connection);
        }
    }
}

/// Whether every statement was answered, and without an error.
///
/// Needed because the databases disagree on COMMIT after a failed statement: Postgres rolls back and reports success,
/// SQLite stores the rest. Here both refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Health {
    #[default]
    Intact,
    /// A statement is under way, or was abandoned.
    Waiting,
    /// A statement failed.
    Broken,
}

impl Health {
    async fn answer<T>(
        &mut self,
        statement: impl Future<Output = sqlx::Result<T>>,
    ) -> Result<T, StorageError> {
        if *self != Self::Intact {
            return Err(StorageError::Broken);
        }
        note_query();
        *self = Self::Waiting; // and so it stays if the caller stops waiting for us
        let in_time = tokio::time::timeout(STATEMENT_LIMIT, statement).await;
        let answer = in_time.map_err(|_| StorageError::Busy(None))?;
        *self = if answer.is_ok() { Self::Intact } else { Self::Broken };
        Ok(answer?)
    }
}

#[cfg(test)]
mod tests {
    use std::future;

    use super::*;

    #[tokio::test]
    async fn an_abandoned_statement_breaks_the_unit_of_work() {
        let mut health = Health::default();
        health.answer(future::ready(Ok(()))).await.unwrap();
        let statement = health.answer(future::pending::<sqlx::Result<()>>());
        assert!(tokio::time::timeout(Duration::ZERO, statement).await.is_err());
        assert_eq!(health, Health::Waiting);
        let next = health.answer(future::ready(Ok(()))).await;
        assert!(matches!(next, Err(StorageError::Broken)));
    }
}

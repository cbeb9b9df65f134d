//! A connection out of a pool, and how its statements went.

use std::{
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use sqlx::{
    Connection, Database, FromRow, Pool, SqlSafeStr, SqlStr,
    pool::PoolConnection,
    query::{Query, QueryAs},
};
use sqlx_core::{executor::Execute, transaction::TransactionManager};

use super::{Dialect, outage::Outage};
use crate::{
    StorageError,
    error::is_cut,
    patience::{in_time, note_answer},
    queries::note_query,
};

/// What one statement may take before the caller is told that the database is busy. A limit on our side, because a
/// pooler in front of Postgres does not pass session settings on.
const STATEMENT_LIMIT: Duration = Duration::from_secs(5);

/// What the answer of a connection that is tried may take. A dead one, whose way fell silent, is replaced then.
const TRIAL: Duration = Duration::from_secs(1);

/// A pool, and what is known of its database.
pub(crate) struct Lender<DB: Database> {
    pool: Pool<DB>,
    outage: Arc<Outage>,
}

impl<DB: Database> Clone for Lender<DB> {
    fn clone(&self) -> Self {
        Self { pool: self.pool.clone(), outage: self.outage.clone() }
    }
}

impl<DB: Database> Lender<DB> {
    pub(super) fn new(pool: Pool<DB>, outage: Arc<Outage>) -> Self {
        Self { pool, outage }
    }

    pub(super) fn outage(&self) -> &Outage {
        &self.outage
    }

    async fn lend(&self) -> Result<PoolConnection<DB>, StorageError> {
        // The pool has a limit of its own, below this one. In a box: hundreds may wait here, each with its 4 KiB once
        // instead of twice.
        let lent = in_time(STATEMENT_LIMIT, Box::pin(self.pool.acquire())).await;
        let lent = lent.unwrap_or(Err(sqlx::Error::PoolTimedOut)).map_err(StorageError::from);
        lent.inspect_err(|error| self.outage.failed(error))
    }

    /// One that answers now.
    async fn lend_tried(&self) -> Result<PoolConnection<DB>, StorageError> {
        let mut connection = self.lend().await?;
        if answers(&mut *connection).await {
            return Ok(connection);
        }
        self.outage.cut();
        connection.close_on_drop();
        drop(connection); // makes room for another
        self.lend().await
    }
}

/// Whether a connection lives.
pub(super) async fn answers(connection: &mut impl Connection) -> bool {
    matches!(in_time(TRIAL, connection.ping()).await, Some(Ok(())))
}

/// A statement that gives rows.
type Rows<'q, DB, R> = QueryAs<'q, DB, R, <DB as Database>::Arguments>;

/// The same, and what to ask again where it may be asked twice.
type Prepared<'q, DB, R> = (Rows<'q, DB, R>, Option<Again<DB>>);

/// A connection that goes back to its pool, rolled back if need be, unless a statement on it was abandoned: it is
/// closed then. sqlx would first wait for that statement's answer, and where a network has fallen silent it would wait
/// for ever and count the connection as lent (sqlx issue 4349).
///
/// Connections die unnoticed while they rest, all at once when the server is started again. So the first statement, if it
/// may be done twice, is asked again on another connection when this one turns out to be dead.
pub(super) struct Loan<DB: Dialect> {
    lender: Lender<DB>,
    /// None when this one was dead and no other was to be had.
    connection: Option<PoolConnection<DB>>,
    health: Health,
    in_transaction: bool,
    /// Whether the next statement is the first, and may be done twice.
    may_move: bool,
}

impl<DB: Dialect> Loan<DB> {
    /// For reading, or for what does no harm when it is done twice.
    pub(super) async fn of(lender: &Lender<DB>) -> Result<Self, StorageError> {
        Ok(Self::with(lender, lender.lend().await?, true))
    }

    /// For one statement that must not be done twice. Whether the connection lives is asked first, which is a round trip.
    pub(super) async fn once(lender: &Lender<DB>) -> Result<Self, StorageError> {
        Ok(Self::with(lender, lender.lend_tried().await?, false))
    }

    fn with(lender: &Lender<DB>, connection: PoolConnection<DB>, may_move: bool) -> Self {
        Self {
            lender: lender.clone(),
            connection: Some(connection),
            health: Health::default(),
            in_transaction: false,
            may_move,
        }
    }

    pub(super) async fn begin(lender: &Lender<DB>) -> Result<Self, StorageError> {
        Self::begin_with(lender, DB::BEGIN).await
    }

    /// Begins a unit of work that no other begun so, in any process, is under way beside.
    pub(super) async fn begin_alone(lender: &Lender<DB>) -> Result<Self, StorageError> {
        Self::begin_with(lender, DB::BEGIN_MIGRATION).await
    }

    async fn begin_with(
        lender: &Lender<DB>,
        statement: &'static str,
    ) -> Result<Self, StorageError> {
        let mut loan = Self::of(lender).await?;
        let mut begun = loan.ask_to_begin(statement).await;
        if loan.health == Health::Dead {
            loan.move_on().await?;
            begun = loan.ask_to_begin(statement).await;
        }
        begun?;
        loan.may_move = false;
        loan.in_transaction = true;
        Ok(loan)
    }

    async fn ask_to_begin(&mut self, statement: &'static str) -> Result<(), StorageError> {
        let connection = lent(&mut self.connection)?;
        let begin = DB::TransactionManager::begin(connection, Some(statement.into_sql_str()));
        self.health.answer(&self.lender.outage, begin).await
    }

    pub(super) async fn commit(mut self) -> Result<(), StorageError> {
        let connection = lent(&mut self.connection)?;
        let commit = DB::TransactionManager::commit(connection);
        self.health.answer(&self.lender.outage, commit).await?;
        self.in_transaction = false;
        Ok(())
    }

    pub(super) async fn execute(
        &mut self,
        statement: Query<'_, DB, DB::Arguments>,
    ) -> Result<(), StorageError> {
        self.may_move = false;
        let connection = lent(&mut self.connection)?;
        self.health.answer(&self.lender.outage, statement.execute(DB::on(connection))).await?;
        Ok(())
    }

    pub(super) async fn one<R>(&mut self, statement: Rows<'_, DB, R>) -> Result<R, StorageError>
    where
        R: for<'r> FromRow<'r, DB::Row> + Send + Unpin,
    {
        let (statement, again) = self.prepared(statement)?;
        let connection = lent(&mut self.connection)?;
        let row = statement.fetch_one(DB::on(connection));
        let answer = self.health.answer(&self.lender.outage, row).await;
        let Some(again) = self.unanswered(again).await? else { return answer };
        let connection = lent(&mut self.connection)?;
        self.health
            .answer(&self.lender.outage, again.statement().fetch_one(DB::on(connection)))
            .await
    }

    pub(super) async fn optional<R>(
        &mut self,
        statement: Rows<'_, DB, R>,
    ) -> Result<Option<R>, StorageError>
    where
        R: for<'r> FromRow<'r, DB::Row> + Send + Unpin,
    {
        let (statement, again) = self.prepared(statement)?;
        let connection = lent(&mut self.connection)?;
        let row = statement.fetch_optional(DB::on(connection));
        let answer = self.health.answer(&self.lender.outage, row).await;
        let Some(again) = self.unanswered(again).await? else { return answer };
        let connection = lent(&mut self.connection)?;
        self.health
            .answer(&self.lender.outage, again.statement().fetch_optional(DB::on(connection)))
            .await
    }

    pub(super) async fn all<R>(
        &mut self,
        statement: Rows<'_, DB, R>,
    ) -> Result<Vec<R>, StorageError>
    where
        R: for<'r> FromRow<'r, DB::Row> + Send + Unpin,
    {
        let (statement, again) = self.prepared(statement)?;
        let connection = lent(&mut self.connection)?;
        let rows = statement.fetch_all(DB::on(connection));
        let answer = self.health.answer(&self.lender.outage, rows).await;
        let Some(again) = self.unanswered(again).await? else { return answer };
        let connection = lent(&mut self.connection)?;
        self.health
            .answer(&self.lender.outage, again.statement().fetch_all(DB::on(connection)))
            .await
    }

    /// To be called once for each statement: only the first may be asked twice.
    fn prepared<'q, R>(
        &mut self,
        mut statement: Rows<'q, DB, R>,
    ) -> Result<Prepared<'q, DB, R>, StorageError>
    where
        R: for<'r> FromRow<'r, DB::Row> + Send + Unpin,
    {
        if !std::mem::take(&mut self.may_move) {
            return Ok((statement, None));
        }
        let arguments = statement.take_arguments().map_err(sqlx::Error::Encode)?;
        let arguments = arguments.unwrap_or_default();
        let again = Again { sql: statement.sql(), arguments: arguments.clone() };
        Ok((sqlx::query_as_with(again.sql.clone(), arguments), Some(again)))
    }

    /// What is to be asked again: a connection that lives is there for it.
    async fn unanswered(
        &mut self,
        again: Option<Again<DB>>,
    ) -> Result<Option<Again<DB>>, StorageError> {
        if again.is_none() || self.health != Health::Dead {
            return Ok(None);
        }
        self.move_on().await?;
        Ok(again)
    }

    /// Takes another connection instead of a dead one.
    async fn move_on(&mut self) -> Result<(), StorageError> {
        self.give_back(); // makes room for another
        self.connection = Some(self.lender.lend().await?);
        self.health = Health::default();
        Ok(())
    }

    fn give_back(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        if matches!(self.health, Health::Waiting | Health::Dead) {
            connection.close_on_drop();
        } else if self.in_transaction {
            DB::TransactionManager::start_rollback(&mut connection);
        }
    }
}

impl<DB: Dialect> Drop for Loan<DB> {
    fn drop(&mut self) {
        self.give_back();
    }
}

fn lent<DB: Dialect>(
    connection: &mut Option<PoolConnection<DB>>,
) -> Result<&mut DB::Connection, StorageError> {
    connection.as_deref_mut().ok_or(StorageError::Broken)
}

/// What was asked, to be asked again.
struct Again<DB: Database> {
    sql: SqlStr,
    arguments: DB::Arguments,
}

impl<DB: Dialect> Again<DB> {
    fn statement<R>(self) -> Rows<'static, DB, R>
    where
        R: for<'r> FromRow<'r, DB::Row> + Send + Unpin,
    {
        sqlx::query_as_with(self.sql, self.arguments)
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
    /// The connection broke off.
    Dead,
}

impl Health {
    async fn answer<T>(
        &mut self,
        outage: &Outage,
        statement: impl Future<Output = sqlx::Result<T>>,
    ) -> Result<T, StorageError> {
        if *self != Self::Intact {
            return Err(StorageError::Broken);
        }
        note_query();
        *self = Self::Waiting; // and so it stays if the caller stops waiting for us
        let asked = Instant::now();
        let answer = match in_time(STATEMENT_LIMIT, statement).await {
            None => Err(StorageError::Busy(Some(too_late()))),
            Some(Ok(answer)) => {
                *self = Self::Intact;
                note_answer();
                Ok(answer)
            }
            Some(Err(error)) if is_cut(&error) => {
                *self = Self::Dead;
                outage.cut();
                Err(error.into())
            }
            Some(Err(error)) => {
                *self = Self::Broken;
                Err(error.into())
            }
        };
        outage.note(&answer, asked);
        answer
    }
}

fn too_late() -> sqlx::Error {
    sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, "no answer in time"))
}

#[cfg(test)]
mod tests {
    use std::future;

    use super::*;

    #[tokio::test]
    async fn an_abandoned_statement_breaks_the_unit_of_work() {
        let (outage, mut health) = (Outage::default(), Health::default());
        health.answer(&outage, future::ready(Ok(()))).await.unwrap();
        let statement = health.answer(&outage, future::pending::<sqlx::Result<()>>());
        assert!(tokio::time::timeout(Duration::ZERO, statement).await.is_err());
        assert_eq!(health, Health::Waiting);
        let next = health.answer(&outage, future::ready(Ok(()))).await;
        assert!(matches!(next, Err(StorageError::Broken)));
    }
}

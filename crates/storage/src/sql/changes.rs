//! The change log: rows of `change`, with snapshots as JSON.

use async_trait::async_trait;
use domain::{Change, ChangeKind, ChangeNumber, NewChange, Snapshot, Source, UserId};
use sqlx::{FromRow, QueryBuilder, types::Json};

use super::{Dialect, SqlStore, SqlWrite, time::DbTime};
use crate::{ChangeReads, ChangeWrites, LogPage, LogRange, LoggedTask, Outline, StorageError};

/// What a page may hold before its last entry. One change can touch thousands of tasks, each with a long description.
const PAGE_BYTES: i64 = 4 << 20;

/// How much an entry of `change` holds, as text.
const BYTES: &str = "cast(octet_length(cast(change.before as text)) \
     + octet_length(cast(change.after as text)) as bigint)";

#[derive(FromRow)]
pub(crate) struct ChangeRow {
    number: i64,
    kind: String,
    before: Json<Snapshot>,
    after: Json<Snapshot>,
    source: String,
    request_id: String,
    undoes: Option<i64>,
    created_at: DbTime,
}

impl From<ChangeRow> for Change {
    fn from(row: ChangeRow) -> Self {
        Self {
            number: ChangeNumber(row.number),
            kind: ChangeKind::from_name(&row.kind),
            before: row.before.0,
            after: row.after.0,
            source: Source::from_name(&row.source),
            request_id: row.request_id,
            undoes: row.undoes.map(ChangeNumber),
            created_at: row.created_at.0,
        }
    }
}

/// An entry of a page, and how much the page holds up to its end.
#[derive(FromRow)]
pub(crate) struct PagedRow {
    #[sqlx(flatten)]
    change: ChangeRow,
    bytes: i64,
}

/// A page of the entries behind `after`, of what touched `task` if one is given. Goes from entry to entry, and so reads
/// none behind the page's end.
fn page<DB: Dialect>(
    user: &UserId,
    task: Option<LoggedTask>,
    after: ChangeNumber,
    limit: u16,
) -> QueryBuilder<DB> {
    let mut sql =
        QueryBuilder::new("with recursive page (number, place, bytes) as (select * from ");
    sql.push("(select number, 1, ").push(BYTES).push(" from change where user_id = ");
    sql.push_bind(&user.0).push(" and number > ").push_bind(after.0);
    push_touching(&mut sql, task);
    sql.push(
        " order by number limit 1) as first union all select change.number, place + 1, bytes + ",
    )
    .push(BYTES)
    .push(" from page join change on change.user_id = ")
    .push_bind(&user.0)
    .push(" and change.number = (select number from change as next where user_id = ")
    .push_bind(&user.0)
    .push(" and number > page.number");
    push_touching(&mut sql, task);
    sql.push(" order by number limit 1) where place < ")
        .push_bind(i64::from(limit))
        .push(" and bytes < ")
        .push_bind(PAGE_BYTES)
        .push(
            ") select change.number, kind, before, after, source, request_id, undoes, created_at, \
             bytes from page join change on user_id = ",
        )
        .push_bind(&user.0)
        .push(" and change.number = page.number order by change.number");
    sql
}

/// The condition that an entry touched a task.
fn push_touching<DB: Dialect>(sql: &mut QueryBuilder<DB>, task: Option<LoggedTask>) {
    let Some(task) = task else { return };
    for (side, open) in [("before", " and ("), ("after", " or ")] {
        let member = match task {
            LoggedTask::Number(_) => "number",
            LoggedTask::Id(_) => "id",
        };
        let [before, behind] = DB::holds_task(side, member);
        sql.push(open).push(before);
        match task {
            LoggedTask::Number(number) => sql.push_bind(number.0),
            LoggedTask::Id(id) => sql.push_bind(id.0.to_string()),
        };
        sql.push(behind);
    }
    sql.push(")");
}

impl<DB: Dialect> SqlStore<DB> {
    async fn log_page(
        &self,
        mut select: QueryBuilder<DB>,
        limit: u16,
    ) -> Result<LogPage, StorageError> {
        let rows = self.reader().await?.all::<PagedRow>(select.build_query_as()).await?;
        let ended = rows.last().is_none_or(|last| last.bytes < PAGE_BYTES);
        let is_last = ended && rows.len() < usize::from(limit);
        Ok(LogPage { changes: rows.into_iter().map(|row| row.change.into()).collect(), is_last })
    }
}

#[async_trait]
impl<DB: Dialect> ChangeReads for SqlStore<DB> {
    async fn changes_after(
        &self,
        user: &UserId,
        after: ChangeNumber,
        limit: u16,
    ) -> Result<LogPage, StorageError> {
        self.log_page(page(user, None, after, limit), limit).await
    }

    async fn changes_of_task(
        &self,
        user: &UserId,
        task: LoggedTask,
        after: ChangeNumber,
        limit: u16,
    ) -> Result<LogPage, StorageError> {
        self.log_page(page(user, Some(task), after, limit), limit).await
    }

    async fn outlines_after(
        &self,
        user: &UserId,
        after: ChangeNumber,
        limit: u16,
    ) -> Result<Vec<Outline>, StorageError> {
        let select = sqlx::query_as(
            "select number, undoes, request_id from change where user_id = $1 and number > $2 \
             order by number limit $3",
        )
        .bind(&user.0)
        .bind(after.0)
        .bind(i64::from(limit));
        let rows = self.reader().await?.all::<(i64, Option<i64>, String)>(select).await?;
        let outline = |(number, undoes, request_id): (i64, Option<i64>, String)| Outline {
            number: ChangeNumber(number),
            undoes: undoes.map(ChangeNumber),
            request_id,
        };
        Ok(rows.into_iter().map(outline).collect())
    }

    async fn log_range(&self, user: &UserId) -> Result<LogRange, StorageError> {
        let select = sqlx::query_as(
            "select (select number from change where user_id = $1 order by number limit 1), \
             (select change from counter where user_id = $1)",
        );
        let (oldest, last) = self.reader().await?.one(select.bind(&user.0)).await?;
        let (oldest, last): (Option<i64>, Option<i64>) = (oldest, last);
        Ok(LogRange { oldest: oldest.map(ChangeNumber), last: ChangeNumber(last.unwrap_or(0)) })
    }

    async fn last_change(&self, user: &UserId) -> Result<ChangeNumber, StorageError> {
        let select = sqlx::query_as("select change from counter where user_id = $1").bind(&user.0);
        let row = self.reader().await?.optional(select).await?;
        Ok(ChangeNumber(row.map_or(0, |(number,)| number)))
    }
}

#[async_trait]
impl<DB: Dialect> ChangeWrites for SqlWrite<DB> {
    async fn change(&mut self, number: ChangeNumber) -> Result<Option<Change>, StorageError> {
        let select = sqlx::query_as(
            "select number, kind, before, after, source, request_id, undoes, created_at \
             from change where user_id = $1 and number = $2",
        );
        let row = self.loan.optional::<ChangeRow>(select.bind(&self.user.0).bind(number.0)).await?;
        Ok(row.map(Change::from))
    }

    fn next_change(&self) -> ChangeNumber {
        ChangeNumber(self.given.change + 1)
    }

    async fn append_change(&mut self, change: NewChange) -> Result<ChangeNumber, StorageError> {
        self.given.change += 1;
        let insert = sqlx::query(
            "insert into change \
             (user_id, number, kind, before, after, source, request_id, undoes, created_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(&self.user.0)
        .bind(self.given.change)
        .bind(change.kind.name().to_owned())
        .bind(Json(change.before))
        .bind(Json(change.after))
        .bind(change.source.name().to_owned())
        .bind(change.request_id)
        .bind(change.undoes.map(|number| number.0))
        .bind(DbTime(change.now));
        self.loan.execute(insert).await?;
        Ok(ChangeNumber(self.given.change))
    }
}

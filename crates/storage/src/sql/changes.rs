//! The change log: rows of `change`, with snapshots as JSON.

use async_trait::async_trait;
use domain::{Change, ChangeKind, ChangeNumber, NewChange, Snapshot, Source, UserId};
use sqlx::{FromRow, QueryBuilder, types::Json};

use super::{Dialect, SqlStore, SqlWrite, time::DbTime};
use crate::{ChangeReads, ChangeWrites, LogRange, LoggedTask, StorageError};

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

impl TryFrom<ChangeRow> for Change {
    type Error = StorageError;

    fn try_from(row: ChangeRow) -> Result<Self, StorageError> {
        let kind = ChangeKind::from_name(&row.kind);
        let source = Source::from_name(&row.source);
        Ok(Self {
            number: ChangeNumber(row.number),
            kind: kind.ok_or(StorageError::Unreadable("kind of change"))?,
            before: row.before.0,
            after: row.after.0,
            source: source.ok_or(StorageError::Unreadable("source of a change"))?,
            request_id: row.request_id,
            undoes: row.undoes.map(ChangeNumber),
            created_at: row.created_at.0,
        })
    }
}

/// `select … from change where user_id = …`, to be continued with ` and …`.
fn select_changes<DB: Dialect>(user: &UserId) -> QueryBuilder<DB> {
    let mut sql = QueryBuilder::new(
        "select number, kind, before, after, source, request_id, undoes, created_at from change \
         where user_id = ",
    );
    sql.push_bind(&user.0);
    sql
}

#[async_trait]
impl<DB: Dialect> ChangeReads for SqlStore<DB> {
    async fn changes_after(
        &self,
        user: &UserId,
        after: ChangeNumber,
        limit: u16,
    ) -> Result<Vec<Change>, StorageError> {
        let mut select = select_changes(user);
        select.push(" and number > ").push_bind(after.0);
        select.push(" order by number limit ").push_bind(i64::from(limit));
        let rows = self.reader().await?.all::<ChangeRow>(select.build_query_as()).await?;
        rows.into_iter().map(Change::try_from).collect()
    }

    async fn changes_of_task(
        &self,
        user: &UserId,
        task: LoggedTask,
        after: ChangeNumber,
        limit: u16,
    ) -> Result<Vec<Change>, StorageError> {
        let mut select = select_changes(user);
        select.push(" and number > ").push_bind(after.0).push(" and (");
        for (at, side) in ["before", "after"].into_iter().enumerate() {
            select.push(if at == 0 { "" } else { " or " });
            let member = match task {
                LoggedTask::Number(_) => "number",
                LoggedTask::Id(_) => "id",
            };
            let [open, close] = DB::holds_task(side, member);
            select.push(open);
            match task {
                LoggedTask::Number(number) => select.push_bind(number.0),
                LoggedTask::Id(id) => select.push_bind(id.0.to_string()),
            };
            select.push(close);
        }
        select.push(") order by number limit ").push_bind(i64::from(limit));
        let rows = self.reader().await?.all::<ChangeRow>(select.build_query_as()).await?;
        rows.into_iter().map(Change::try_from).collect()
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
        let mut select = select_changes(&self.user);
        select.push(" and number = ").push_bind(number.0);
        let row = self.loan.optional::<ChangeRow>(select.build_query_as()).await?;
        row.map(Change::try_from).transpose()
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

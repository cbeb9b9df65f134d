//! Tags, and on how many tasks each is.

use async_trait::async_trait;
use domain::{Color, Tag, TagId, TagName, UserId};
use sqlx::{FromRow, QueryBuilder};
use uuid::Uuid;

use super::{Dialect, SqlStore, SqlWrite, time::DbTime};
use crate::{StorageError, TagReads, TagWithCount, TagWrites};

#[derive(FromRow)]
pub(crate) struct TagRow {
    id: Uuid,
    name: String,
    color: String,
    created_at: DbTime,
}

impl From<TagRow> for Tag {
    fn from(row: TagRow) -> Self {
        Self {
            id: TagId(row.id),
            name: TagName::stored(row.name),
            color: Color::stored(row.color),
            created_at: row.created_at.0,
        }
    }
}

#[derive(FromRow)]
pub(crate) struct TagCountRow {
    #[sqlx(flatten)]
    tag: TagRow,
    tasks: i64,
    open_tasks: i64,
}

impl From<TagCountRow> for TagWithCount {
    fn from(row: TagCountRow) -> Self {
        let tag = row.tag.into();
        Self { tag, tasks: row.tasks.unsigned_abs(), open_tasks: row.open_tasks.unsigned_abs() }
    }
}

/// `select … from tag where user_id = …`, to be continued with ` and …`.
fn select_tags<DB: Dialect>(user: &UserId) -> QueryBuilder<DB> {
    let mut sql = QueryBuilder::new("select id, name, color, created_at from tag where user_id = ");
    sql.push_bind(&user.0);
    sql
}

/// Tags with their counts, to be continued with ` and …` and [`BY_NAME`].
fn count_tags<DB: Dialect>(user: &UserId) -> QueryBuilder<DB> {
    let mut sql = QueryBuilder::new(
        "select tag.id, tag.name, tag.color, tag.created_at, count(task.number) as tasks, \
         count(task.number) filter (where task.completed_at is null) as open_tasks from tag \
         left join task_tag on task_tag.user_id = tag.user_id and task_tag.tag_id = tag.id \
         left join task on task.user_id = task_tag.user_id and task.number = task_tag.number \
         where tag.user_id = ",
    );
    sql.push_bind(&user.0);
    sql
}

const BY_NAME: &str = " group by tag.user_id, tag.id order by tag.name_key";

#[async_trait]
impl<DB: Dialect> TagReads for SqlStore<DB> {
    async fn tags(&self, user: &UserId) -> Result<Vec<TagWithCount>, StorageError> {
        let mut select = count_tags(user);
        select.push(BY_NAME);
        let rows = self.reader().await?.all::<TagCountRow>(select.build_query_as()).await?;
        Ok(rows.into_iter().map(TagWithCount::from).collect())
    }

    async fn tag(&self, user: &UserId, id: TagId) -> Result<Option<TagWithCount>, StorageError> {
        let mut select = count_tags(user);
        select.push(" and tag.id = ").push_bind(id.0).push(BY_NAME);
        let row = self.reader().await?.optional::<TagCountRow>(select.build_query_as()).await?;
        Ok(row.map(TagWithCount::from))
    }
}

#[async_trait]
impl<DB: Dialect> TagWrites for SqlWrite<DB> {
    async fn tag(&mut self, id: TagId) -> Result<Option<Tag>, StorageError> {
        let mut select = select_tags(&self.user);
        select.push(" and id = ").push_bind(id.0);
        let row = self.loan.optional::<TagRow>(select.build_query_as()).await?;
        Ok(row.map(Tag::from))
    }

    async fn tags_by_id(&mut self, ids: &[TagId]) -> Result<Vec<Tag>, StorageError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut select = select_tags(&self.user);
        let mut list = select.push(" and id in (").separated(", ");
        for id in ids {
            list.push_bind(id.0);
        }
        select.push(")");
        let rows = self.loan.all::<TagRow>(select.build_query_as()).await?;
        Ok(rows.into_iter().map(Tag::from).collect())
    }

    async fn tags_by_name(&mut self, names: &[TagName]) -> Result<Vec<Tag>, StorageError> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let mut select = select_tags(&self.user);
        let mut keys = select.push(" and name_key in (").separated(", ");
        for name in names {
            keys.push_bind(name.key());
        }
        select.push(") order by name_key");
        let rows = self.loan.all::<TagRow>(select.build_query_as()).await?;
        Ok(rows.into_iter().map(Tag::from).collect())
    }

    async fn insert_tag(&mut self, tag: &Tag) -> Result<(), StorageError> {
        let insert = sqlx::query(
            "insert into tag (user_id, id, name, name_key, color, created_at) \
             values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&self.user.0)
        .bind(tag.id.0)
        .bind(tag.name.as_str().to_owned())
        .bind(tag.name.key())
        .bind(tag.color.as_str().to_owned())
        .bind(DbTime(tag.created_at));
        let answer = self.loan.execute(insert).await;
        answer.map(drop).map_err(|error| error.or_exists("tag"))
    }

    async fn update_tag(&mut self, tag: &Tag) -> Result<(), StorageError> {
        let update = sqlx::query_as::<_, (Uuid,)>(
            "update tag set name = $3, name_key = $4, color = $5 \
             where user_id = $1 and id = $2 returning id",
        )
        .bind(&self.user.0)
        .bind(tag.id.0)
        .bind(tag.name.as_str().to_owned())
        .bind(tag.name.key())
        .bind(tag.color.as_str().to_owned());
        let answer = self.loan.optional(update).await;
        let row = answer.map_err(|error| error.or_exists("tag"))?;
        row.map(drop).ok_or(StorageError::Missing("Tag"))
    }

    async fn delete_tag(&mut self, id: TagId) -> Result<(), StorageError> {
        let delete = sqlx::query_as::<_, (Uuid,)>(
            "delete from tag where user_id = $1 and id = $2 returning id",
        )
        .bind(&self.user.0)
        .bind(id.0);
        let row = self.loan.optional(delete).await?;
        row.map(drop).ok_or(StorageError::Missing("Tag"))
    }
}

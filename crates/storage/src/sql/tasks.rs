//! Tasks: reading, writing, and their links to tags.

use std::collections::BTreeMap;

use async_trait::async_trait;
use domain::{
    ChangeNumber, NewTask, Position, Tag, TagId, Task, TaskId, TaskNumber, TaskQuery, UserId,
    Version, fold,
};
use jiff::Timestamp;
use sqlx::QueryBuilder;

use super::{
    Dialect, SqlStore, SqlWrite, task_list,
    task_row::{
        COLUMNS, ListedRow, ListedTag, TaskRow, description_column, due_columns, priority_column,
        recurrence_columns, search_column,
    },
    time::DbTime,
};
use crate::{DueReminder, ReminderReads, Side, StorageError, TaskPage, TaskReads, TaskWrites};

/// `select … from task where user_id = …`, to be continued with ` and …`.
fn select_tasks<DB: Dialect>(user: &UserId) -> QueryBuilder<DB> {
    let mut sql = QueryBuilder::new("select ");
    sql.push(COLUMNS)
        .push(", ")
        .push(DB::TAGS)
        .push(" as tags from task where user_id = ")
        .push_bind(&user.0);
    sql
}

fn select_task<DB: Dialect>(user: &UserId, number: TaskNumber) -> QueryBuilder<DB> {
    let mut sql = select_tasks(user);
    sql.push(" and number = ").push_bind(number.0);
    sql
}

#[async_trait]
impl<DB: Dialect> TaskReads for SqlStore<DB> {
    async fn task_page(
        &self,
        user: &UserId,
        query: &TaskQuery,
        seen: Option<ChangeNumber>,
        counts: bool,
    ) -> Result<Option<TaskPage>, StorageError> {
        let mut select = task_list::list(user, query, seen, counts);
        let mut rows = self.reader().await?.all::<ListedRow>(select.build_query_as()).await?;
        let head = rows.first_mut().ok_or(StorageError::Unreadable("list"))?;
        let (last_change, total) = (ChangeNumber(head.last_change), head.total);
        if seen == Some(last_change) {
            return Ok(None);
        }
        let listed = head.tags.take().map_or_else(Vec::new, |tags| tags.0);
        let mut listed = listed.into_iter().map(ListedTag::read).collect::<Result<Vec<_>, _>>()?;
        listed.sort_by(|one, other| one.0.name.cmp(&other.0.name));
        let mut tags = BTreeMap::<i64, Vec<Tag>>::new();
        for (tag, numbers) in listed {
            for number in numbers {
                tags.entry(number).or_default().push(tag.clone());
            }
        }
        let tasks = rows.into_iter().filter_map(|row| row.with(&mut tags));
        let tasks = tasks.collect::<Result<_, _>>()?;
        Ok(Some(TaskPage { tasks, last_change, total: total.map(i64::unsigned_abs) }))
    }

    async fn count_tasks(&self, user: &UserId, query: &TaskQuery) -> Result<u64, StorageError> {
        let mut select = task_list::count(user, query);
        let row = self.reader().await?.one::<(i64,)>(select.build_query_as()).await?;
        Ok(row.0.unsigned_abs())
    }

    async fn task(&self, user: &UserId, number: TaskNumber) -> Result<Option<Task>, StorageError> {
        let mut select = select_task(user, number);
        let row = self.reader().await?.optional::<TaskRow>(select.build_query_as()).await?;
        row.map(Task::try_from).transpose()
    }

    async fn task_by_id(&self, user: &UserId, id: TaskId) -> Result<Option<Task>, StorageError> {
        let mut select = select_tasks(user);
        select.push(" and id = ").push_bind(id.0);
        let row = self.reader().await?.optional::<TaskRow>(select.build_query_as()).await?;
        row.map(Task::try_from).transpose()
    }
}

#[async_trait]
impl<DB: Dialect> ReminderReads for SqlStore<DB> {
    async fn due_reminders(
        &self,
        now: Timestamp,
        limit: u16,
    ) -> Result<Vec<DueReminder>, StorageError> {
        let select = sqlx::query_as(
            "select user_id, number from task where remind_at <= $1 \
             and reminded_at is null and completed_at is null order by remind_at limit $2",
        );
        let select = select.bind(DbTime(now)).bind(i64::from(limit));
        let rows = self.reader().await?.all::<(String, i64)>(select).await?;
        let due = |(user, number)| DueReminder::new(UserId(user), TaskNumber(number));
        Ok(rows.into_iter().map(due).collect())
    }
}

#[async_trait]
impl<DB: Dialect> TaskWrites for SqlWrite<DB> {
    async fn task(&mut self, number: TaskNumber) -> Result<Option<Task>, StorageError> {
        let mut select = select_task(&self.user, number);
        let row = self.loan.optional::<TaskRow>(select.build_query_as()).await?;
        row.map(Task::try_from).transpose()
    }

    async fn tasks_named(
        &mut self,
        numbers: &[TaskNumber],
        ids: &[TaskId],
    ) -> Result<Vec<Task>, StorageError> {
        if numbers.is_empty() && ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut select = select_tasks(&self.user);
        let mut named = select.push(" and (number in (").separated(", ");
        named.push("-1"); // so that neither list is empty: no task has that number
        for number in numbers {
            named.push_bind(number.0);
        }
        if !ids.is_empty() {
            let mut named = select.push(") or id in (").separated(", ");
            for id in ids {
                named.push_bind(id.0);
            }
        }
        select.push(")) order by number");
        let rows = self.loan.all::<TaskRow>(select.build_query_as()).await?;
        rows.into_iter().map(Task::try_from).collect()
    }

    async fn tasks_with_tag(&mut self, tag: TagId) -> Result<Vec<Task>, StorageError> {
        let mut select = select_tasks(&self.user);
        select
            .push(" and number in (select number from task_tag where user_id = ")
            .push_bind(&self.user.0)
            .push(" and tag_id = ")
            .push_bind(tag.0)
            .push(") order by number");
        let rows = self.loan.all::<TaskRow>(select.build_query_as()).await?;
        rows.into_iter().map(Task::try_from).collect()
    }

    async fn occurrence_behind(
        &mut self,
        number: TaskNumber,
    ) -> Result<Option<TaskNumber>, StorageError> {
        let select = sqlx::query_as(
            "select min(number) from task where user_id = $1 and parent_number = $2",
        );
        let (first,): (Option<i64>,) =
            self.loan.one(select.bind(&self.user.0).bind(number.0)).await?;
        Ok(first.map(TaskNumber))
    }

    async fn tasks_beside(
        &mut self,
        place: Position,
        side: Side,
        without: Option<TaskNumber>,
        limit: u16,
    ) -> Result<Vec<Task>, StorageError> {
        let (comparison, order) = match side {
            Side::Before => (" <= ", " desc"),
            Side::Behind => (" > ", ""),
        };
        let mut select = select_tasks(&self.user);
        select.push(" and coalesce(position, number)").push(comparison).push_bind(place.value());
        if let Some(number) = without {
            select.push(" and number <> ").push_bind(number.0);
        }
        select.push(" order by coalesce(position, number)").push(order).push(", number");
        select.push(order).push(" limit ").push_bind(i64::from(limit));
        let rows = self.loan.all::<TaskRow>(select.build_query_as()).await?;
        rows.into_iter().map(Task::try_from).collect()
    }

    async fn insert_task(&mut self, new: NewTask) -> Result<Task, StorageError> {
        self.given.task += 1;
        let mut task = Task {
            number: TaskNumber(self.given.task),
            id: new.id,
            title: new.title,
            description: new.description,
            due: new.due,
            priority: new.priority,
            completed_at: new.completed_at,
            tags: new.tags,
            recurrence: new.recurrence,
            previous: new.previous,
            next: None,
            remind_at: new.remind_at,
            reminded_at: None,
            moved_to: new.position,
            version: Version(1),
            created_at: new.now,
            updated_at: new.now,
        };
        task.tags.sort_by(|one, other| one.name.cmp(&other.name));
        task.tags.dedup_by_key(|tag| tag.id);
        task.moved_to = task.moved_to.filter(|moved| *moved != Position::of(task.number));
        self.restore_task(&task).await?;
        Ok(task)
    }

    fn give_task_number(&mut self, wanted: Option<TaskNumber>) -> TaskNumber {
        let next = self.given.task + 1;
        self.given.task = wanted.map_or(next, |wanted| wanted.0.max(next));
        TaskNumber(self.given.task)
    }

    async fn restore_task(&mut self, task: &Task) -> Result<(), StorageError> {
        let (due_date, due_at, due_zone) = due_columns(task.due.as_ref());
        let (rule, anchor, end, time) = recurrence_columns(task.recurrence.as_ref());
        let insert = sqlx::query(
            "insert into task (user_id, number, id, title, title_key, description, search_text, \
             due_date, due_at, due_zone, priority, completed_at, version, created_at, updated_at, \
             recurrence_rule, recurrence_anchor, recurrence_end_date, recurrence_time, \
             parent_task_id, parent_number, next_number, remind_at, reminded_at, position) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, \
             $18, $19, $20, $21, $22, $23, $24, $25)",
        )
        .bind(&self.user.0)
        .bind(task.number.0)
        .bind(task.id.0)
        .bind(task.title.as_str().to_owned())
        .bind(fold(task.title.as_str()))
        .bind(description_column(task))
        .bind(search_column(task))
        .bind(due_date)
        .bind(due_at)
        .bind(due_zone)
        .bind(priority_column(task.priority))
        .bind(task.completed_at.map(DbTime))
        .bind(task.version.0)
        .bind(DbTime(task.created_at))
        .bind(DbTime(task.updated_at))
        .bind(rule)
        .bind(anchor)
        .bind(end)
        .bind(time)
        .bind(task.previous.map(|previous| previous.id.0))
        .bind(task.previous.map(|previous| previous.number.0))
        .bind(task.next.map(|next| next.0))
        .bind(task.remind_at.map(DbTime))
        .bind(task.reminded_at.map(DbTime))
        .bind(task.moved_to.map(Position::value));
        let answer = self.loan.execute(insert).await;
        answer.map_err(|error| error.or_exists("task"))?;
        self.link_tags(task.number, &task.tags).await
    }

    async fn update_task(&mut self, task: &Task, expected: Version) -> Result<Task, StorageError> {
        let (due_date, due_at, due_zone) = due_columns(task.due.as_ref());
        let (rule, anchor, end, time) = recurrence_columns(task.recurrence.as_ref());
        let mut update = QueryBuilder::new("update task set title = ");
        update
            .push_bind(task.title.as_str().to_owned())
            .push(", title_key = ")
            .push_bind(fold(task.title.as_str()))
            .push(", description = ")
            .push_bind(description_column(task))
            .push(", search_text = ")
            .push_bind(search_column(task))
            .push(", due_date = ")
            .push_bind(due_date)
            .push(", due_at = ")
            .push_bind(due_at)
            .push(", due_zone = ")
            .push_bind(due_zone)
            .push(", priority = ")
            .push_bind(priority_column(task.priority))
            .push(", completed_at = ")
            .push_bind(task.completed_at.map(DbTime))
            .push(", recurrence_rule = ")
            .push_bind(rule)
            .push(", recurrence_anchor = ")
            .push_bind(anchor)
            .push(", recurrence_end_date = ")
            .push_bind(end)
            .push(", recurrence_time = ")
            .push_bind(time)
            .push(", next_number = ")
            .push_bind(task.next.map(|next| next.0))
            .push(", remind_at = ")
            .push_bind(task.remind_at.map(DbTime))
            .push(", reminded_at = ")
            .push_bind(task.reminded_at.map(DbTime))
            .push(", position = ")
            .push_bind(task.moved_to.map(Position::value))
            .push(", updated_at = ")
            .push_bind(DbTime(task.updated_at))
            .push(", version = version + 1 where user_id = ")
            .push_bind(&self.user.0)
            .push(" and number = ")
            .push_bind(task.number.0)
            .push(" and version = ")
            .push_bind(expected.0);
        update.push(" returning ").push(COLUMNS).push(", ").push(DB::TAGS).push(" as tags");
        let row = self.loan.optional::<TaskRow>(update.build_query_as()).await?;
        row.map(Task::try_from).transpose()?.ok_or(StorageError::Stale(task.number))
    }

    async fn remind(
        &mut self,
        number: TaskNumber,
        now: Timestamp,
    ) -> Result<Option<Task>, StorageError> {
        let mut update = QueryBuilder::new("update task set reminded_at = ");
        update
            .push_bind(DbTime(now))
            .push(" where user_id = ")
            .push_bind(&self.user.0)
            .push(" and number = ")
            .push_bind(number.0)
            .push(" and remind_at <= ")
            .push_bind(DbTime(now))
            .push(" and reminded_at is null and completed_at is null returning ")
            .push(COLUMNS)
            .push(", ")
            .push(DB::TAGS)
            .push(" as tags");
        let row = self.loan.optional::<TaskRow>(update.build_query_as()).await?;
        row.map(Task::try_from).transpose()
    }

    async fn set_tags(&mut self, number: TaskNumber, tags: &[Tag]) -> Result<(), StorageError> {
        let clear = sqlx::query("delete from task_tag where user_id = $1 and number = $2")
            .bind(&self.user.0)
            .bind(number.0);
        self.loan.execute(clear).await?;
        self.link_tags(number, tags).await
    }

    async fn delete_task(
        &mut self,
        number: TaskNumber,
        expected: Version,
    ) -> Result<(), StorageError> {
        let delete = sqlx::query_as::<_, (i64,)>(
            "delete from task where user_id = $1 and number = $2 and version = $3 returning number",
        )
        .bind(&self.user.0)
        .bind(number.0)
        .bind(expected.0);
        let row = self.loan.optional(delete).await?;
        row.map(drop).ok_or(StorageError::Stale(number))
    }
}

impl<DB: Dialect> SqlWrite<DB> {
    async fn link_tags(&mut self, number: TaskNumber, tags: &[Tag]) -> Result<(), StorageError> {
        if tags.is_empty() {
            return Ok(());
        }
        let user = &self.user.0;
        let mut links = QueryBuilder::new("insert into task_tag (user_id, number, tag_id) ");
        links.push_values(tags, |mut row, tag| {
            row.push_bind(user).push_bind(number.0).push_bind(tag.id.0);
        });
        links.push(" on conflict do nothing"); // the same tag given twice
        self.loan.execute(links.build()).await?;
        Ok(())
    }
}

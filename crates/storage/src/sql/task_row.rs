//! Tasks as rows.

use std::collections::BTreeMap;

use domain::{
    Anchor, Color, Description, Due, Position, Previous, Priority, Recurrence, RecurrenceRule, Tag,
    TagId, TagName, Task, TaskId, TaskNumber, Title, Version, ZoneName, search_text,
};
use jiff::{Timestamp, civil::Time};
use serde::Deserialize;
use sqlx::{ColumnIndex, Decode, FromRow, Row, Type, types::Json};
use uuid::Uuid;

use super::{
    settings::known_zone,
    time::{DbDate, DbTime},
};
use crate::StorageError;

/// The columns of `task`.
#[derive(FromRow)]
struct TaskColumns {
    number: i64,
    id: Uuid,
    title: String,
    description: Option<String>,
    due_date: Option<DbDate>,
    due_at: Option<DbTime>,
    due_zone: Option<String>,
    priority: Option<i16>,
    completed_at: Option<DbTime>,
    recurrence_rule: Option<String>,
    recurrence_anchor: Option<String>,
    recurrence_end_date: Option<DbDate>,
    recurrence_time: Option<String>,
    parent_task_id: Option<Uuid>,
    parent_number: Option<i64>,
    next_number: Option<i64>,
    remind_at: Option<DbTime>,
    reminded_at: Option<DbTime>,
    position: Option<f64>,
    version: i64,
    created_at: DbTime,
    updated_at: DbTime,
}

/// A task with its tags, as `select` and `returning` give it.
#[derive(FromRow)]
pub(crate) struct TaskRow {
    #[sqlx(flatten)]
    task: TaskColumns,
    tags: Json<Vec<JsonTag>>,
}

/// A row of a list: what is true of all tasks, and one of them.
pub(crate) struct ListedRow {
    /// The user's last change.
    pub(super) last_change: i64,
    /// How many tasks all pages have, if that was asked for.
    pub(super) total: Option<i64>,
    /// The tags of all tasks, in the first row, if they have any.
    pub(super) tags: Option<Json<Vec<ListedTag>>>,
    /// None where the page is empty.
    task: Option<TaskColumns>,
}

impl<'r, R: Row> FromRow<'r, R> for ListedRow
where
    TaskColumns: FromRow<'r, R>,
    &'static str: ColumnIndex<R>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    Json<Vec<ListedTag>>: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> sqlx::Result<Self> {
        let number: Option<i64> = row.try_get("number")?;
        Ok(Self {
            last_change: row.try_get("last_change")?,
            total: row.try_get("total")?,
            tags: row.try_get("tags")?,
            task: number.map(|_| TaskColumns::from_row(row)).transpose()?,
        })
    }
}

/// A tag and the numbers of the tasks that have it, as [`super::Dialect::TAGS_OF_PAGE`] writes it.
#[derive(Deserialize)]
pub(super) struct ListedTag(Uuid, TagName, Color, i64, Vec<i64>);

impl ListedTag {
    /// The tag, and who has it.
    pub(super) fn read(self) -> Result<(Tag, Vec<i64>), StorageError> {
        let Self(id, name, color, micros, numbers) = self;
        Ok((JsonTag(id, name, color, micros).try_into()?, numbers))
    }
}

/// The columns of [`TaskColumns`].
pub(super) const COLUMNS: &str = "number, id, title, description, due_date, due_at, due_zone, \
     priority, completed_at, recurrence_rule, recurrence_anchor, recurrence_end_date, \
     recurrence_time, parent_task_id, parent_number, next_number, remind_at, reminded_at, position, \
     version, created_at, updated_at";

/// A tag as [`super::Dialect::TAGS`] writes it.
#[derive(Deserialize)]
struct JsonTag(Uuid, TagName, Color, i64);

impl TryFrom<JsonTag> for Tag {
    type Error = StorageError;

    fn try_from(JsonTag(id, name, color, micros): JsonTag) -> Result<Self, StorageError> {
        let created_at = Timestamp::from_microsecond(micros)
            .map_err(|_| StorageError::Unreadable("time of a tag"))?;
        Ok(Self { id: TagId(id), name, color, created_at })
    }
}

impl TryFrom<TaskRow> for Task {
    type Error = StorageError;

    fn try_from(TaskRow { task, tags }: TaskRow) -> Result<Self, StorageError> {
        task.with(tags.0.into_iter().map(Tag::try_from).collect::<Result<_, _>>()?)
    }
}

impl ListedRow {
    /// The task with its tags, which are taken out of those of all.
    pub(super) fn with(
        self,
        tags: &mut BTreeMap<i64, Vec<Tag>>,
    ) -> Option<Result<Task, StorageError>> {
        let task = self.task?;
        let tags = tags.remove(&task.number).unwrap_or_default();
        Some(task.with(tags))
    }
}

impl TaskColumns {
    fn with(self, tags: Vec<Tag>) -> Result<Task, StorageError> {
        let row = self;
        let priority = |number| u8::try_from(number).ok().and_then(|number| number.try_into().ok());
        Ok(Task {
            number: TaskNumber(row.number),
            id: TaskId(row.id),
            title: Title::stored(row.title),
            description: row.description.map(Description::stored),
            due: match (row.due_date, row.due_at) {
                (_, Some(DbTime(at))) => Some(Due::At {
                    at,
                    zone: known_zone(row.due_zone).unwrap_or_else(ZoneName::utc),
                }),
                (day, None) => day.map(|DbDate(day)| Due::Day { day }),
            },
            priority: match row.priority {
                Some(number) => Some(priority(number).ok_or(StorageError::Unreadable("priority"))?),
                None => None,
            },
            completed_at: row.completed_at.map(|time| time.0),
            tags,
            recurrence: row.recurrence_rule.map(|rule| Recurrence {
                rule: RecurrenceRule::stored(rule),
                anchor: row
                    .recurrence_anchor
                    .and_then(|name| Anchor::from_name(&name))
                    .unwrap_or_default(),
                end: row.recurrence_end_date.map(|DbDate(day)| day),
                time: row.recurrence_time.and_then(|time| time.parse::<Time>().ok()),
            }),
            previous: row
                .parent_task_id
                .zip(row.parent_number)
                .map(|(id, number)| Previous { id: TaskId(id), number: TaskNumber(number) }),
            next: row.next_number.map(TaskNumber),
            remind_at: row.remind_at.map(|time| time.0),
            reminded_at: row.reminded_at.map(|time| time.0),
            moved_to: row.position.and_then(|value| Position::new(value).ok()),
            version: Version(row.version),
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
        })
    }
}

/// A due date as the columns `due_date`, `due_at`, `due_zone`.
pub(super) fn due_columns(due: Option<&Due>) -> (Option<DbDate>, Option<DbTime>, Option<String>) {
    let day = due.map(|due| DbDate(due.day()));
    match due {
        Some(Due::At { at, zone }) => (day, Some(DbTime(*at)), Some(zone.as_str().to_owned())),
        _ => (day, None, None),
    }
}

/// How a task repeats as the columns `recurrence_rule`, `recurrence_anchor`, `recurrence_end_date`, `recurrence_time`.
pub(super) fn recurrence_columns(
    recurrence: Option<&Recurrence>,
) -> (Option<String>, Option<String>, Option<DbDate>, Option<String>) {
    let Some(Recurrence { rule, anchor, end, time }) = recurrence else {
        return (None, None, None, None);
    };
    let rule = rule.as_str().to_owned();
    let anchor = anchor.name().to_owned();
    (Some(rule), Some(anchor), end.map(DbDate), time.map(|time| time.to_string()))
}

pub(super) fn priority_column(priority: Option<Priority>) -> Option<i16> {
    priority.map(|priority| i16::from(u8::from(priority)))
}

pub(super) fn description_column(task: &Task) -> Option<String> {
    task.description.as_ref().map(|text| text.as_str().to_owned())
}

pub(super) fn search_column(task: &Task) -> String {
    search_text(&task.title, task.description.as_ref(), &task.tags)
}

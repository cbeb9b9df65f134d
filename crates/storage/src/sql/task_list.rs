//! The list statement. Values are bound; what is pushed is fixed text.

use std::collections::BTreeSet;

use domain::{
    ChangeNumber, Cursor, DueBound, DueFilter, Position, Sort, SortBy, Status, TagName, TaskQuery,
    UserId, fold,
};
use jiff::Timestamp;
use sqlx::{Encode, QueryBuilder, Type};

use super::{
    Dialect,
    task_row::{COLUMNS, due_columns, priority_column},
    time::{DbDate, DbTime},
};

/// How many words of a search count: SQLite refuses conditions without end.
const WORDS: usize = TaskQuery::MOST_WORDS;

/// A page of tasks with what [`ListedRow`] has beside them, as all of it was at one moment. Continues by key and not by
/// offset, so a page costs the same wherever it lies.
///
/// There is always a row, so that the last change is told for an empty page too; the first one carries the tags of all.
/// The page stays in its order: it is joined to one row, without a condition.
///
/// [`ListedRow`]: super::task_row::ListedRow
pub(super) fn list<DB: Dialect>(
    user: &UserId,
    query: &TaskQuery,
    seen: Option<ChangeNumber>,
    counts: bool,
) -> QueryBuilder<DB> {
    let mut sql = QueryBuilder::new("with page as materialized (select user_id, ");
    sql.push(COLUMNS).push(" from task where user_id = ").push_bind(&user.0);
    if let Some(seen) = seen {
        sql.push(" and ");
        push_last_change(&mut sql, user);
        sql.push(" <> ").push_bind(seen.0);
    }
    push_page(&mut sql, user, query);
    sql.push(" order by ");
    push_keys(&mut sql, query.sort, if query.sort.descending { " desc" } else { "" });
    // Not bound: SQLite would prepare the statement anew each time, and Postgres guess a tenth of the tasks.
    sql.push(" limit ").push(query.limit.unwrap_or(TaskQuery::MOST));
    sql.push(") select last_change, total, ").push(COLUMNS);
    sql.push(", case when row_number() over () = 1 then ").push(DB::TAGS_OF_PAGE);
    sql.push(" end as tags from (select ");
    push_last_change(&mut sql, user);
    sql.push(" as last_change, ");
    if counts {
        sql.push("(");
        push_count(&mut sql, user, query);
        sql.push(")");
    } else {
        sql.push("cast(null as bigint)");
    }
    sql.push(" as total) head left join page on true");
    sql
}

fn push_last_change<DB: Dialect>(sql: &mut QueryBuilder<DB>, user: &UserId) {
    sql.push("coalesce((select change from counter where user_id = ").push_bind(&user.0);
    sql.push("), 0)");
}

/// The conditions of a page.
fn push_page<DB: Dialect>(sql: &mut QueryBuilder<DB>, user: &UserId, query: &TaskQuery) {
    restrict(sql, user, query);
    if let Some(last) = &query.after {
        sql.push(" and (");
        push_keys(sql, query.sort, "");
        sql.push(if query.sort.descending { ") < (" } else { ") > (" });
        push_values(sql, query.sort, last);
        sql.push(")");
    }
}

/// Counts what [`list`] would find on all its pages.
pub(super) fn count<DB: Dialect>(user: &UserId, query: &TaskQuery) -> QueryBuilder<DB> {
    let mut sql = QueryBuilder::new("");
    push_count(&mut sql, user, query);
    sql
}

fn push_count<DB: Dialect>(sql: &mut QueryBuilder<DB>, user: &UserId, query: &TaskQuery) {
    sql.push("select count(*) from task where user_id = ").push_bind(&user.0);
    restrict(sql, user, query);
}

/// The conditions, but not the cursor.
fn restrict<DB: Dialect>(sql: &mut QueryBuilder<DB>, user: &UserId, query: &TaskQuery) {
    match query.status {
        Some(Status::Open) => _ = sql.push(" and completed_at is null"),
        Some(Status::Done) => _ = sql.push(" and completed_at is not null"),
        None => {}
    }
    if let Some(priority) = query.priority {
        sql.push(" and priority = ").push_bind(i16::from(u8::from(priority)));
    }
    push_tagged(sql, user, "tag.id", query.tags.iter().map(|tag| tag.0).collect());
    push_tagged(sql, user, "tag.name_key", query.tag_names.iter().map(TagName::key).collect());
    for word in query.search.iter().flat_map(|text| text.split_whitespace()).take(WORDS) {
        sql.push(" and search_text like ").push_bind(containing(word)).push(r" escape '\'");
    }
    match query.due {
        Some(DueFilter::None) => _ = sql.push(" and due_date is null"),
        Some(DueFilter::Between { from, before }) => {
            sql.push(" and due_date is not null");
            push_bound(sql, " >= ", from);
            push_bound(sql, " < ", before);
        }
        None => {}
    }
}

/// Tasks that have a tag for each of these values of a column. One condition for all: see [`WORDS`].
fn push_tagged<DB: Dialect, T>(
    sql: &mut QueryBuilder<DB>,
    user: &UserId,
    column: &'static str,
    wanted: BTreeSet<T>,
) where
    T: for<'q> Encode<'q, DB> + Type<DB>,
{
    if wanted.is_empty() {
        return;
    }
    let tags = i64::try_from(wanted.len()).unwrap_or(i64::MAX);
    sql.push(
        " and number in (select number from task_tag \
         join tag on tag.user_id = task_tag.user_id and tag.id = task_tag.tag_id \
         where tag.user_id = ",
    );
    sql.push_bind(&user.0).push(" and ").push(column).push(" in (");
    let mut values = sql.separated(", ");
    for value in wanted {
        values.push_bind(value);
    }
    sql.push(") group by number having count(*) = ").push_bind(tags).push(")");
}

/// A timed task is compared as an instant, one that is due on a day as a day.
fn push_bound<DB: Dialect>(
    sql: &mut QueryBuilder<DB>,
    comparison: &'static str,
    bound: Option<DueBound>,
) {
    if let Some(DueBound { day, at }) = bound {
        sql.push(" and case when due_at is null then due_date")
            .push(comparison)
            .push_bind(DbDate(day))
            .push(" else due_at")
            .push(comparison)
            .push_bind(DbTime(at))
            .push(" end");
    }
}

/// The columns of an order, each followed by `suffix`; [`push_values`] has their values in a cursor.
///
/// All columns run in one direction, so that one comparison of rows continues a list. What has no value stands for a
/// value behind all others in that direction, which is a different one in each: so it comes last in both, a task
/// without a date behind all dates, one without a time behind those of its day.
fn push_keys<DB: Dialect>(sql: &mut QueryBuilder<DB>, sort: Sort, suffix: &'static str) {
    match (sort.by, sort.descending) {
        (SortBy::Created, _) => _ = sql.push("created_at"),
        (SortBy::Updated, _) => _ = sql.push("updated_at"),
        (SortBy::Due, descending) => {
            sql.push("coalesce(due_date, ").push_bind(no_date(descending)).push(")").push(suffix);
            sql.push(", coalesce(due_at, ").push_bind(no_time(descending)).push(")");
        }
        (SortBy::Priority, descending) => {
            sql.push("coalesce(priority, ").push_bind(no_priority(descending)).push(")");
        }
        (SortBy::Title, _) => _ = sql.push("title_key"),
        (SortBy::Position, _) => _ = sql.push("coalesce(position, number)"),
    }
    sql.push(suffix).push(", number").push(suffix);
}

fn push_values<DB: Dialect>(sql: &mut QueryBuilder<DB>, sort: Sort, last: &Cursor) {
    match (sort.by, sort.descending) {
        (SortBy::Created, _) => _ = sql.push_bind(DbTime(last.created_at)),
        (SortBy::Updated, _) => _ = sql.push_bind(DbTime(last.updated_at)),
        (SortBy::Due, descending) => {
            let (day, at, _) = due_columns(last.due.as_ref());
            let day = day.map(|DbDate(day)| day.to_string());
            sql.push_bind(day.unwrap_or_else(|| no_date(descending)));
            sql.push(", ").push_bind(at.unwrap_or_else(|| no_time(descending)));
        }
        (SortBy::Priority, descending) => {
            let priority = priority_column(last.priority);
            sql.push_bind(priority.unwrap_or_else(|| no_priority(descending)));
        }
        (SortBy::Title, _) => _ = sql.push_bind(fold(last.title.as_str())),
        (SortBy::Position, _) => {
            let position = last.position.unwrap_or_else(|| Position::of(last.number));
            sql.push_bind(position.value());
        }
    }
    sql.push(", ").push_bind(last.number.0);
}

fn no_date(descending: bool) -> String {
    if descending { "" } else { "~" }.to_owned()
}

fn no_time(descending: bool) -> DbTime {
    /// 1 January of the year 0, in which the first date lies that can be stored.
    const FIRST: Timestamp = Timestamp::constant(-62_167_219_200, 0);
    DbTime(if descending { FIRST } else { Timestamp::MAX })
}

fn no_priority(descending: bool) -> i16 {
    if descending { 0 } else { 4 }
}

/// A pattern for text that contains this word literally.
fn containing(word: &str) -> String {
    let mut pattern = String::from("%");
    for letter in fold(word).chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern + "%"
}

#[cfg(test)]
mod tests {
    use super::containing;

    #[test]
    fn wildcards_mean_themselves() {
        assert_eq!(containing(r"50%_Ä\"), r"%50\%\_a\\%");
    }
}

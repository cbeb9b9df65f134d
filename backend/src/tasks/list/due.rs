//! `due`, `due_from`, `due_to` and `overdue`: a task must fit all that are given.

use api::TaskListQuery;
use domain::{DueBound, DueFilter};
use jiff::{ToSpan, Zoned, civil::Date};
use language::Policy;

use crate::error::ApiError;

/// What is asked of due dates, for somebody whose clock says `now`.
pub(super) fn filter(
    query: &TaskListQuery,
    overdue: bool,
    policy: &Policy,
    now: &Zoned,
) -> Result<Option<DueFilter>, ApiError> {
    let today = now.date();
    let (from, to) =
        (day("due_from", query.due_from.as_deref())?, day("due_to", query.due_to.as_deref())?);
    let (first, last) = match query.due.as_deref() {
        None | Some("overdue") => (None, None),
        Some("today") => (Some(today), Some(today)),
        Some("week") => policy.week_of(today).unzip(),
        Some("none") if from.is_some() || to.is_some() || overdue => {
            return Err(ApiError::must("due", "not be none beside another rule for due dates"));
        }
        Some("none") => return Ok(Some(DueFilter::None)),
        Some(_) => return Err(ApiError::must("due", "be overdue, today, week or none")),
    };
    let start = |day| DueBound::start_of(day, now.time_zone());
    let from = first.max(from).map(start); // nothing is less than any day
    let last = last.into_iter().chain(to).min();
    // No day comes behind the last one of the calendar: then nothing is too late.
    let before = last.and_then(|day| day.checked_add(1.day()).ok()).map(start);
    let past = overdue.then(|| DueBound::now(now.timestamp(), now.time_zone()));
    let before = before.into_iter().chain(past).reduce(DueBound::earlier);
    Ok((from.is_some() || before.is_some()).then_some(DueFilter::Between { from, before }))
}

fn day(name: &str, text: Option<&str>) -> Result<Option<Date>, ApiError> {
    let wrong = |_| ApiError::must(name, "be a day such as 2026-12-01");
    text.map(|text| text.parse().map_err(wrong)).transpose()
}

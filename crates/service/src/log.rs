//! Reading the change log, at once or as it grows.

use auth::Actor;
use domain::ChangeNumber;
use storage::{LogPage, LogRange, LoggedTask, News};

use crate::{Service, ServiceError, TaskKey};

/// How many of a user's streams one process serves: far more than somebody has pages open, and few enough that one
/// user's cost no other theirs.
const MOST_STREAMS: usize = 100;

/// The log behind `after`, oldest first; without one, as far back as it goes. A page may end early, see [`LogPage`].
///
/// # Errors
/// [`ServiceError::LogGone`] when changes right behind `after` are no longer kept; the database's.
pub async fn changes(
    app: &Service,
    actor: &Actor,
    after: Option<ChangeNumber>,
    limit: u16,
) -> Result<LogPage, ServiceError> {
    let from = after.unwrap_or(ChangeNumber(0));
    let log = app.store.changes_after(actor.user_id(), from, limit).await?;
    let follows = log.changes.first().is_some_and(|first| first.number.0 == from.0 + 1);
    if let Some(after) = after
        && !follows
    {
        check_kept(after, app.store.log_range(actor.user_id()).await?)?;
    }
    Ok(log)
}

/// The log of one task behind `after`, oldest first; without one, as far back as it goes. Empty for a task that nobody
/// knows. It may be deleted.
///
/// # Errors
/// As [`changes`]: what is no longer kept may have touched this task.
pub async fn changes_of_task(
    app: &Service,
    actor: &Actor,
    key: TaskKey,
    after: Option<ChangeNumber>,
    limit: u16,
) -> Result<LogPage, ServiceError> {
    let task = match key {
        TaskKey::Number(number) => LoggedTask::Number(number),
        TaskKey::Id(id) => LoggedTask::Id(id),
    };
    let from = after.unwrap_or(ChangeNumber(0));
    let log = app.store.changes_of_task(actor.user_id(), task, from, limit).await?;
    // After the log: what is kept now was kept then.
    if let Some(after) = after {
        check_kept(after, app.store.log_range(actor.user_id()).await?)?;
    }
    Ok(log)
}

/// The number of the user's last change; 0 before the first.
///
/// # Errors
/// The database's.
pub async fn last_change(app: &Service, actor: &Actor) -> Result<ChangeNumber, ServiceError> {
    Ok(app.store.last_change(actor.user_id()).await?)
}

/// Follows the log from a change on, or from now: the number to begin behind, and what tells of more. It has heard since
/// before the number was looked up, so nothing falls between.
///
/// # Errors
/// As [`changes`]; [`ServiceError::TooManyStreams`].
pub async fn follow(
    app: &Service,
    actor: &Actor,
    after: Option<ChangeNumber>,
) -> Result<(ChangeNumber, News), ServiceError> {
    let news = app.store.subscribe(actor.user_id());
    if news.listeners() > MOST_STREAMS {
        return Err(ServiceError::TooManyStreams);
    }
    let range = app.store.log_range(actor.user_id()).await?;
    news.reached(range.last);
    if let Some(after) = after {
        check_kept(after, range)?;
    }
    Ok((after.unwrap_or(range.last), news))
}

/// Whether every change behind `after` is there. A number that the log has not reached was given before the database
/// was taken back to an older state: what came then is not what comes now.
fn check_kept(after: ChangeNumber, range: LogRange) -> Result<(), ServiceError> {
    let oldest = range.oldest.map_or(range.last.0 + 1, |oldest| oldest.0);
    if (oldest - 1..=range.last.0).contains(&after.0) {
        return Ok(());
    }
    Err(ServiceError::LogGone { after, oldest: range.oldest, last: range.last })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_must_touch_what_is_kept() {
        let range = |oldest: Option<i64>, last| LogRange {
            oldest: oldest.map(ChangeNumber),
            last: ChangeNumber(last),
        };
        let kept = |after, range| check_kept(ChangeNumber(after), range).is_ok();
        for (after, range, is_kept) in [
            (0, range(None, 0), true),
            (0, range(Some(1), 3), true),
            (3, range(Some(1), 3), true),
            (4, range(Some(1), 3), false),
            (1, range(Some(3), 5), false),
            (2, range(Some(3), 5), true),
            (5, range(None, 5), true),
            (4, range(None, 5), false),
            (0, range(None, 5), false),
        ] {
            assert_eq!(kept(after, range), is_kept, "{after} {range:?}");
        }
    }
}

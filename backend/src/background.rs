//! What every replica does each minute beside answering: taking away what has had its time.
//!
//! Replicas do not agree who does it: each statement takes what is there, so two at once do no harm. Without work it
//! costs a few statements.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use domain::UserId;
use jiff::{SignedDuration, Timestamp};
use service::ServiceError;
use storage::Passing;
use tokio::time::sleep;

use crate::app::App;

/// How often; half of it more or less, so that replicas that started together drift apart.
const PAUSE: Duration = Duration::from_mins(1);
/// How long a change stays in its log.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// The longest window of a rate limit is a minute; clocks of replicas differ.
const COUNTED: SignedDuration = SignedDuration::from_mins(10);
/// Rows of one statement.
const ROWS: u16 = 500;
/// Statements of one kind in a minute: the rest can wait for the next.
const ROUNDS: usize = 20;
/// Reminders that one replica gives in a minute.
const REMINDERS: u16 = 10_000;
/// Logs that are looked at in a minute.
const LOGS: u16 = 1_000;

/// What lasts from one minute to the next.
#[derive(Debug, Default)]
pub(crate) struct Background {
    /// The jobs whose last run failed: that was told.
    failing: Mutex<BTreeSet<&'static str>>,
    /// The user whose log was looked at last.
    looked_at: Mutex<Option<UserId>>,
}

/// Does the work of each minute until told to stop. What runs then is abandoned: statements are whole or nothing.
pub async fn run(app: App) {
    let shutdown = app.shutdown.clone();
    let work = async {
        loop {
            sleep(jittered(&app)).await;
            run_once(&app).await;
        }
    };
    tokio::select! {
        () = work => {}
        () = shutdown.told() => {}
    }
}

/// The work of one minute. One job more is one line more.
pub async fn run_once(app: &App) {
    let now = app.service.now();
    done(app, "expired sessions", sweep(app, Passing::Sessions, now).await);
    done(app, "expired verifications", sweep(app, Passing::Verifications, now).await);
    done(app, "expired keys", sweep(app, Passing::IdempotencyKeys, now).await);
    done(app, "old rate limits", sweep(app, Passing::RateLimits, now - COUNTED).await);
    done(app, "old changes", forget_changes(app, now - KEPT).await);
    done(app, "reminders", service::remind_due(&app.service, REMINDERS).await);
}

/// Tells of the first of several failures in a row, and of their end. That the database is away, the store tells.
fn done(app: &App, job: &'static str, result: Result<u64, ServiceError>) {
    if let Err(ServiceError::Storage(error)) = &result
        && error.is_away()
    {
        tracing::debug!(job, error = %domain::chain(error), "background work waits for the database");
        return;
    }
    let is_turn = app.background.turns(job, result.is_err());
    match result {
        Ok(_) if is_turn => tracing::info!(job, "background work goes on"),
        Ok(0) => {}
        Ok(rows) => tracing::debug!(job, rows, "background work"),
        Err(error) if is_turn => {
            let error = domain::chain(&error);
            tracing::warn!(job, error = %error, "background work failed; it will be tried again");
        }
        Err(_) => {}
    }
}

impl Background {
    /// Whether a job failed for the first time, or worked for the first time since.
    fn turns(&self, job: &'static str, failed: bool) -> bool {
        let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        if failed { failing.insert(job) } else { failing.remove(job) }
    }
}

async fn sweep(app: &App, what: Passing, before: Timestamp) -> Result<u64, ServiceError> {
    let mut gone = 0;
    for _ in 0..ROUNDS {
        let rows = service::sweep(&app.service, what, before, ROWS).await?;
        gone += rows;
        if rows < u64::from(ROWS) {
            break;
        }
    }
    Ok(gone)
}

/// The next logs in turn: that one is looked at now and then is enough for something kept 90 days.
async fn forget_changes(app: &App, before: Timestamp) -> Result<u64, ServiceError> {
    let turn = || app.background.looked_at.lock().unwrap_or_else(PoisonError::into_inner);
    let behind = turn().clone();
    let old = service::old_logs(&app.service, behind.as_ref(), before, LOGS).await?;
    let (mut gone, mut rounds) = (0, 0);
    for mut log in old.logs {
        loop {
            if rounds == ROUNDS {
                return Ok(gone); // and from the same place on next time
            }
            rounds += 1;
            let rows = service::shorten(&app.service, &log, before, ROWS).await?;
            gone += rows;
            if rows < u64::from(ROWS) {
                break;
            }
            log.oldest.0 += i64::from(ROWS);
        }
    }
    *turn() = old.last;
    Ok(gone)
}

fn jittered(app: &App) -> Duration {
    let mut chance = [0];
    app.random.fill(&mut chance);
    PAUSE / 2 + PAUSE * u32::from(chance[0]) / 255
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_told_once_for_each_job_and_so_is_its_end() {
        let background = Background::default();
        let told = [("a", true), ("a", true), ("b", true), ("a", false), ("a", false), ("a", true)]
            .map(|(job, failed)| background.turns(job, failed));
        assert_eq!(told, [true, false, true, true, false, true]);
    }
}

//! `todo-backend migrate`: the database as this program needs it.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use backend::{DatabaseArguments, DatabaseSettings};
use clap::Args;
use settings::Mistakes;
use storage::{Address, StorageError};
use telemetry::{LogArguments, Shutdown};
use tokio::time::sleep;

use crate::PROGRAM;

#[derive(Debug, Clone, Args)]
pub(crate) struct MigrateArguments {
    /// Seconds to wait for a database that is not there yet, or is starting.
    #[arg(long = "wait", default_value = "120")]
    wait: String,
    #[command(flatten)]
    database: DatabaseArguments,
    #[command(flatten)]
    log: LogArguments,
}

impl MigrateArguments {
    fn read(self, mistakes: &mut Mistakes) -> Option<(Address, Duration)> {
        let wait = self.wait.parse().map(Duration::from_secs);
        let wait = mistakes.check("--wait", wait.map_err(|_| "must be a whole number of seconds"));
        let DatabaseSettings { direct, .. } = self.database.read(mistakes)?;
        Some((direct, wait?))
    }
}

/// Brings the database up to date.
pub(crate) fn migrate(arguments: MigrateArguments, mut mistakes: Mistakes) -> anyhow::Result<()> {
    arguments.log.begin(&mut mistakes);
    let settings = arguments.read(&mut mistakes);
    let (database, wait) = mistakes.settle(PROGRAM, settings);
    telemetry::run(migrate_until_told(&database, wait))??;
    tracing::info!("the database is up to date");
    Ok(())
}

/// The first process of a container ends on no signal that it does not listen for.
async fn migrate_until_told(database: &Address, wait: Duration) -> anyhow::Result<()> {
    let shutdown = Shutdown::on_signals()?;
    tokio::select! {
        migrated = migrate_patiently(database, wait) => migrated,
        () = shutdown.told() => bail!("told to stop"),
    }
}

/// The first pause between two attempts; each is twice the one before, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// Not longer, so that a database that takes a while to start is not left waiting in turn.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Tries again while waiting may mend what is wrong.
async fn migrate_patiently(database: &Address, wait: Duration) -> anyhow::Result<()> {
    let deadline = Instant::now() + wait;
    let (mut pause, mut news) = (FIRST_PAUSE, News::default());
    loop {
        let Err(error) = storage::migrate(database.clone()).await else { return Ok(()) };
        if !error.may_pass() {
            return Err(error).context("migration");
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            let given_up = format!("migration: gave up after {} s", wait.as_secs());
            return Err(error).context(given_up);
        }
        news.tell(&error, Instant::now());
        sleep(pause.min(left)).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Tells each cause of waiting once, and now and then that it still waits.
#[derive(Debug, Default)]
struct News {
    told: BTreeSet<String>,
    last: Option<Instant>,
}

impl News {
    /// How often it is told again.
    const AGAIN: Duration = Duration::from_secs(15);

    fn tell(&mut self, error: &StorageError, now: Instant) {
        let cause = domain::chain(error);
        if self.are(&cause, now) {
            tracing::warn!("waiting for the database: {cause}");
        }
    }

    /// Whether there is something to tell.
    fn are(&mut self, cause: &str, now: Instant) -> bool {
        let is_new = self.told.insert(cause.to_owned());
        let is_due = self.last.is_none_or(|last| now.duration_since(last) >= Self::AGAIN);
        if is_new || is_due {
            self.last = Some(now);
        }
        is_new || is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_told_once_and_then_every_15_seconds() {
        let (mut news, start) = (News::default(), Instant::now());
        let told =
            [(0, "refused"), (1, "refused"), (2, "starting"), (16, "refused"), (17, "refused")]
                .map(|(second, cause)| news.are(cause, start + Duration::from_secs(second)));
        assert_eq!(told, [true, false, true, false, true]);
    }
}

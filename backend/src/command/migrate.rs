//! `todo-backend migrate`: the database as this program needs it.

use anyhow::Context;
use backend::DatabaseArguments;
use clap::Args;
use secrecy::ExposeSecret;
use settings::Mistakes;
use telemetry::LogArguments;

use crate::PROGRAM;

#[derive(Debug, Clone, Args)]
pub(crate) struct MigrateArguments {
    #[command(flatten)]
    database: DatabaseArguments,
    #[command(flatten)]
    log: LogArguments,
}

/// Brings the database up to date.
pub(crate) async fn migrate(
    arguments: MigrateArguments,
    mut mistakes: Mistakes,
) -> anyhow::Result<()> {
    arguments.log.begin(&mut mistakes);
    let database_url = arguments.database.read(&mut mistakes);
    let database_url = mistakes.settle(PROGRAM, database_url);
    storage::migrate(database_url.expose_secret()).await.context("migration")?;
    tracing::info!("the database is up to date");
    Ok(())
}

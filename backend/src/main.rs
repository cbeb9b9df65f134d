//! `todo-backend`: the HTTP API as a process, over Postgres or SQLite.

use std::{net::SocketAddr, process::ExitCode, sync::Arc};

use anyhow::Context;
use axum::middleware;
use backend::{App, BackendArguments, BackendSettings, DatabaseArguments};
use clap::{Args, Parser, Subcommand};
use domain::{SystemClock, SystemRandom};
use secrecy::ExposeSecret;
use settings::Mistakes;
use telemetry::{LogArguments, Shutdown};
use tokio::net::TcpListener;

const PROGRAM: &str = "todo-backend";

/// The backend of todo-chatbot: tasks, chat and sign-in over HTTP.
///
/// Every setting may also stand in the environment, in a file of that name in `CREDENTIALS_DIRECTORY`, or in the JSON file
/// `TODO_CONFIG`.
#[derive(Debug, Parser)]
#[command(name = PROGRAM, version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: ServeArguments,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API (what happens without a command).
    Serve(ServeArguments),
    /// Bring the database up to date, then end. Run it before the first start and after each upgrade.
    Migrate(MigrateArguments),
}

#[derive(Debug, Clone, Args)]
struct ServeArguments {
    /// Where to listen.
    #[arg(long, env = "LISTEN", default_value = "0.0.0.0:8000")]
    listen: String,
    #[command(flatten)]
    backend: BackendArguments,
    #[command(flatten)]
    log: LogArguments,
}

impl ServeArguments {
    fn read(self, mistakes: &mut Mistakes) -> Option<(SocketAddr, BackendSettings)> {
        let listen = mistakes.check("LISTEN", settings::listen(&self.listen));
        let backend = self.backend.read(mistakes);
        Some((listen?, backend?))
    }
}

#[derive(Debug, Clone, Args)]
struct MigrateArguments {
    #[command(flatten)]
    database: DatabaseArguments,
    #[command(flatten)]
    log: LogArguments,
}

#[tokio::main]
async fn main() -> ExitCode {
    let mut mistakes = Mistakes::default();
    let cli: Cli = settings::parse(&mut mistakes);
    let result = match cli.command.unwrap_or(Command::Serve(cli.serve)) {
        Command::Serve(arguments) => serve(arguments, mistakes).await,
        Command::Migrate(arguments) => migrate(arguments, mistakes).await,
    };
    settings::ended(PROGRAM, result)
}

async fn serve(arguments: ServeArguments, mut mistakes: Mistakes) -> anyhow::Result<()> {
    arguments.log.begin(&mut mistakes);
    let settings = arguments.read(&mut mistakes);
    let (listen, BackendSettings { database_url, auth, http }) = mistakes.settle(PROGRAM, settings);

    let store = storage::open(database_url.expose_secret()).await.context("DATABASE_URL")?;
    let shutdown = Shutdown::on_signals()?;
    let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    let app = App::new(store, clock, random, auth, http, shutdown.clone());
    let router = backend::router(app).layer(middleware::from_fn(telemetry::log_requests));
    let listener = TcpListener::bind(listen).await.with_context(|| format!("LISTEN {listen}"))?;
    tracing::info!("listening on http://{}", listener.local_addr()?);
    Ok(telemetry::serve(listener, router, shutdown).await?)
}

async fn migrate(arguments: MigrateArguments, mut mistakes: Mistakes) -> anyhow::Result<()> {
    arguments.log.begin(&mut mistakes);
    let database_url = arguments.database.read(&mut mistakes);
    let database_url = mistakes.settle(PROGRAM, database_url);
    storage::migrate(database_url.expose_secret()).await.context("migration")?;
    tracing::info!("the database is up to date");
    Ok(())
}

//! `todo-backend`: the HTTP API as a process, over Postgres or SQLite.

mod command;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use settings::Mistakes;

use crate::command::{
    migrate::{self, MigrateArguments},
    serve::{self, ServeArguments},
    smoke::{self, SmokeArguments},
};

/// The name that messages begin with.
const PROGRAM: &str = "todo-backend";

/// The backend of todo-chatbot: tasks, chat and sign-in over HTTP.
///
/// Every setting may also stand in the environment, in a file of that name in the folder `CREDENTIALS_DIRECTORY`
/// (`database-url`), or in the JSON file `TODO_CONFIG` (`database_url`).
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
    /// Visit a running application as a user of its own: sign up, add and complete tasks, chat, delete the user again.
    Smoke(SmokeArguments),
}

#[tokio::main]
async fn main() -> ExitCode {
    let mut mistakes = Mistakes::default();
    let cli: Cli = settings::parse(&mut mistakes);
    let result = match cli.command.unwrap_or(Command::Serve(cli.serve)) {
        Command::Serve(arguments) => serve::serve(arguments, mistakes).await,
        Command::Migrate(arguments) => migrate::migrate(arguments, mistakes).await,
        Command::Smoke(arguments) => smoke::smoke(arguments).await,
    };
    settings::ended(PROGRAM, result)
}

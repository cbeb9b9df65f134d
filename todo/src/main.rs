//! `todo`: pages and API in one process over an embedded SQLite file.

mod data_dir;
mod serve;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use settings::Mistakes;

use crate::serve::ServeArguments;

/// The name that messages begin with.
const PROGRAM: &str = "todo";

/// A todo list that you use by hand and by talking to it.
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
    /// Serve the application (what happens without a command).
    Serve(ServeArguments),
}

#[tokio::main]
async fn main() -> ExitCode {
    let mut mistakes = Mistakes::default();
    let cli: Cli = settings::parse(&mut mistakes);
    let Command::Serve(arguments) = cli.command.unwrap_or(Command::Serve(cli.serve));
    settings::ended(PROGRAM, serve::serve(arguments, mistakes).await)
}

//! `todo`: pages and API in one process over an embedded SQLite file.

mod data_dir;
mod serve;

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use settings::Mistakes;

use crate::serve::ServeArguments;

/// The name that messages begin with.
const PROGRAM: &str = "todo";
/// Where it listens when nothing else is said: for this machine alone.
const LISTEN: &str = "127.0.0.1:3000";

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
    Serve(Box<ServeArguments>),
    /// Ask the server in this container or on this machine whether it runs; exit code 0 if so, else 1.
    Healthcheck(HealthcheckArguments),
}

#[derive(Debug, Clone, Args)]
struct HealthcheckArguments {
    /// Where the server listens.
    #[arg(long, env = "LISTEN", default_value = LISTEN)]
    listen: String,
}

fn main() -> ExitCode {
    let mut mistakes = Mistakes::default();
    let cli: Cli = settings::parse(&mut mistakes);
    let result = match cli.command.unwrap_or(Command::Serve(cli.serve.into())) {
        Command::Serve(arguments) => serve::serve(*arguments, mistakes),
        Command::Healthcheck(HealthcheckArguments { listen }) => {
            telemetry::report_health(PROGRAM, &listen, mistakes).map_err(Into::into)
        }
    };
    settings::ended(PROGRAM, result)
}

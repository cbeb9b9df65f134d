//! `todo-backend`: the HTTP API as a process, over Postgres or SQLite.

mod command;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use settings::Mistakes;

use crate::command::{
    credentials::{self, CredentialsArguments},
    healthcheck::{self, HealthcheckArguments},
    migrate::{self, MigrateArguments},
    serve::{self, ServeArguments},
    smoke::{self, SmokeArguments},
};

/// The name that messages begin with.
const PROGRAM: &str = "todo-backend";
/// Where it listens when nothing else is said.
const LISTEN: &str = "0.0.0.0:8000";

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
    Serve(Box<ServeArguments>),
    /// Bring the database up to date, then end. Run it before the first start and after each upgrade.
    ///
    /// Waits for a database that is not there yet; any number of processes may do it at once.
    Migrate(MigrateArguments),
    /// Ask the server in this container or on this machine whether it runs; exit code 0 if so, else 1.
    Healthcheck(HealthcheckArguments),
    /// Visit a running application as a user of its own: sign up, add and complete tasks, chat, delete the user again.
    Smoke(SmokeArguments),
    /// Write the secrets of a new installation to a folder, each in a file of its own; what is there stays.
    ///
    /// better-auth-secret signs cookies, postgres-password is for a Postgres of your own, database-url leads to it. They
    /// have mode 0440 and the group of this process: give it the group that their readers have.
    Credentials(CredentialsArguments),
}

fn main() -> ExitCode {
    let mut mistakes = Mistakes::default();
    let cli: Cli = settings::parse(&mut mistakes);
    let result = match cli.command.unwrap_or(Command::Serve(Box::new(cli.serve))) {
        Command::Serve(arguments) => serve::serve(*arguments, mistakes),
        Command::Migrate(arguments) => migrate::migrate(arguments, mistakes),
        Command::Healthcheck(arguments) => healthcheck::healthcheck(arguments, mistakes),
        Command::Smoke(arguments) => smoke::smoke(arguments),
        Command::Credentials(arguments) => credentials::credentials(&arguments),
    };
    settings::ended(PROGRAM, result)
}

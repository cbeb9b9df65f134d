//! `cluster`: the application on Kubernetes. `make deploy`, `undeploy`, `verify` and `e2e-cluster` run it.

use clap::{Parser, Subcommand};
use cluster::{deploy, e2e, pictures, undeploy, verify};
use std::process::ExitCode;

/// The application on Kubernetes: deploy it, check it, take it away.
#[derive(Debug, Parser)]
#[command(name = "cluster", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build the images, bring them to the cluster, install or upgrade, wait, tell the address.
    Deploy(deploy::Arguments),
    /// Take the application away; asks before it deletes data.
    Undeploy(undeploy::Arguments),
    /// Check the plan's success criteria on the live cluster. For "DB connected" it restarts the backend and the
    /// development database.
    Verify(verify::Arguments),
    /// Deploy, use, break, mend and remove it, on a cluster that is there for this.
    E2e(e2e::Arguments),
    /// Take the documentation's pictures of the deployed application.
    Pictures(pictures::Arguments),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Deploy(arguments) => deploy::run(&arguments).map(|()| true),
        Command::Undeploy(arguments) => undeploy::run(&arguments).map(|()| true),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::E2e(arguments) => e2e::run(&arguments),
        Command::Pictures(arguments) => pictures::run(&arguments).map(|()| true),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

//! `cluster`: the application on Kubernetes. `make deploy`, `undeploy` and `verify` run it.

use clap::{Parser, Subcommand};
use cluster::{deploy, undeploy, verify};
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
    /// Check the plan's success criteria on the live cluster.
    Verify(verify::Arguments),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Deploy(arguments) => deploy::run(&arguments).map(|()| true),
        Command::Undeploy(arguments) => undeploy::run(&arguments).map(|()| true),
        Command::Verify(arguments) => verify::run(&arguments),
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

//! `make bench`: how fast and how small the application is, beside pgbench on the same server in the same run.

#![expect(clippy::print_stdout, reason = "a command-line program")]

mod client;
mod costs;
mod load;
mod machine;
mod page;
mod people;
mod pgbench;
mod plot;
mod report;
mod rounds;
mod sentences;
mod server;

use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;
use testkit::Backend;

use crate::{report::Report, rounds::Plan};

/// Counts allocations while a cost is measured; otherwise it only passes them on.
#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// The servers' `BETTER_AUTH_SECRET`.
const SECRET: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEF";

/// Measures the application and writes what it found.
#[derive(Debug, Parser)]
struct Arguments {
    /// Seconds for each load.
    #[arg(long, default_value_t = 5)]
    seconds: u32,
    /// Connections at once.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 8, 64, 256, 512])]
    connections: Vec<u32>,
    /// Where to write `performance.md` and its plots.
    #[arg(long, default_value = "docs")]
    folder: PathBuf,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let report = runtime.block_on(measure(&arguments))?;
    report.write(&arguments.folder)
}

async fn measure(arguments: &Arguments) -> Result<Report> {
    step("Statements, bytes and allocations of a request");
    let costs = [Backend::Postgres, Backend::Sqlite].map(costs::measure);
    let [postgres, sqlite] = costs;
    let costs = (postgres.await?, sqlite.await?);
    step("The language engine");
    let sentences = sentences::measure()?;
    let plan = Plan { seconds: arguments.seconds, connections: &arguments.connections };
    let postgres = rounds::on_postgres(&plan).await?;
    let sqlite = rounds::on_sqlite(&plan).await?;
    Ok(Report {
        machine: machine::describe(),
        costs,
        sentences,
        postgres,
        sqlite,
        seconds: arguments.seconds,
    })
}

/// Tells what comes next.
fn step(title: &str) {
    println!("==> {title}");
}

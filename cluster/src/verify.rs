//! `make verify`: the plan's eleven success criteria on the live cluster, with evidence.

mod chart;
mod images;
mod nodes;
mod pods;
mod row;
mod table;
mod visit;

use crate::{
    address::Address,
    target::TargetArguments,
    tools::{self, Found},
};
use anyhow::{Context, Result, anyhow};
use row::{Outcome, Row};
use std::io::IsTerminal;

pub(crate) use visit::Visit;

/// What `make verify` can be told.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    target: TargetArguments,
    /// Where the application is reached, `http://host:port`, past a proxy that speaks https; found out by default.
    #[arg(long)]
    url: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// A criterion whose part is not built yet fails, too.
    #[arg(long)]
    strict: bool,
}

/// Checks all criteria, prints them, and tells whether they hold.
///
/// # Errors
/// No cluster answers.
pub fn run(arguments: &Arguments) -> Result<bool> {
    let found = tools::find(&arguments.target, false)?;
    let rows = rows(arguments, &found)?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        let is_coloured = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        print!("{}", table::of(&rows, is_coloured));
    }
    let fails = |row: &Row| match row.outcome {
        Outcome::Passed => false,
        Outcome::Missing => arguments.strict,
        Outcome::Failed => true,
    };
    Ok(!rows.iter().any(fails))
}

/// The row that made the user who is deleted at the end.
const AUTH: usize = 6;

/// The criteria in the plan's words and order.
fn rows(arguments: &Arguments, found: &Found) -> Result<Vec<Row>> {
    let parts = found.target.parts()?;
    let address = address(arguments, found);
    let mut visit = address.and_then(|address| Visit::to(&found.target, &address));
    let mut rows = vec![
        Row::of("Minikube running", || nodes::ready(found)),
        Row::of("Images built", || images::built(&parts, &found.nodes)),
        Row::of("Image sizes optimal", || images::small(&parts, &found.nodes)),
        Row::of("Helm lint passes", chart::lints),
        Row::of("Pods running", || pods::ready(&parts)),
        Row::of("Frontend accessible", || begun(&mut visit)?.page()),
        Row::of("Auth works", || begun(&mut visit)?.auth()),
        Row::of("Tasks work", || begun(&mut visit)?.tasks()),
        Row::of("Chat works", || begun(&mut visit)?.chat()),
        Row::of("DB connected", || begun(&mut visit)?.outlives_restarts(&found.target)),
        Row::missing("kubectl-ai works", "answers in plain language are not built yet"),
    ];
    if let Ok(Err(error)) = visit.as_mut().map(Visit::end) {
        rows[AUTH].fail(&format!("the user made for this could not be deleted: {error:#}"));
    }
    Ok(rows)
}

fn begun(visit: &mut Result<Visit>) -> Result<&mut Visit> {
    visit.as_mut().map_err(|error| anyhow!("{error:#}"))
}

fn address(arguments: &Arguments, found: &Found) -> Result<Address> {
    match &arguments.url {
        Some(url) => Ok(Address::Url(url.clone())),
        None => Address::find(&found.target, &found.kind, &found.nodes)
            .context("where the application is, is not to be found out"),
    }
}

//! `make verify`: the plan's eleven success criteria on the live cluster, with evidence.
//!
//! "DB connected" deletes the pods of the backend and of the development database, and waits for new ones.

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
    let found = tools::find(&arguments.target, tools::Images::Untouched)?;
    let mut rows = Rows::of(arguments);
    check(arguments, &found, &mut rows)?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&rows.done)?);
    } else {
        println!("\n{}", table::sum(&rows.done));
    }
    let fails = |row: &Row| match row.outcome {
        Outcome::Passed => false,
        Outcome::Missing => arguments.strict,
        Outcome::Failed => true,
    };
    Ok(!rows.done.iter().any(fails))
}

/// The criteria so far. People see each as soon as it is known, since some take a while.
struct Rows {
    done: Vec<Row>,
    is_printed: bool,
    is_coloured: bool,
}

impl Rows {
    fn of(arguments: &Arguments) -> Self {
        let is_coloured = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self { done: Vec::new(), is_printed: !arguments.json, is_coloured }
    }

    fn check(&mut self, criterion: &'static str, check: impl FnOnce() -> Result<String>) {
        self.add(Row::of(criterion, check));
    }

    fn add(&mut self, row: Row) {
        if self.is_printed {
            println!("{}", table::line(self.done.len() + 1, &row, self.is_coloured));
        }
        self.done.push(row);
    }
}

/// The criteria in the plan's words and order.
fn check(arguments: &Arguments, found: &Found, rows: &mut Rows) -> Result<()> {
    let parts = found.target.parts()?;
    rows.check("Minikube running", || nodes::ready(found));
    rows.check("Images built", || images::built(&parts, &found.nodes));
    rows.check("Image sizes optimal", || images::small(&parts, &found.nodes));
    rows.check("Helm lint passes", chart::lints);
    rows.check("Pods running", || pods::ready(&parts));
    let address = address(arguments, found);
    let mut visit = address.and_then(|address| Visit::to(&found.target, &address));
    rows.check("Frontend accessible", || begun(&mut visit)?.page());
    rows.check("Auth works", || begun(&mut visit)?.auth());
    rows.check("Tasks work", || begun(&mut visit)?.tasks());
    rows.check("Chat works", || begun(&mut visit)?.chat());
    rows.check("DB connected", || begun(&mut visit)?.outlives_restarts(&found.target));
    rows.add(Row::missing("kubectl-ai works", "answers in plain language are not built yet"));
    if let Ok(visit) = &mut visit
        && let Err(error) = visit.end()
    {
        let why = error.context("the user made for this could not be deleted");
        rows.check("Visitor gone", || Err(why));
    }
    Ok(())
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

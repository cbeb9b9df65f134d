//! `todo-backend smoke URL`: one user's visit to a running application.

use anyhow::{Context, bail};
use clap::Args;
use smoke::{Step, Taken, Visitor};
use telemetry::Shutdown;

#[derive(Debug, Clone, Args)]
pub(crate) struct SmokeArguments {
    /// Where the application is: pages and API behind one address, such as <http://frontend:3000>.
    url: String,
    /// What browsers call the application, where that is not URL, such as <https://todo.example.com>.
    #[arg(long, env = "BETTER_AUTH_URL")]
    origin: Option<String>,
}

/// Prints a line for each step; fails with the first step that does. Deletes its user in any case, also when stopped.
pub(crate) fn smoke(arguments: SmokeArguments) -> anyhow::Result<()> {
    telemetry::run(visit(arguments))?
}

async fn visit(arguments: SmokeArguments) -> anyhow::Result<()> {
    let url = &arguments.url;
    let mut visitor = Visitor::to(url).with_context(|| format!("cannot visit {url}"))?;
    if let Some(origin) = arguments.origin.filter(|origin| !origin.is_empty()) {
        visitor = visitor.calling_it(&origin);
    }
    let shutdown = Shutdown::on_signals()?;
    let visited = tokio::select! {
        visited = smoke::visit(&mut visitor, tell) => Some(visited),
        () = shutdown.told() => None,
    };
    if let Some(visited) = visited {
        return Ok(visited?);
    }
    tell(&visitor.take(Step::Leave).await?);
    bail!("told to stop")
}

#[expect(clippy::print_stdout, reason = "the result of this command")]
fn tell(taken: &Taken) {
    println!("{taken}");
}

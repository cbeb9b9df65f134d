//! `todo-backend healthcheck`: how the server in this container is, and what keeps it from its database.

use anyhow::bail;
use backend::DatabaseArguments;
use clap::Args;
use settings::Mistakes;

use crate::{LISTEN, PROGRAM};

#[derive(Debug, Clone, Args)]
pub(crate) struct HealthcheckArguments {
    /// Ask whether requests may be sent to it, not only whether it runs; when not, say what the database says.
    #[arg(long)]
    ready: bool,
    /// Where the server listens.
    #[arg(long, env = "LISTEN", default_value = LISTEN)]
    listen: String,
    #[command(flatten)]
    database: DatabaseArguments,
}

/// Prints one line. With `--ready`, a server that is not ready is explained by a connection of our own.
pub(crate) fn healthcheck(
    arguments: HealthcheckArguments,
    mut mistakes: Mistakes,
) -> anyhow::Result<()> {
    if !arguments.ready {
        return Ok(telemetry::report_health(PROGRAM, &arguments.listen, mistakes)?);
    }
    let listen = mistakes.check("LISTEN", settings::listen(&arguments.listen));
    let listen = mistakes.settle(PROGRAM, listen);
    telemetry::run(async {
        match telemetry::healthcheck(listen, "/readyz").await {
            Ok(said) => tell(&said),
            Err(unwell) => bail!("{unwell}; {}", explain(arguments.database).await),
        }
        Ok(())
    })?
}

/// What the database, or the way to it, says to a connection with the same settings.
async fn explain(arguments: DatabaseArguments) -> String {
    let mut mistakes = Mistakes::default();
    let Some(database) = arguments.read(&mut mistakes) else {
        return format!("of the settings, {}", mistakes.sentence());
    };
    match storage::probe(database.address).await {
        Ok(()) => "the database itself answers and is up to date".to_owned(),
        Err(error) => domain::chain(&error),
    }
}

#[expect(clippy::print_stdout, reason = "the result of this command")]
fn tell(line: &str) {
    println!("{line}");
}

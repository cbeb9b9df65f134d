//! The web application as a program of its own, in front of a backend elsewhere.

use std::{net::SocketAddr, process::ExitCode, sync::Arc};

use anyhow::Context;
use api::Http;
use axum::middleware::from_fn;
use clap::{Args, Parser, Subcommand};
use frontend::{Settings, router};
use settings::{Mistakes, TrustedProxies};
use telemetry::{LogArguments, Shutdown, WorkerArguments, Workers, log_requests};
use tokio::net::TcpListener;

const PROGRAM: &str = "todo-frontend";
const LISTEN: &str = "0.0.0.0:3000";

/// Serves the pages of todo-chatbot, and passes its API through to the backend.
///
/// Every setting may also stand in the environment, or in the JSON file `TODO_CONFIG` (`backend_url`).
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
    /// Serve the pages (what happens without a command).
    Serve(ServeArguments),
    /// Ask the server in this container or on this machine whether it runs; exit code 0 if so, else 1.
    Healthcheck(HealthcheckArguments),
}

#[derive(Debug, Clone, Args)]
struct ServeArguments {
    /// Address and port to listen on.
    #[arg(long, env = "LISTEN", default_value = LISTEN)]
    listen: String,
    /// Where the backend is.
    #[arg(long, env = "BACKEND_URL", default_value = "http://backend:8000")]
    backend_url: String,
    /// Addresses and networks whose X-Forwarded-* headers are believed, separated by commas; empty is nobody.
    #[arg(long, env = "TRUSTED_PROXIES", default_value = "loopback")]
    trusted_proxies: String,
    #[command(flatten)]
    workers: WorkerArguments,
    #[command(flatten)]
    log: LogArguments,
}

#[derive(Debug, Clone, Args)]
struct HealthcheckArguments {
    /// Where the server listens.
    #[arg(long, env = "LISTEN", default_value = LISTEN)]
    listen: String,
}

/// The settings, understood.
struct Start {
    listen: SocketAddr,
    backend: Http,
    proxies: TrustedProxies,
    workers: Workers,
}

impl ServeArguments {
    fn check(&self, mistakes: &mut Mistakes) -> Option<Start> {
        let listen = mistakes.check("LISTEN", settings::listen(&self.listen));
        let backend =
            mistakes.check("BACKEND_URL", Http::new(self.backend_url.trim_end_matches('/')));
        let proxies = mistakes.check("TRUSTED_PROXIES", self.trusted_proxies.parse());
        let workers = self.workers.read(mistakes);
        Some(Start { listen: listen?, backend: backend?, proxies: proxies?, workers: workers? })
    }
}

fn main() -> ExitCode {
    let mut mistakes = Mistakes::default();
    let cli: Cli = settings::parse(&mut mistakes);
    let result = match cli.command.unwrap_or(Command::Serve(cli.serve)) {
        Command::Serve(arguments) => serve(&arguments, mistakes),
        Command::Healthcheck(HealthcheckArguments { listen }) => {
            telemetry::report_health(PROGRAM, &listen, mistakes).map_err(Into::into)
        }
    };
    settings::ended(PROGRAM, result)
}

fn serve(arguments: &ServeArguments, mut mistakes: Mistakes) -> anyhow::Result<()> {
    arguments.log.begin(&mut mistakes);
    let start = arguments.check(&mut mistakes);
    let start = mistakes.settle(PROGRAM, start);
    start.workers.run(start.answer(&arguments.backend_url))?
}

impl Start {
    async fn answer(self, backend_url: &str) -> anyhow::Result<()> {
        let Self { listen, backend, proxies, .. } = self;
        let shutdown = Shutdown::on_signals()?;
        let settings = Settings { proxies, shutdown: shutdown.clone(), ..Settings::default() };
        let app = router(Arc::new(backend), settings).layer(from_fn(log_requests));
        let listener =
            TcpListener::bind(listen).await.with_context(|| format!("LISTEN {listen}"))?;
        let address = listener.local_addr()?;
        tracing::info!("listening on http://{address}, backend at {backend_url}");
        Ok(telemetry::serve(listener, app, shutdown).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_setting_is_told_at_once() {
        let wrong =
            ["", "--listen=here", "--backend-url=ftp://x", "--trusted-proxies=me", "--workers=0"];
        let mut mistakes = Mistakes::default();
        assert!(Cli::parse_from(wrong).serve.check(&mut mistakes).is_none());
        let message = mistakes.message("todo-frontend");
        for name in ["LISTEN", "BACKEND_URL", "TRUSTED_PROXIES", "WORKERS"] {
            assert!(message.contains(name), "{message}");
        }
    }

    #[test]
    fn the_defaults_are_right() {
        let mut mistakes = Mistakes::default();
        assert!(Cli::parse_from([""]).serve.check(&mut mistakes).is_some());
        assert_eq!(mistakes, Mistakes::default());
    }
}

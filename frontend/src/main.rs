//! The web application as a program of its own, in front of a backend elsewhere.

use std::{net::SocketAddr, process::ExitCode, sync::Arc};

use anyhow::Context;
use api::Http;
use axum::middleware::from_fn;
use clap::Parser;
use frontend::{Settings, router};
use settings::{Mistakes, TrustedProxies};
use telemetry::{LogArguments, Shutdown, log_requests, serve};
use tokio::net::TcpListener;

const PROGRAM: &str = "todo-frontend";

/// Serves the pages of todo-chatbot, and passes its API through to the backend.
#[derive(Debug, Parser)]
#[command(name = PROGRAM, version)]
struct Arguments {
    /// Address and port to listen on.
    #[arg(long, env = "LISTEN", default_value = "0.0.0.0:3000")]
    listen: String,
    /// Where the backend is.
    #[arg(long, env = "BACKEND_URL", default_value = "http://backend:8000")]
    backend_url: String,
    /// Addresses and networks whose X-Forwarded-* headers are believed, separated by commas; empty is nobody.
    #[arg(long, env = "TRUSTED_PROXIES", default_value = "loopback")]
    trusted_proxies: String,
    #[command(flatten)]
    log: LogArguments,
}

/// The settings, understood.
struct Start {
    listen: SocketAddr,
    backend: Http,
    proxies: TrustedProxies,
}

impl Arguments {
    fn check(&self, mistakes: &mut Mistakes) -> Option<Start> {
        let listen = mistakes.check("LISTEN", settings::listen(&self.listen));
        let backend =
            mistakes.check("BACKEND_URL", Http::new(self.backend_url.trim_end_matches('/')));
        let proxies = mistakes.check("TRUSTED_PROXIES", self.trusted_proxies.parse());
        Some(Start { listen: listen?, backend: backend?, proxies: proxies? })
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    settings::ended(PROGRAM, run().await)
}

async fn run() -> anyhow::Result<()> {
    let mut mistakes = Mistakes::default();
    let arguments: Arguments = settings::parse(&mut mistakes);
    arguments.log.begin(&mut mistakes);
    let start = arguments.check(&mut mistakes);
    let Start { listen, backend, proxies } = mistakes.settle(PROGRAM, start);

    let shutdown = Shutdown::on_signals()?;
    let settings = Settings { proxies, shutdown: shutdown.clone(), ..Settings::default() };
    let app = router(Arc::new(backend), settings).layer(from_fn(log_requests));
    let listener = TcpListener::bind(listen).await.with_context(|| format!("LISTEN {listen}"))?;
    let address = listener.local_addr()?;
    tracing::info!("listening on http://{address}, backend at {}", arguments.backend_url);
    Ok(serve(listener, app, shutdown).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_setting_is_told_at_once() {
        let wrong = ["", "--listen=here", "--backend-url=ftp://x", "--trusted-proxies=me"];
        let mut mistakes = Mistakes::default();
        assert!(Arguments::parse_from(wrong).check(&mut mistakes).is_none());
        let message = mistakes.message("todo-frontend");
        for name in ["LISTEN", "BACKEND_URL", "TRUSTED_PROXIES"] {
            assert!(message.contains(name), "{message}");
        }
    }

    #[test]
    fn the_defaults_are_right() {
        let mut mistakes = Mistakes::default();
        assert!(Arguments::parse_from([""]).check(&mut mistakes).is_some());
        assert_eq!(mistakes, Mistakes::default());
    }
}

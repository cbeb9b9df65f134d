//! `todo-backend serve`: the API, until told to stop.

use std::{net::SocketAddr, sync::Arc};

use anyhow::Context;
use axum::middleware;
use backend::{App, BackendArguments, BackendSettings};
use clap::Args;
use domain::{SystemClock, SystemRandom};
use secrecy::ExposeSecret;
use settings::Mistakes;
use telemetry::{LogArguments, Shutdown};
use tokio::net::TcpListener;

use crate::PROGRAM;

#[derive(Debug, Clone, Args)]
pub(crate) struct ServeArguments {
    /// Where to listen.
    #[arg(long, env = "LISTEN", default_value = "0.0.0.0:8000")]
    listen: String,
    #[command(flatten)]
    backend: BackendArguments,
    #[command(flatten)]
    log: LogArguments,
}

impl ServeArguments {
    fn read(self, mistakes: &mut Mistakes) -> Option<(SocketAddr, BackendSettings)> {
        let listen = mistakes.check("LISTEN", settings::listen(&self.listen));
        let backend = self.backend.read(mistakes);
        Some((listen?, backend?))
    }
}

/// Serves until told to stop.
pub(crate) async fn serve(arguments: ServeArguments, mut mistakes: Mistakes) -> anyhow::Result<()> {
    arguments.log.begin(&mut mistakes);
    let settings = arguments.read(&mut mistakes);
    let (listen, BackendSettings { database_url, auth, http }) = mistakes.settle(PROGRAM, settings);

    let store = storage::open(database_url.expose_secret()).await.context("DATABASE_URL")?;
    let shutdown = Shutdown::on_signals()?;
    let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    let app = App::new(store, clock, random, auth, http, shutdown.clone());
    let router = backend::router(app).layer(middleware::from_fn(telemetry::log_requests));
    let listener = TcpListener::bind(listen).await.with_context(|| format!("LISTEN {listen}"))?;
    tracing::info!("listening on http://{}", listener.local_addr()?);
    Ok(telemetry::serve(listener, router, shutdown).await?)
}

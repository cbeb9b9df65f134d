//! `todo-backend serve`: the API, until told to stop.

use std::{net::SocketAddr, sync::Arc};

use anyhow::Context;
use axum::middleware;
use backend::{App, BackendArguments, BackendSettings};
use clap::Args;
use domain::{SystemClock, SystemRandom};
use settings::Mistakes;
use telemetry::{LogArguments, Shutdown, WorkerArguments, Workers};
use tokio::net::TcpListener;

use crate::{LISTEN, PROGRAM};

#[derive(Debug, Clone, Args)]
pub(crate) struct ServeArguments {
    /// Where to listen.
    #[arg(long, env = "LISTEN", default_value = LISTEN)]
    listen: String,
    #[command(flatten)]
    backend: BackendArguments,
    #[command(flatten)]
    workers: WorkerArguments,
    #[command(flatten)]
    log: LogArguments,
}

impl ServeArguments {
    fn read(self, mistakes: &mut Mistakes) -> Option<(Workers, SocketAddr, BackendSettings)> {
        let workers = self.workers.read(mistakes);
        let listen = mistakes.check("LISTEN", settings::listen(&self.listen));
        let backend = self.backend.read(mistakes);
        Some((workers?, listen?, backend?))
    }
}

/// Serves until told to stop.
pub(crate) fn serve(arguments: ServeArguments, mut mistakes: Mistakes) -> anyhow::Result<()> {
    arguments.log.begin(&mut mistakes);
    let settings = arguments.read(&mut mistakes);
    let (workers, listen, settings) = mistakes.settle(PROGRAM, settings);
    workers.run(answer(listen, settings))?
}

async fn answer(listen: SocketAddr, settings: BackendSettings) -> anyhow::Result<()> {
    let BackendSettings { database, auth, http } = settings;
    let store =
        storage::open_listening(database.address, database.listen).await.context("DATABASE_URL")?;
    let shutdown = Shutdown::on_signals()?;
    let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    let app = App::new(store, clock, random, auth, http, shutdown.clone());
    tokio::spawn(backend::run_background(app.clone()));
    let router = backend::router(app.clone()).layer(middleware::from_fn(telemetry::log_requests));
    let listener = TcpListener::bind(listen).await.with_context(|| format!("LISTEN {listen}"))?;
    tracing::info!("listening on http://{}", listener.local_addr()?);
    tokio::select! {
        served = telemetry::serve(listener, router, shutdown) => Ok(served?),
        fault = app.wrong_secret() => Err(fault.into()),
    }
}

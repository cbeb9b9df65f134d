//! `todo serve`: the pages, and behind them the API, in one process.

use std::{
    env,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context;
use api::InProcess;
use axum::middleware;
use backend::{App, BackendArguments, BackendSettings};
use clap::Args;
use domain::{SystemClock, SystemRandom};
use settings::Mistakes;
use telemetry::{LogArguments, Shutdown, WorkerArguments, Workers};
use tokio::net::TcpListener;

use crate::{LISTEN, PROGRAM, data_dir};

#[derive(Debug, Clone, Args)]
pub(crate) struct ServeArguments {
    /// Where to listen.
    #[arg(long, env = "LISTEN", default_value = LISTEN)]
    listen: String,
    /// The folder for the database and the secret; $XDG_DATA_HOME/todo-chatbot or ~/.local/share/todo-chatbot if absent.
    #[arg(long)]
    data_dir: Option<PathBuf>,
    #[command(flatten)]
    backend: BackendArguments,
    #[command(flatten)]
    workers: WorkerArguments,
    #[command(flatten)]
    log: LogArguments,
}

impl ServeArguments {
    fn read(mut self, mistakes: &mut Mistakes) -> Option<(Workers, SocketAddr, BackendSettings)> {
        let workers = self.workers.read(mistakes);
        let listen = mistakes.check("LISTEN", settings::listen(&self.listen));
        self.complete(mistakes);
        let backend = self.backend.read(mistakes);
        Some((workers?, listen?, backend?))
    }

    /// Fills in what the data folder holds, where nothing else is named: a database, and a secret made on the first start.
    fn complete(&mut self, mistakes: &mut Mistakes) {
        let no_database = !self.backend.database.has_url();
        let no_secret = !self.backend.auth.has_secret();
        if !(no_database || no_secret) {
            return;
        }
        // Where the folder fails, stand-ins keep its contents from being called missing as well: the start ends anyway.
        let folder = mistakes.check("--data-dir", self.folder());
        if no_database {
            let file = folder.clone().unwrap_or_default().join("todo.db");
            self.backend.database.url = Some(sqlite_url(&file).into());
            self.backend.database.direct_url = None; // the way to another database
        }
        if no_secret {
            let secret = folder
                .map_or_else(|| Ok("stand-in".to_owned()), |folder| data_dir::secret(&folder));
            let secret = mistakes.check("--data-dir", secret);
            self.backend.auth.secret = Some(secret.unwrap_or_else(|| "stand-in".to_owned()).into());
        }
    }

    /// The folder, made if it is missing.
    fn folder(&self) -> Result<PathBuf, String> {
        let usual = || data_dir::usual(&|name| env::var(name).ok());
        let folder = self.data_dir.clone().or_else(usual);
        let folder = folder.ok_or("is missing, and HOME is not set")?;
        data_dir::prepare(&folder)?;
        Ok(folder)
    }
}

/// The address of a SQLite file. What an address gives a meaning of its own is escaped.
fn sqlite_url(file: &Path) -> String {
    let path =
        file.display().to_string().replace('%', "%25").replace('?', "%3F").replace('#', "%23");
    format!("sqlite://{path}")
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
    let listener = TcpListener::bind(listen).await.with_context(|| format!("LISTEN {listen}"))?;
    storage::migrate(database.direct).await.context("the database")?;
    let store =
        storage::open_listening(database.address, database.listen).await.context("the database")?;
    let shutdown = Shutdown::on_signals()?;
    let proxies = http.trusted_proxies.clone();
    let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    let app = App::new(store, clock.clone(), random, auth, http, shutdown.clone());
    tokio::spawn(backend::run_background(app.clone()));
    let backend = backend::router(app.clone());
    let settings = frontend::Settings { proxies, clock, shutdown: shutdown.clone() };
    let router = frontend::router(Arc::new(InProcess(backend)), settings)
        .layer(middleware::from_fn(backend::count_queries))
        .layer(middleware::from_fn(telemetry::log_requests));
    tracing::info!("open http://{} in a browser", reached_at(listener.local_addr()?));
    tokio::select! {
        served = telemetry::serve(listener, router, shutdown) => Ok(served?),
        fault = app.wrong_secret() => Err(fault.into()),
    }
}

/// Where a browser on this machine finds what listens there: every address is none that a browser can open.
fn reached_at(listen: SocketAddr) -> String {
    if listen.ip().is_unspecified() {
        format!("localhost:{}", listen.port())
    } else {
        listen.to_string()
    }
}

//! `todo serve`: the pages, and behind them the API, in one process.

use std::{env, net::SocketAddr, path::PathBuf, sync::Arc};

use anyhow::Context;
use api::InProcess;
use axum::middleware;
use backend::{App, AuthArguments, DatabaseArguments, HttpArguments};
use clap::Args;
use domain::{SystemClock, SystemRandom};
use secrecy::ExposeSecret;
use settings::Mistakes;
use telemetry::{LogArguments, Shutdown};
use tokio::net::TcpListener;

use crate::{PROGRAM, data_dir};

#[derive(Debug, Clone, Args)]
pub(crate) struct ServeArguments {
    /// Where to listen.
    #[arg(long, env = "LISTEN", default_value = "127.0.0.1:3000")]
    listen: String,
    /// The folder for the database and the secret; $XDG_DATA_HOME/todo-chatbot or ~/.local/share/todo-chatbot if absent.
    #[arg(long)]
    data_dir: Option<PathBuf>,
    #[command(flatten)]
    database: DatabaseArguments,
    #[command(flatten)]
    auth: AuthArguments,
    #[command(flatten)]
    http: HttpArguments,
    #[command(flatten)]
    log: LogArguments,
}

impl ServeArguments {
    /// The folder, made if it is missing. Not needed when database and secret both come from elsewhere.
    fn folder(&self, mistakes: &mut Mistakes) -> Option<PathBuf> {
        let given = |value: &Option<String>| value.as_ref().is_some_and(|text| !text.is_empty());
        if given(&self.database.database_url) && given(&self.auth.secret) {
            return None;
        }
        let usual = || data_dir::usual(&|name| env::var(name).ok());
        let folder = self.data_dir.clone().or_else(usual);
        let folder = folder.ok_or_else(|| "is missing, and HOME is not set".to_owned());
        let folder = folder.and_then(|folder| data_dir::prepare(&folder).map(|()| folder));
        mistakes.check("--data-dir", folder)
    }

    /// Fills in what the folder holds: a database, and a secret made on the first start.
    fn complete(&mut self, mistakes: &mut Mistakes) {
        let Some(folder) = self.folder(mistakes) else { return };
        let empty = |value: &Option<String>| value.as_ref().is_none_or(String::is_empty);
        if empty(&self.database.database_url) {
            let file = folder.join("todo.db");
            self.database.database_url = Some(format!("sqlite://{}", file.display()));
        }
        if empty(&self.auth.secret) {
            self.auth.secret = mistakes.check("--data-dir", data_dir::secret(&folder));
        }
    }
}

/// Serves until told to stop.
pub(crate) async fn serve(
    mut arguments: ServeArguments,
    mut mistakes: Mistakes,
) -> anyhow::Result<()> {
    arguments.log.begin(&mut mistakes);
    arguments.complete(&mut mistakes);
    mistakes.exit_if_any(PROGRAM);
    let listen = mistakes.check("LISTEN", arguments.listen.parse::<SocketAddr>());
    let database = arguments.database.required(&mut mistakes);
    let auth = arguments.auth.read(&mut mistakes);
    let http = arguments.http.read(&mut mistakes);
    mistakes.exit_if_any(PROGRAM);
    let (Some(listen), Some(database), Some(auth), Some(http)) = (listen, database, auth, http)
    else {
        unreachable!("without mistakes every setting is there")
    };

    let listener = TcpListener::bind(listen).await.with_context(|| format!("LISTEN {listen}"))?;
    storage::migrate(database.expose_secret()).await.context("the database")?;
    let store = storage::open(database.expose_secret()).await.context("the database")?;
    let shutdown = Shutdown::on_signals()?;
    let proxies = http.trusted_proxies.clone();
    let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    let app = App::new(store, clock.clone(), random, auth, http, shutdown.clone());
    let backend = backend::router(app);
    let settings = frontend::Settings { proxies, clock };
    let router = frontend::router(Arc::new(InProcess(backend)), settings)
        .layer(middleware::from_fn(backend::count_queries))
        .layer(middleware::from_fn(telemetry::log_requests));
    tracing::info!("open http://{} in a browser", listener.local_addr()?);
    Ok(telemetry::serve(listener, router, shutdown).await?)
}

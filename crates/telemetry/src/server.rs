//! The life of a server: it listens, drains when told to stop, and ends.

use std::{future::IntoFuture, io, net::SocketAddr, time::Duration};

use axum::Router;
use tokio::{net::TcpListener, signal::unix, sync::watch};

/// How long requests that run may go on after SIGTERM.
const DRAIN: Duration = Duration::from_secs(25);

/// Whether the server was told to stop. Clones share it.
#[derive(Debug, Clone)]
pub struct Shutdown {
    told: watch::Receiver<bool>,
}

impl Shutdown {
    /// Begins to listen for SIGTERM and SIGINT (Ctrl-C).
    ///
    /// # Errors
    /// The system does not let us.
    pub fn on_signals() -> io::Result<Self> {
        let mut term = unix::signal(unix::SignalKind::terminate())?;
        let mut int = unix::signal(unix::SignalKind::interrupt())?;
        let (tell, told) = watch::channel(false);
        tokio::spawn(async move {
            tokio::select! {
                _ = term.recv() => {}
                _ = int.recv() => {}
            }
            // Nobody listens any more: the server ended by itself.
            let _ = tell.send(true);
        });
        Ok(Self { told })
    }

    /// A server that nobody stops, for tests: it ends with its runtime.
    #[must_use]
    pub fn never() -> Self {
        let (tell, told) = watch::channel(false);
        std::mem::forget(tell); // a dropped sender would look like a signal
        Self { told }
    }

    /// Whether it was told: then it is not ready for new requests.
    #[must_use]
    pub fn is_told(&self) -> bool {
        *self.told.borrow()
    }

    /// Waits until it is told.
    pub async fn told(&self) {
        // An error means that the listener for signals is gone, which only the end of the runtime brings about.
        let _ = self.told.clone().wait_for(|&told| told).await;
    }
}

/// Serves until told to stop, then lets requests that run go on for at most 25 s.
///
/// # Errors
/// The listener broke.
pub async fn serve(listener: TcpListener, app: Router, shutdown: Shutdown) -> io::Result<()> {
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    let stop = shutdown.clone();
    let server =
        axum::serve(listener, app).with_graceful_shutdown(async move { stop.told().await });
    let too_late = async {
        shutdown.told().await;
        tracing::info!("told to stop: finishing what runs");
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        ended = server.into_future() => ended,
        () = too_late => {
            tracing::warn!("requests still ran after {} s and were ended", DRAIN.as_secs());
            Ok(())
        }
    }
}

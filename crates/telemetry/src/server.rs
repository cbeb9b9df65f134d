//! The life of a server: it listens, drains when told to stop, and ends.

use std::{future::IntoFuture, io, net::SocketAddr, time::Duration};

use axum::{Router, extract::Request, middleware::Next, response::Response};
use http::{HeaderValue, header};
use tokio::{net::TcpListener, signal::unix, sync::watch, time::sleep};

use crate::connections::Connections;

/// How long requests that run may go on after SIGTERM.
const DRAIN: Duration = Duration::from_secs(25);

/// How long connections on which nothing happens stay open after SIGTERM. A client may be sending on one just now: its
/// request is answered, and the answer tells it to send no more here.
const LINGER: Duration = Duration::from_secs(2);

/// Whether the server was told to stop. Clones share it.
#[derive(Debug, Clone)]
pub struct Shutdown {
    told: watch::Receiver<bool>,
    /// Each hold has a receiver.
    holds: watch::Sender<()>,
}

/// Keeps a server that was told to stop from ending, as long as requests may go on.
#[derive(Debug)]
pub struct Hold {
    _here: watch::Receiver<()>,
}

impl Shutdown {
    /// Begins to listen for SIGTERM and SIGINT (Ctrl-C).
    ///
    /// # Errors
    /// The system does not let us.
    pub fn on_signals() -> io::Result<Self> {
        let mut term = unix::signal(unix::SignalKind::terminate())?;
        let mut int = unix::signal(unix::SignalKind::interrupt())?;
        Ok(Self::when(async move {
            tokio::select! {
                _ = term.recv() => {}
                _ = int.recv() => {}
            }
        }))
    }

    /// Told when something else happens.
    #[must_use]
    pub fn when(event: impl Future<Output = ()> + Send + 'static) -> Self {
        let (tell, told) = watch::channel(false);
        tokio::spawn(async move {
            event.await;
            // Nobody listens any more: the server ended by itself.
            let _ = tell.send(true);
        });
        Self { told, holds: watch::channel(()).0 }
    }

    /// A server that nobody stops, for tests: it ends with its runtime.
    #[must_use]
    pub fn never() -> Self {
        let (tell, told) = watch::channel(false);
        std::mem::forget(tell); // a dropped sender would look like a signal
        Self { told, holds: watch::channel(()).0 }
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

    /// For work that no connection waits for.
    #[must_use]
    pub fn hold(&self) -> Hold {
        Hold { _here: self.holds.subscribe() }
    }

    /// Waits until nothing is held.
    pub async fn released(&self) {
        self.holds.closed().await;
    }
}

/// Serves until told to stop. Then connections that are open linger for 2 s, and requests that run have 25 s in all, as
/// has what is held.
///
/// # Errors
/// The listener broke.
pub async fn serve(listener: TcpListener, app: Router, shutdown: Shutdown) -> io::Result<()> {
    let connections = Connections::default();
    let app = app.layer(axum::middleware::from_fn_with_state(shutdown.clone(), say_goodbye));
    let app = connections.count(app.into_make_service_with_connect_info::<SocketAddr>());
    let stop = shutdown.clone();
    let server = axum::serve(listener, app).with_graceful_shutdown(async move {
        stop.told().await;
        tokio::select! {
            () = connections.none() => {}
            () = sleep(LINGER) => {}
        }
    });
    let ended = async {
        server.into_future().await?;
        shutdown.released().await;
        Ok(())
    };
    let too_late = async {
        shutdown.told().await;
        tracing::info!("told to stop: finishing what runs");
        sleep(DRAIN).await;
    };
    tokio::select! {
        ended = ended => ended,
        () = too_late => {
            tracing::warn!("requests still ran after {} s and were ended", DRAIN.as_secs());
            Ok(())
        }
    }
}

/// Middleware: once told to stop, each answer is the last of its connection.
async fn say_goodbye(
    axum::extract::State(shutdown): axum::extract::State<Shutdown>,
    request: Request,
    next: Next,
) -> Response {
    let mut answer = next.run(request).await;
    if shutdown.is_told() {
        answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    answer
}

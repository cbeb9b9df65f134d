//! What every handler works with.

use std::{sync::Arc, time::Duration};

use auth::{Auth, AuthSettings, KeyFault};
use domain::{Clock, Random};
use service::Service;
use storage::Store;
use telemetry::Shutdown;

use crate::{
    background::Background,
    changes::sessions::Sessions,
    settings::{HttpSettings, warn_of_short_secret},
};

/// How often an open stream says that it lives, and asks whether its session does.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// What every handler works with. Clones share it.
#[derive(Clone)]
pub struct App {
    pub(crate) service: Service,
    pub(crate) auth: Arc<Auth>,
    pub(crate) http: Arc<HttpSettings>,
    pub(crate) shutdown: Shutdown,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) heartbeat: Duration,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) background: Arc<Background>,
}

impl App {
    /// Comes back when the database has answered and it turns out that this process cannot sign tokens with the secret it
    /// was given; never otherwise. A database that is away says nothing, and is asked again.
    pub async fn wrong_secret(&self) -> KeyFault {
        const AGAIN: Duration = Duration::from_secs(5);
        loop {
            match self.auth.check_keys().await {
                Ok(()) => std::future::pending().await,
                Err(KeyFault::Storage(_)) => tokio::time::sleep(AGAIN).await,
                Err(fault) => return fault,
            }
        }
    }

    /// The backend over a database.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        auth: AuthSettings,
        http: HttpSettings,
        shutdown: Shutdown,
    ) -> Self {
        warn_of_short_secret(&auth);
        let auth = Auth::new(store.clone(), clock.clone(), random.clone(), auth);
        Self {
            auth: Arc::new(auth.with_callers(http.cors_origins.clone())),
            service: Service::new(store, clock, random.clone()),
            http: Arc::new(http),
            shutdown,
            random,
            heartbeat: HEARTBEAT,
            sessions: Arc::default(),
            background: Arc::default(),
        }
    }

    /// The same with another heartbeat of streams, for tests.
    #[must_use]
    pub fn with_heartbeat(self, heartbeat: Duration) -> Self {
        Self { heartbeat, ..self }
    }
}

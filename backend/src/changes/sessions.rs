//! Whether the sessions behind open streams go on.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use auth::{AuthError, Client};
use domain::UserId;
use http::{HeaderMap, header};
use tokio::{sync::watch, time::sleep};

use crate::app::App;

/// Who opened a stream, and by which credentials.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub client: Client,
    pub headers: HeaderMap,
    pub user: UserId,
}

/// What makes two streams the same session's: address of the site and credentials.
type Credentials = (String, Vec<Vec<u8>>);

impl Caller {
    fn credentials(&self) -> Credentials {
        let lines = [header::AUTHORIZATION, header::COOKIE].map(|name| self.headers.get_all(name));
        let lines = lines.iter().flatten().map(|line| line.as_bytes().to_owned());
        (self.client.origin.as_str().to_owned(), lines.collect())
    }
}

/// One question a heartbeat for each session that has streams, however many it has.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    watched: Mutex<HashMap<Credentials, watch::Sender<bool>>>,
}

impl Sessions {
    /// Becomes true when the session has ended, within a heartbeat.
    pub(crate) fn watch(&self, app: &App, caller: Caller) -> watch::Receiver<bool> {
        let credentials = caller.credentials();
        let mut watched = self.lock();
        if let Some(sender) = watched.get(&credentials) {
            return sender.subscribe();
        }
        let (sender, receiver) = watch::channel(false);
        watched.insert(credentials.clone(), sender);
        tokio::spawn(look_after(app.clone(), caller, credentials));
        receiver
    }

    /// Forgets a session that nobody watches any more, or that `ended`. Returns whether it did.
    fn forget(&self, credentials: &Credentials, ended: bool) -> bool {
        let mut watched = self.lock();
        let Some(sender) = watched.get(credentials) else { return true };
        let over = ended || sender.receiver_count() == 0;
        if over {
            sender.send_replace(ended);
            watched.remove(credentials);
        }
        over
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Credentials, watch::Sender<bool>>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn look_after(app: App, caller: Caller, credentials: Credentials) {
    loop {
        sleep(app.heartbeat).await;
        if app.sessions.forget(&credentials, false) {
            return;
        }
        let ended = match app.auth.recheck(&caller.client, &caller.headers).await {
            Ok(found) => *found.actor.user_id() != caller.user,
            Err(AuthError::Storage(_)) => false, // nobody knows; the next heartbeat will
            Err(_) => true,
        };
        if ended {
            app.sessions.forget(&credentials, true);
            return;
        }
    }
}

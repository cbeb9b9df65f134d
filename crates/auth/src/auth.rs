//! The front door of `/api/auth`.

use std::sync::Arc;

use bytes::Bytes;
use domain::{Clock, Random};
use http::{HeaderMap, Method, Request, Response};
use secrecy::SecretString;
use storage::Store;

use crate::{
    Client, Origin,
    call::Call,
    endpoints::Endpoint,
    failure::{Failure, Refusal},
    hash_pool::{Busy, HashPool},
    password,
    reply::Reply,
    signature::Signer,
};

/// What the operator decides about sign-in. `better-auth.md`, section 1, names the variables.
#[derive(Debug)]
pub struct AuthSettings {
    /// Signs cookies.
    pub secret: SecretString,
    /// What the browser calls us. Without it every request's own origin is taken.
    pub base_url: Option<Origin>,
    /// More origins whose pages may sign in and act.
    pub trusted_origins: Vec<Origin>,
    /// Whether strangers may sign up.
    pub sign_up_open: bool,
    /// Password hashes at once, 32 MiB each; at least one.
    pub hash_parallel: usize,
}

/// Sign-in: one for a process, shared by all requests.
pub struct Auth {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) signer: Signer,
    pub(crate) hashes: HashPool,
    pub(crate) settings: Settings,
}

/// What is left of [`AuthSettings`] once the secret has gone where it is needed.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) base_url: Option<Origin>,
    pub(crate) trusted_origins: Vec<Origin>,
    pub(crate) sign_up_open: bool,
}

impl Auth {
    /// Sign-in over a store.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        settings: AuthSettings,
    ) -> Self {
        let AuthSettings { secret, base_url, trusted_origins, sign_up_open, hash_parallel } =
            settings;
        Self {
            store,
            clock,
            random,
            signer: Signer::new(secret),
            hashes: HashPool::new(hash_parallel),
            settings: Settings { base_url, trusted_origins, sign_up_open },
        }
    }

    /// Answers a request to `/api/auth`. `path` is what follows that prefix; the body has been read, and its length
    /// limited, by the caller, who answers with [`BodyError`](crate::BodyError) otherwise. Never fails: an error of ours is a 500 or 503 in Better Auth's form.
    pub async fn answer(
        &self,
        client: &Client,
        path: &str,
        request: Request<Bytes>,
    ) -> Response<Bytes> {
        let (parts, body) = request.into_parts();
        let Some(endpoint) = Endpoint::find(&parts.method, path) else {
            return Reply::unknown().into_response(HeaderMap::new());
        };
        let mut call = Call::new(client, self.base(client), &parts);
        let reply = self.checked(endpoint, &parts.method, &body, &mut call).await;
        reply.unwrap_or_else(Reply::from).into_response(call.into_headers())
    }

    /// The checks in their order (`better-auth.md`, section 2), from the body on; rate limits come before all of it. The
    /// shape of the body and all that follows is the endpoint's.
    async fn checked(
        &self,
        endpoint: Endpoint,
        method: &Method,
        body: &[u8],
        call: &mut Call<'_>,
    ) -> Result<Reply, Failure> {
        call.body = endpoint.accepts().read(call.headers, body)?;
        if method != Method::GET {
            self.check_cookie_origin(call).map_err(Refusal::from)?;
            self.check_places(call)?;
        }
        endpoint.answer(self, call).await
    }

    /// Hashes a password for storing.
    pub(crate) async fn hash(&self, password: String) -> Result<String, Busy> {
        let mut salt = [0; 16];
        self.random.fill(&mut salt);
        self.hashes.run(move || password::hash(&password, salt)).await
    }

    /// Whether a password is the one whose hash is stored.
    pub(crate) async fn verify(&self, password: String, stored: String) -> Result<bool, Busy> {
        self.hashes.run(move || password::verify(&password, &stored)).await
    }
}

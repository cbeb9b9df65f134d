//! The front door of `/api/auth`.

use std::sync::Arc;

use bytes::Bytes;
use domain::{Clock, Random, UserId};
use http::{HeaderMap, Method, Request, Response};
use secrecy::SecretString;
use storage::Store;

use crate::{
    BodyError, Client, Origin,
    body::Accepts,
    call::Call,
    endpoints::Endpoint,
    failure::{Failure, Refusal},
    hash_pool::{Busy, HashPool},
    hash_share::HashShares,
    keyring::Keyring,
    password,
    rate_limit::{Limiter, RateLimits},
    reply::Reply,
    signature::Signer,
};

/// What the operator decides about sign-in. `better-auth.md`, section 1, names the variables.
#[derive(Debug)]
pub struct AuthSettings {
    /// Signs cookies, encrypts the keys of tokens, and is itself a key where `hs256` says so.
    pub secret: SecretString,
    /// What the browser calls us. Without it every request's own origin is taken.
    pub base_url: Option<Origin>,
    /// More origins whose pages may sign in and act.
    pub trusted_origins: Vec<Origin>,
    /// Whether strangers may sign up.
    pub sign_up_open: bool,
    /// Password hashes at once, 32 MiB each; at least one.
    pub hash_parallel: usize,
    /// How long an issued JWT lives, in seconds.
    pub jwt_seconds: u32,
    /// Whether a JWT is believed that was signed with the secret. Whoever has the secret can then name any user.
    pub hs256: bool,
    /// Which `iss` a JWT must have one of; any if empty.
    pub jwt_issuers: Vec<String>,
    /// Which `aud` a JWT must have one of; any if empty.
    pub jwt_audiences: Vec<String>,
    /// Where requests are counted.
    pub rate_limits: RateLimits,
}

impl AuthSettings {
    /// What holds where the operator decides nothing but the secret: anybody may sign up, from pages of our own.
    #[must_use]
    pub fn with_secret(secret: SecretString) -> Self {
        Self {
            secret,
            base_url: None,
            trusted_origins: Vec::new(),
            sign_up_open: true,
            hash_parallel: 1,
            jwt_seconds: 900,
            hs256: false,
            jwt_issuers: Vec::new(),
            jwt_audiences: Vec::new(),
            rate_limits: RateLimits::Database,
        }
    }
}

/// Sign-in: one for a process, shared by all requests.
pub struct Auth {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) signer: Signer,
    pub(crate) hashes: HashPool,
    pub(crate) shares: HashShares,
    pub(crate) keyring: Keyring,
    pub(crate) limiter: Limiter,
    pub(crate) settings: Settings,
    /// Origins that are trusted behind sign-in alone.
    pub(crate) callers: Vec<Origin>,
}

/// What is left of [`AuthSettings`] once the secret has gone where it is needed.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) base_url: Option<Origin>,
    pub(crate) trusted_origins: Vec<Origin>,
    pub(crate) sign_up_open: bool,
    pub(crate) jwt_seconds: u32,
    pub(crate) hs256: bool,
    pub(crate) jwt_issuers: Vec<String>,
    pub(crate) jwt_audiences: Vec<String>,
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
        Self {
            store,
            clock,
            random,
            signer: Signer::new(settings.secret),
            hashes: HashPool::new(settings.hash_parallel),
            shares: HashShares::default(),
            keyring: Keyring::default(),
            limiter: Limiter::new(settings.rate_limits),
            settings: Settings {
                base_url: settings.base_url,
                trusted_origins: settings.trusted_origins,
                sign_up_open: settings.sign_up_open,
                jwt_seconds: settings.jwt_seconds,
                hs256: settings.hs256,
                jwt_issuers: settings.jwt_issuers,
                jwt_audiences: settings.jwt_audiences,
            },
            callers: Vec::new(),
        }
    }

    /// The same for an API that pages of these origins may use with the cookie. They may change things with it: to a page
    /// that may read with it, `get-session` tells the session's token, which does so without any cookie. Under `/api/auth`
    /// Better Auth's rules stand, and such a page is no more than any other.
    #[must_use]
    pub fn with_callers(self, callers: Vec<Origin>) -> Self {
        Self { callers, ..self }
    }

    /// Answers a request to `/api/auth`. `path` is what follows that prefix; the body is what reads it, with its length
    /// limited, once it is known that somebody wants it. Never fails: an error of ours is a 500 or 503 in Better Auth's
    /// form.
    pub async fn answer(
        &self,
        client: &Client,
        path: &str,
        request: Request<impl Future<Output = Result<Bytes, BodyError>>>,
    ) -> Response<Bytes> {
        let (parts, body) = request.into_parts();
        if let Err(failure) = self.check_rate(client, Endpoint::pattern(path)).await {
            return Reply::from(failure).into_response(HeaderMap::new());
        }
        let Some((endpoint, accepts)) = Endpoint::find(&parts.method, path) else {
            return Reply::unknown().into_response(HeaderMap::new());
        };
        let mut call = Call::new(client, self.base(client), &parts);
        let reply = self.checked(endpoint, accepts, body, &mut call).await;
        reply.unwrap_or_else(Reply::from).into_response(call.into_headers())
    }

    /// The checks in their order (`better-auth.md`, section 2), from the body on: rate limit and path come before.
    /// The shape of the body and all that follows is the endpoint's.
    async fn checked(
        &self,
        endpoint: Endpoint,
        accepts: Accepts,
        body: impl Future<Output = Result<Bytes, BodyError>>,
        call: &mut Call<'_>,
    ) -> Result<Reply, Failure> {
        call.body = accepts.read(call.headers, body).await?;
        if call.method != Method::GET {
            self.check_cookie_origin(call).map_err(Refusal::from)?;
            self.check_places(call)?;
        }
        endpoint.answer(self, call).await
    }

    /// Hashes a password for storing.
    pub(crate) async fn hash(&self, password: String) -> Result<String, Busy> {
        let salt = self.salt();
        self.hashes.run(move || password::hash(&password, salt)).await
    }

    /// The same for who is signed in, out of their share.
    pub(crate) async fn hash_for(&self, user: &UserId, password: String) -> Result<String, Busy> {
        let salt = self.salt();
        self.run_for(user, move || password::hash(&password, salt)).await
    }

    /// Whether a password is the one whose hash is stored.
    pub(crate) async fn verify(&self, password: String, stored: String) -> Result<bool, Busy> {
        self.hashes.run(move || password::verify(&password, &stored)).await
    }

    /// The same for who is signed in, out of their share.
    pub(crate) async fn verify_for(
        &self,
        user: &UserId,
        password: String,
        stored: String,
    ) -> Result<bool, Busy> {
        self.run_for(user, move || password::verify(&password, &stored)).await
    }

    async fn run_for<T: Send + 'static>(
        &self,
        user: &UserId,
        hash: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let share = self.shares.take(user)?;
        let run = move || {
            let value = hash();
            drop(share); // here, so that a caller who goes away meanwhile does not give it back
            value
        };
        self.hashes.run(run).await
    }

    fn salt(&self) -> [u8; 16] {
        let mut salt = [0; 16];
        self.random.fill(&mut salt);
        salt
    }
}

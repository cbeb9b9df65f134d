//! Who sent a request to the rest of the API.

use domain::UserId;
use http::{HeaderMap, HeaderValue, Method};
use jiff::Timestamp;
use storage::{SignedIn, StorageError, TokenScope, UserSettings};

use crate::{
    Actor, Auth, Client, api_token,
    cookie::Cookie,
    session::{self, Duration, Live, Presented},
};

/// A request whose sender is known.
#[derive(Debug, Clone)]
pub struct Authenticated {
    /// Who acts.
    pub actor: Actor,
    /// How they proved it.
    pub credential: Credential,
    /// What the user has chosen, as far as it came along.
    pub settings: StoredSettings,
    /// `Set-Cookie` headers for the answer, when the session slid: send them with whatever the answer is.
    pub cookies: Vec<HeaderValue>,
}

/// How somebody proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// A session, by cookie or bearer token.
    Session,
    /// A JSON Web Token, and when it ends. An API token that is made with it ends no later: who has stolen one could
    /// otherwise keep the door open, and no end of a session would shut it.
    Jwt(Timestamp),
    /// An API token, and what it allows. It may neither make nor delete API tokens, for the same reason.
    ApiToken(TokenScope),
}

/// What a user has chosen, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredSettings {
    /// It was read with the credentials.
    Known(UserSettings),
    /// It was not: a JWT costs no statement, and most requests that name their zone need none of it.
    NotRead,
}

/// Why nobody is known to have sent a request.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// No credentials, or none that hold: 401 with `WWW-Authenticate: Bearer`.
    #[error("not signed in")]
    NoCredentials,
    /// A page of another site made the browser send its cookie: 403.
    #[error("the request comes from a page of another site")]
    ForeignOrigin,
    /// An API token for reading was sent with a request that changes: 403.
    #[error("the token is for reading")]
    ReadOnly,
    /// [`StorageError::Busy`] and [`StorageError::NotMigrated`] are 503 with `Retry-After`, all else 500. Log the cause,
    /// and do not send it.
    #[error("cannot read the session")]
    Storage(#[from] StorageError),
}

impl Auth {
    /// Finds out who sent a request: whom a bearer token names (an API token, a JWT, a session's token), or without one
    /// the owner of the session that the cookie presents. A session slides as it does under `/api/auth`. A change (any
    /// method but GET, HEAD and OPTIONS) that a cookie carries must come from a page of ours, of a trusted origin or of
    /// one that may call from another site, and one that an API token carries needs one for writing.
    ///
    /// # Errors
    /// See [`AuthError`], which says what to answer.
    ///
    /// Source: `better-auth.md`, sections 6 to 8; `http-api.md`, rules for every operation.
    pub async fn authenticate(
        &self,
        client: &Client,
        method: &Method,
        headers: &HeaderMap,
        request_id: &str,
    ) -> Result<Authenticated, AuthError> {
        self.identify(client, method, headers, request_id, true).await
    }

    /// Asks again who sent a request that is still being answered, such as a stream. Nothing slides: the cookie that goes
    /// with it could not be sent any more.
    ///
    /// # Errors
    /// As [`Auth::authenticate`].
    pub async fn recheck(
        &self,
        client: &Client,
        headers: &HeaderMap,
    ) -> Result<Authenticated, AuthError> {
        self.identify(client, &Method::GET, headers, "", false).await
    }

    async fn identify(
        &self,
        client: &Client,
        method: &Method,
        headers: &HeaderMap,
        request_id: &str,
        may_slide: bool,
    ) -> Result<Authenticated, AuthError> {
        match session::bearer_text(headers) {
            Some(token) if token.starts_with(api_token::PREFIX) => {
                self.by_api_token(&token, method, request_id).await
            }
            // What a session's token is signed with has no dot, and neither has the token.
            Some(token) if token.matches('.').count() == 2 => self.by_jwt(&token, request_id).await,
            _ => self.by_session(client, method, headers, request_id, may_slide).await,
        }
    }

    async fn by_api_token(
        &self,
        token: &str,
        method: &Method,
        request_id: &str,
    ) -> Result<Authenticated, AuthError> {
        let owner = self.token_owner(token).await?.ok_or(AuthError::NoCredentials)?;
        if owner.token.scope == TokenScope::Read && !method.is_safe() {
            return Err(AuthError::ReadOnly);
        }
        let credential = Credential::ApiToken(owner.token.scope);
        Ok(Authenticated {
            settings: StoredSettings::Known(owner.settings),
            ..Authenticated::new(owner.user_id, credential, request_id)
        })
    }

    async fn by_jwt(&self, token: &str, request_id: &str) -> Result<Authenticated, AuthError> {
        let (user, end) = self.user_of_jwt(token).await?.ok_or(AuthError::NoCredentials)?;
        Ok(Authenticated::new(user, Credential::Jwt(end), request_id))
    }

    async fn by_session(
        &self,
        client: &Client,
        method: &Method,
        headers: &HeaderMap,
        request_id: &str,
        may_slide: bool,
    ) -> Result<Authenticated, AuthError> {
        let secure = self.base(client).is_https();
        let presented = self.presented(secure, headers);
        let token = presented.token().ok_or(AuthError::NoCredentials)?;
        let by_cookie = matches!(presented, Presented::Cookies(_));
        if by_cookie && !method.is_safe() {
            self.check_api_origin(client, headers).map_err(|_| AuthError::ForeignOrigin)?;
        }
        let slide = may_slide && !session::ends_with_browser(&self.signer, secure, headers);
        let live = self.live(token, slide).await?.ok_or(AuthError::NoCredentials)?;
        let Live { signed_in: SignedIn { account, zone, policy, .. }, slid } = live;
        let cookie = || {
            let signed = self.signer.sign(token);
            Cookie::SessionToken.set(secure, &signed, Duration::Week.cookie_life())
        };
        Ok(Authenticated {
            settings: StoredSettings::Known(UserSettings { zone, policy }),
            cookies: (by_cookie && slid).then(cookie).into_iter().collect(),
            ..Authenticated::new(account.id, Credential::Session, request_id)
        })
    }
}

impl Authenticated {
    fn new(user: UserId, credential: Credential, request_id: &str) -> Self {
        let actor = Actor::new(user, request_id);
        Self { actor, credential, settings: StoredSettings::NotRead, cookies: Vec::new() }
    }
}

//! Who sent a request to the rest of the API.

use domain::ZoneName;
use http::{HeaderMap, HeaderValue, Method};
use storage::{SignedIn, StorageError};

use crate::{
    Actor, Auth, Client,
    cookie::Cookie,
    session::{self, Duration, Live, Presented},
};

/// A request whose sender is known.
#[derive(Debug, Clone)]
pub struct Authenticated {
    /// Who acts.
    pub actor: Actor,
    /// The user's time zone, if one is stored.
    pub zone: Option<ZoneName>,
    /// What the user chose of the policy, as it is stored.
    pub policy: Option<String>,
    /// `Set-Cookie` headers for the answer, when the session slid: send them with whatever the answer is.
    pub cookies: Vec<HeaderValue>,
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
    /// [`StorageError::Busy`] and [`StorageError::NotMigrated`] are 503 with `Retry-After`, all else 500. Log the cause,
    /// and do not send it.
    #[error("cannot read the session")]
    Storage(#[from] StorageError),
}

impl Auth {
    /// Finds out who sent a request: the owner of the session that a bearer token or, without one, the cookie presents.
    /// The session slides as it does under `/api/auth`. A change (any method but GET, HEAD and OPTIONS) that a cookie
    /// carries must come from a page of ours or of a trusted origin.
    ///
    /// # Errors
    /// See [`AuthError`], which says what to answer.
    ///
    /// Source: `better-auth.md`, sections 6 and 7; `http-api.md`, rules for every operation.
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
            actor: Actor::new(account.id, request_id),
            zone,
            policy,
            cookies: (by_cookie && slid).then(cookie).into_iter().collect(),
        })
    }
}

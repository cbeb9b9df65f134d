//! What there is under `/api/auth`, one file each.
//!
//! Source: `better-auth.md`, section 3.

mod delete_user;
mod get_session;
mod jwks;
mod ok;
mod passwords;
mod sessions;
mod sign_in;
mod sign_out;
mod sign_up;
mod token;
mod user;
mod verify_email;

use http::Method;

use crate::{Auth, body::Accepts, call::Call, failure::Failure, reply::Reply};

/// A path with a method that has an answer of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endpoint {
    SignUp,
    SignIn,
    SignOut,
    GetSession,
    PostGetSession,
    Token,
    Jwks,
    ListSessions,
    RevokeSession,
    RevokeOtherSessions,
    RevokeSessions,
    UpdateSession,
    ChangePassword,
    VerifyPassword,
    RequestPasswordReset,
    ResetPassword,
    FollowPasswordReset,
    UpdateUser,
    ChangeEmail,
    ListAccounts,
    SendVerificationEmail,
    VerifyEmail,
    DeleteUser,
    Ok,
}

/// Every endpoint: method, path, bodies. In a path, `:token` stands for one part that is not empty.
const ENDPOINTS: [(&str, &str, Endpoint, Accepts); 24] = [
    ("POST", "/sign-up/email", Endpoint::SignUp, Accepts::JsonOrForm),
    ("POST", "/sign-in/email", Endpoint::SignIn, Accepts::JsonOrForm),
    ("POST", "/sign-out", Endpoint::SignOut, Accepts::Json),
    ("GET", "/get-session", Endpoint::GetSession, Accepts::Nothing),
    ("POST", "/get-session", Endpoint::PostGetSession, Accepts::Nothing),
    ("GET", "/token", Endpoint::Token, Accepts::Nothing),
    ("GET", "/jwks", Endpoint::Jwks, Accepts::Nothing),
    ("GET", "/list-sessions", Endpoint::ListSessions, Accepts::Nothing),
    ("POST", "/revoke-session", Endpoint::RevokeSession, Accepts::Json),
    ("POST", "/revoke-other-sessions", Endpoint::RevokeOtherSessions, Accepts::Json),
    ("POST", "/revoke-sessions", Endpoint::RevokeSessions, Accepts::Json),
    ("POST", "/update-session", Endpoint::UpdateSession, Accepts::Json),
    ("POST", "/change-password", Endpoint::ChangePassword, Accepts::Json),
    ("POST", "/verify-password", Endpoint::VerifyPassword, Accepts::Json),
    ("POST", "/request-password-reset", Endpoint::RequestPasswordReset, Accepts::Json),
    ("POST", "/reset-password", Endpoint::ResetPassword, Accepts::Json),
    ("GET", "/reset-password/:token", Endpoint::FollowPasswordReset, Accepts::Nothing),
    ("POST", "/update-user", Endpoint::UpdateUser, Accepts::Json),
    ("POST", "/change-email", Endpoint::ChangeEmail, Accepts::Json),
    ("GET", "/list-accounts", Endpoint::ListAccounts, Accepts::Nothing),
    ("POST", "/send-verification-email", Endpoint::SendVerificationEmail, Accepts::Json),
    ("GET", "/verify-email", Endpoint::VerifyEmail, Accepts::Nothing),
    ("POST", "/delete-user", Endpoint::DeleteUser, Accepts::Json),
    ("GET", "/ok", Endpoint::Ok, Accepts::Nothing),
];

fn is_at(pattern: &str, path: &str) -> bool {
    match pattern.split_once(':') {
        None => pattern == path,
        Some((before, _)) => {
            path.strip_prefix(before).is_some_and(|part| !part.is_empty() && !part.contains('/'))
        }
    }
}

impl Endpoint {
    /// The pattern of a path at which there is an endpoint, for any method.
    pub(crate) fn pattern(path: &str) -> Option<&'static str> {
        ENDPOINTS.iter().map(|(_, pattern, ..)| *pattern).find(|pattern| is_at(pattern, path))
    }

    /// None is 404: another path, another method, a trailing slash.
    pub(crate) fn find(method: &Method, path: &str) -> Option<(Self, Accepts)> {
        let hit = |(known, pattern, ..): &&(&str, &str, Self, Accepts)| {
            *known == method.as_str() && is_at(pattern, path)
        };
        ENDPOINTS.iter().find(hit).map(|&(_, _, endpoint, accepts)| (endpoint, accepts))
    }

    pub(crate) async fn answer(self, auth: &Auth, call: &mut Call<'_>) -> Result<Reply, Failure> {
        match self {
            Self::SignUp => sign_up::sign_up(auth, call).await,
            Self::SignIn => sign_in::sign_in(auth, call).await,
            Self::SignOut => sign_out::sign_out(auth, call).await,
            Self::GetSession => get_session::get_session(auth, call).await,
            Self::PostGetSession => Err(get_session::post_get_session(call)),
            Self::Token => token::token(auth, call).await,
            Self::Jwks => jwks::jwks(auth).await,
            Self::ListSessions => sessions::list(auth, call).await,
            Self::RevokeSession => sessions::revoke(auth, call).await,
            Self::RevokeOtherSessions => sessions::revoke_others(auth, call).await,
            Self::RevokeSessions => sessions::revoke_all(auth, call).await,
            Self::UpdateSession => sessions::update(auth, call).await,
            Self::ChangePassword => passwords::change(auth, call).await,
            Self::VerifyPassword => passwords::verify(auth, call).await,
            Self::RequestPasswordReset => passwords::request_reset(call),
            Self::ResetPassword => passwords::reset(call),
            Self::FollowPasswordReset => passwords::follow_reset(auth, call),
            Self::UpdateUser => user::update(auth, call).await,
            Self::ChangeEmail => user::change_email(auth, call).await,
            Self::ListAccounts => user::list_accounts(auth, call).await,
            Self::SendVerificationEmail => verify_email::send(call),
            Self::VerifyEmail => verify_email::verify(auth, call).await,
            Self::DeleteUser => delete_user::delete_user(auth, call).await,
            Self::Ok => Ok(ok::ok()),
        }
    }
}

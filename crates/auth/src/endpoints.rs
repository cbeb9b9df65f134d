//! What there is under `/api/auth`, one file each.
//!
//! Source: `better-auth.md`, section 3.

mod delete_user;
mod get_session;
mod ok;
mod sign_in;
mod sign_out;
mod sign_up;

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
    DeleteUser,
    Ok,
}

impl Endpoint {
    /// None is 404: another path, another method, a trailing slash.
    pub(crate) fn find(method: &Method, path: &str) -> Option<Self> {
        Some(match (method.as_str(), path) {
            ("POST", "/sign-up/email") => Self::SignUp,
            ("POST", "/sign-in/email") => Self::SignIn,
            ("POST", "/sign-out") => Self::SignOut,
            ("GET", "/get-session") => Self::GetSession,
            ("POST", "/get-session") => Self::PostGetSession,
            ("POST", "/delete-user") => Self::DeleteUser,
            ("GET", "/ok") => Self::Ok,
            _ => return None,
        })
    }

    pub(crate) fn accepts(self) -> Accepts {
        match self {
            Self::SignUp | Self::SignIn => Accepts::JsonOrForm,
            Self::SignOut | Self::DeleteUser => Accepts::Json,
            Self::GetSession | Self::PostGetSession | Self::Ok => Accepts::Nothing,
        }
    }

    pub(crate) async fn answer(self, auth: &Auth, call: &mut Call<'_>) -> Result<Reply, Failure> {
        match self {
            Self::SignUp => sign_up::sign_up(auth, call).await,
            Self::SignIn => sign_in::sign_in(auth, call).await,
            Self::SignOut => sign_out::sign_out(auth, call).await,
            Self::GetSession => get_session::get_session(auth, call).await,
            Self::PostGetSession => Err(get_session::post_get_session(call)),
            Self::DeleteUser => delete_user::delete_user(auth, call).await,
            Self::Ok => Ok(ok::ok()),
        }
    }
}

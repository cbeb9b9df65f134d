//! The part of Better Auth's bodies that our pages use. `better-auth.md`, section 3.

use serde::{Deserialize, Serialize};

/// Body of `POST /api/auth/sign-up/email`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignUp {
    /// What the user wants to be called.
    pub name: String,
    /// The address to sign in with.
    pub email: String,
    /// 8 to 128 UTF-16 units.
    pub password: String,
}

/// Body of `POST /api/auth/sign-in/email`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignIn {
    /// The address.
    pub email: String,
    /// The password.
    pub password: String,
    /// Whether to stay signed in when the browser is closed.
    pub remember_me: bool,
}

/// Answer of `GET /api/auth/get-session`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Session {
    /// Who is signed in.
    pub user: User,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct User {
    /// The id.
    pub id: String,
    /// What the user is called; may be empty.
    pub name: String,
    /// The address.
    pub email: String,
}

/// Better Auth's form of an error.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AuthProblem {
    /// The status of the answer.
    #[serde(skip)]
    pub status: u16,
    /// One sentence for the user.
    pub message: String,
    /// For programs, upper case.
    #[serde(default)]
    pub code: Option<String>,
}

//! The objects that answers are made of. The order of the fields is the order of the keys.
//!
//! Source: `better-auth.md`, section 3.

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use storage::{Account, Session};

/// U: a user.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct User<'a> {
    name: &'a str,
    email: &'a str,
    email_verified: bool,
    image: Option<&'a str>,
    created_at: Millis,
    updated_at: Millis,
    id: &'a str,
}

impl<'a> From<&'a Account> for User<'a> {
    fn from(account: &'a Account) -> Self {
        Self {
            name: &account.name,
            email: &account.email,
            email_verified: account.email_verified,
            image: account.image.as_deref(),
            created_at: Millis(account.created_at),
            updated_at: Millis(account.updated_at),
            id: &account.id.0,
        }
    }
}

/// S: a session.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionBody<'a> {
    expires_at: Millis,
    token: &'a str,
    created_at: Millis,
    updated_at: Millis,
    ip_address: &'a str,
    user_agent: &'a str,
    user_id: &'a str,
    id: &'a str,
}

impl<'a> From<&'a Session> for SessionBody<'a> {
    fn from(session: &'a Session) -> Self {
        Self {
            expires_at: Millis(session.expires_at),
            token: &session.token,
            created_at: Millis(session.created_at),
            updated_at: Millis(session.updated_at),
            ip_address: session.ip_address.as_deref().unwrap_or_default(),
            user_agent: session.user_agent.as_deref().unwrap_or_default(),
            user_id: &session.user_id.0,
            id: &session.id,
        }
    }
}

/// An instant with exactly three decimals: the client turns only such strings into dates.
#[derive(Debug)]
pub(crate) struct Millis(pub(crate) Timestamp);

impl Serialize for Millis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:.3}", self.0))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("2026-11-23T02:03:22.959Z", "2026-11-23T02:03:22.959Z")]
    #[case("2026-11-23T02:03:22Z", "2026-11-23T02:03:22.000Z")]
    #[case("2026-11-23T02:03:22.959999Z", "2026-11-23T02:03:22.959Z")]
    fn three_decimals(#[case] instant: &str, #[case] written: &str) {
        assert_eq!(serde_json::to_value(Millis(instant.parse().unwrap())).unwrap(), written);
    }
}

//! Where a database is, and how it is reached.

use std::{fmt, str::FromStr, time::Duration};

use log::LevelFilter;
use sqlx::{ConnectOptions, postgres::PgConnectOptions, sqlite::SqliteConnectOptions};

use crate::StorageError;

/// A statement that takes longer gets a line of its own from sqlx, for whoever looks for it: at the usual level it would be
/// one more for each request while a database hangs.
const SLOW: Duration = Duration::from_secs(1);

/// Where a database is: `postgres://…` or `sqlite://path`, and what is known beside that. May hold a password.
#[derive(Clone)]
pub struct Address {
    url: String,
    extra_ca: Option<Vec<u8>>,
    is_direct: bool,
}

impl<T: AsRef<str> + ?Sized> From<&T> for Address {
    fn from(url: &T) -> Self {
        Self { url: url.as_ref().to_owned(), extra_ca: None, is_direct: false }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.url.split(':').next().unwrap_or_default();
        write!(f, "Address({scheme}:…)")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Postgres,
    Sqlite,
}

impl Address {
    /// Trusts the authorities in a PEM file beside the public ones, where the address asks for a checked certificate
    /// (`sslmode=verify-ca`, `verify-full`) and names no file of its own.
    #[must_use]
    pub fn with_extra_ca(self, pem: Vec<u8>) -> Self {
        Self { extra_ca: Some(pem), ..self }
    }

    /// The same database past Neon's pooler, which lends connections by the transaction: what belongs to a session does
    /// not work through it. Any other address stays as it is.
    #[must_use]
    pub fn direct(self) -> Self {
        Self { is_direct: true, ..self }
    }

    pub(crate) fn scheme(&self) -> Result<Scheme, StorageError> {
        match self.url.split_once(':') {
            Some(("postgres" | "postgresql", _)) => Ok(Scheme::Postgres),
            Some(("sqlite", _)) => Ok(Scheme::Sqlite),
            _ => Err(StorageError::UnknownScheme),
        }
    }

    pub(crate) fn postgres(&self) -> sqlx::Result<PgConnectOptions> {
        let options = PgConnectOptions::from_str(&without_channel_binding(&self.url))?;
        let mut options = options.log_slow_statements(LevelFilter::Debug, SLOW);
        if let Some(host) = past_pooler(options.get_host()).filter(|_| self.is_direct) {
            options = options.host(&host);
        }
        let names_a_file = ["sslrootcert=", "ssl-root-cert=", "ssl-ca="];
        let names_a_file = names_a_file.iter().any(|key| self.url.contains(key));
        match &self.extra_ca {
            Some(pem) if !names_a_file => Ok(options.ssl_root_cert_from_pem(pem.clone())),
            _ => Ok(options),
        }
    }

    pub(crate) fn sqlite(&self) -> sqlx::Result<SqliteConnectOptions> {
        let options = SqliteConnectOptions::from_str(&self.url)?;
        Ok(options.log_slow_statements(LevelFilter::Debug, SLOW))
    }
}

/// Neon's addresses ask for channel binding. sqlx does not know it and would warn at each start; without it the sign-in
/// is as safe as the TLS under it.
fn without_channel_binding(url: &str) -> String {
    let Some((address, query)) = url.split_once('?') else {
        return url.to_owned();
    };
    let pairs = query.split('&').filter(|pair| !pair.starts_with("channel_binding="));
    match pairs.collect::<Vec<_>>().join("&") {
        query if query.is_empty() => address.to_owned(),
        query => format!("{address}?{query}"),
    }
}

/// Neon calls the pooler of `ep-name` `ep-name-pooler`.
fn past_pooler(host: &str) -> Option<String> {
    let (endpoint, rest) = host.split_once('.')?;
    let endpoint = endpoint.strip_suffix("-pooler")?;
    rest.ends_with(".neon.tech").then(|| format!("{endpoint}.{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn direct_host(url: &str) -> String {
        Address::from(url).direct().postgres().unwrap().get_host().to_owned()
    }

    #[test]
    fn only_neons_pooler_is_left_out() {
        for (host, direct) in [
            ("ep-a-1-pooler.eu.aws.neon.tech", "ep-a-1.eu.aws.neon.tech"),
            ("ep-a-1.eu.aws.neon.tech", "ep-a-1.eu.aws.neon.tech"),
            ("db-pooler.example.com", "db-pooler.example.com"),
            ("db-pooler.notneon.example", "db-pooler.notneon.example"),
            ("db-pooler", "db-pooler"),
        ] {
            let url = format!("postgres://ada:geheim@{host}/todo?sslmode=require");
            assert_eq!(direct_host(&url), direct);
            assert_eq!(Address::from(&url).postgres().unwrap().get_host(), host);
        }
    }

    #[test]
    fn channel_binding_is_left_out() {
        for (url, rest) in [
            (
                "postgres://h/t?sslmode=require&channel_binding=require",
                "postgres://h/t?sslmode=require",
            ),
            ("postgres://h/t?channel_binding=require&port=1", "postgres://h/t?port=1"),
            ("postgres://h/t?channel_binding=require", "postgres://h/t"),
            ("postgres://h/t", "postgres://h/t"),
        ] {
            assert_eq!(without_channel_binding(url), rest);
        }
    }

    #[test]
    fn nothing_secret_is_printed() {
        let address = Address::from("postgres://ada:geheim@localhost/todo");
        assert_eq!(format!("{address:?}"), "Address(postgres:…)");
    }
}

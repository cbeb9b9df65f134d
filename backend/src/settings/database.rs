//! Where the data is.

use std::fs;

use secrecy::{ExposeSecret, SecretString};
use settings::Mistakes;
use storage::Address;

/// Where the data is.
#[derive(Debug, Clone, clap::Args)]
pub struct DatabaseArguments {
    /// Where the data is: `postgres://user:password@host/database` or `sqlite://path`.
    #[arg(long = "database-url", env = "DATABASE_URL", hide_env_values = true)]
    pub url: Option<SecretString>,
    /// The same database without a pooler in between, for migrations and news of changes; for Neon it follows from
    /// `DATABASE_URL` if absent. `none` behind another pooler in transaction mode: the database is then asked each second.
    #[arg(long = "database-direct-url", env = "DATABASE_DIRECT_URL", hide_env_values = true)]
    pub direct_url: Option<SecretString>,
    /// A PEM file of authorities that are trusted beside the public ones, where `DATABASE_URL` says `sslmode=verify-full`.
    #[arg(long = "extra-ca-file", env = "EXTRA_CA_FILE")]
    pub extra_ca_file: Option<String>,
}

/// Where the data is; the addresses may hold passwords.
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    /// For everything that may go through a pooler.
    pub address: Address,
    /// For migrations.
    pub direct: Address,
    /// Where other replicas' changes are heard of; without it the database is asked.
    pub listen: Option<Address>,
}

impl DatabaseArguments {
    /// Whether it is said where the data is.
    #[must_use]
    pub fn has_url(&self) -> bool {
        self.url.as_ref().is_some_and(|url| !url.expose_secret().is_empty())
    }

    /// The settings; a mistake for each that cannot be used. Empty ones count as absent.
    pub fn read(self, mistakes: &mut Mistakes) -> Option<DatabaseSettings> {
        let filled =
            |value: Option<SecretString>| value.filter(|value| !value.expose_secret().is_empty());
        let extra_ca = match self.extra_ca_file.filter(|path| !path.is_empty()) {
            None => Some(None),
            Some(path) => mistakes.check("EXTRA_CA_FILE", certificates(&path)).map(Some),
        };
        let known = |url: SecretString| {
            let address = Address::from(url.expose_secret());
            let address = match extra_ca.clone().flatten() {
                Some(pem) => address.with_extra_ca(pem),
                None => address,
            };
            storage::check(&address).map(|()| address).map_err(|error| error.to_string())
        };
        let missing = "is missing; set it to postgres://user:password@host/database".to_owned();
        let address = filled(self.url).ok_or(missing).and_then(known);
        let address = mistakes.check("DATABASE_URL", address);
        let given = filled(self.direct_url);
        let has_none = given.as_ref().is_some_and(|url| url.expose_secret() == "none");
        let direct = match given.filter(|_| !has_none) {
            None if has_none => address.clone(),
            None => address.clone().map(Address::direct),
            Some(url) => mistakes.check("DATABASE_DIRECT_URL", known(url)),
        };
        extra_ca?;
        let direct = direct?;
        let listen = (!has_none).then(|| direct.clone());
        Some(DatabaseSettings { address: address?, direct, listen })
    }
}

fn certificates(path: &str) -> Result<Vec<u8>, String> {
    let pem = fs::read(path).map_err(|error| format!("{path}: {error}"))?;
    let begin = b"-----BEGIN CERTIFICATE-----";
    if pem.windows(begin.len()).any(|window| window == begin) {
        Ok(pem)
    } else {
        Err(format!("{path} holds no certificate; it must be PEM text"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: DatabaseArguments) -> Result<DatabaseSettings, String> {
        let mut mistakes = Mistakes::default();
        arguments.read(&mut mistakes).ok_or_else(|| mistakes.message("todo-backend"))
    }

    fn arguments(direct_url: &str, extra_ca_file: &str) -> DatabaseArguments {
        DatabaseArguments {
            url: Some("postgres://ada:geheim@localhost/todo".into()),
            direct_url: Some(direct_url.into()),
            extra_ca_file: Some(extra_ca_file.to_owned()),
        }
    }

    #[test]
    fn empty_settings_are_none() {
        assert!(!format!("{:?}", arguments("postgres://ada:geheim@host/x", "")).contains("geheim"));
        let settings = read(arguments("", "")).unwrap();
        assert!(!format!("{settings:?}").contains("geheim"));
        let nothing = DatabaseArguments { url: Some("".into()), ..arguments("", "") };
        assert!(read(nothing).unwrap_err().contains("DATABASE_URL: is missing"));
    }

    #[test]
    fn without_a_direct_address_nothing_is_heard() {
        assert!(read(arguments("", "")).unwrap().listen.is_some());
        assert!(read(arguments("none", "")).unwrap().listen.is_none());
    }

    #[test]
    fn a_file_without_certificates_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.crt");
        let read = |text: &str| {
            fs::write(&path, text).unwrap();
            read(arguments("", path.to_str().unwrap()))
        };
        assert!(read("-----BEGIN CERTIFICATE-----\n").is_ok());
        let told = read("-----BEGIN PRIVATE KEY-----\ngeheim").unwrap_err();
        assert!(
            told.contains("EXTRA_CA_FILE: ") && told.contains("holds no certificate"),
            "{told}"
        );
        assert!(!told.contains("geheim"), "{told}");
    }

    #[test]
    fn a_direct_address_is_checked_too() {
        let told = read(arguments("mysql://ada:geheim@localhost/todo", "")).unwrap_err();
        assert!(told.contains("DATABASE_DIRECT_URL: ") && !told.contains("geheim"), "{told}");
    }
}

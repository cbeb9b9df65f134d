//! The settings of the backend, by section. `todo` reads the same ones.

mod database;

use std::{num::NonZero, thread::available_parallelism};

use auth::{AuthSettings, Origin};
use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use settings::{Mistakes, TrustedProxies};

pub use self::database::{DatabaseArguments, DatabaseSettings};

/// Everything the backend wants to know.
#[derive(Debug, Clone, clap::Args)]
pub struct BackendArguments {
    /// Where the data is.
    #[command(flatten)]
    pub database: DatabaseArguments,
    /// Who may sign in, and how.
    #[command(flatten)]
    pub auth: AuthArguments,
    /// Who may call, and who is believed.
    #[command(flatten)]
    pub http: HttpArguments,
}

/// Everything the backend knows from outside.
#[derive(Debug)]
pub struct BackendSettings {
    /// Where the data is.
    pub database: DatabaseSettings,
    /// Who may sign in, and how.
    pub auth: AuthSettings,
    /// Who may call, and who is believed.
    pub http: HttpSettings,
}

impl BackendArguments {
    /// The settings; a mistake for each that cannot be used.
    pub fn read(self, mistakes: &mut Mistakes) -> Option<BackendSettings> {
        let database = self.database.read(mistakes);
        let auth = self.auth.read(mistakes);
        let http = self.http.read(mistakes);
        Some(BackendSettings { database: database?, auth: auth?, http: http? })
    }
}

/// Who may sign in, and how.
#[derive(Debug, Clone, clap::Args)]
pub struct AuthArguments {
    /// Signs cookies: the same on every replica, and the one of the system that was taken over.
    #[arg(long = "better-auth-secret", env = "BETTER_AUTH_SECRET", hide_env_values = true)]
    pub secret: Option<String>,
    /// What the browser calls this application, such as <https://todo.example.com>; the request's own origin if absent.
    #[arg(long = "better-auth-url", env = "BETTER_AUTH_URL")]
    pub base_url: Option<String>,
    /// More origins whose pages may act for a signed-in user, separated by commas.
    #[arg(
        long = "better-auth-trusted-origins",
        env = "BETTER_AUTH_TRUSTED_ORIGINS",
        default_value = ""
    )]
    pub trusted_origins: String,
    /// Who may register: open, or closed.
    #[arg(long = "auth-sign-up", env = "AUTH_SIGN_UP", default_value = "open")]
    pub sign_up: String,
    /// Password hashes at once, 32 MiB and a processor each; processors, at most 4, if absent.
    #[arg(long = "auth-hash-parallel", env = "AUTH_HASH_PARALLEL")]
    pub hash_parallel: Option<String>,
}

/// Documented placeholders: whoever knows them could sign in as anybody.
const PLACEHOLDERS: [&str; 4] =
    ["better-auth-secret-12345678901234567890", "changeme", "secret", "your-shared-secret"];

impl AuthArguments {
    /// The settings of the crate `auth`; a mistake for each that cannot be used.
    pub fn read(self, mistakes: &mut Mistakes) -> Option<AuthSettings> {
        let secret = mistakes.check("BETTER_AUTH_SECRET", secret(self.secret));
        let base_url = match self.base_url.filter(|url| !url.is_empty()) {
            None => Some(None),
            Some(url) => mistakes.check("BETTER_AUTH_URL", Origin::parse(&url)).map(Some),
        };
        let trusted = list(&self.trusted_origins).map(Origin::parse).collect::<Result<_, _>>();
        let trusted_origins = mistakes.check("BETTER_AUTH_TRUSTED_ORIGINS", trusted);
        let open = match &*self.sign_up {
            "open" => Ok(true),
            "closed" => Ok(false),
            _ => Err("must be open or closed"),
        };
        let sign_up_open = mistakes.check("AUTH_SIGN_UP", open);
        let parallel = match self.hash_parallel.filter(|number| !number.is_empty()) {
            None => Ok(available_parallelism().map_or(1, NonZero::get).min(4)),
            Some(number) => number
                .parse::<NonZero<usize>>()
                .map(NonZero::get)
                .map_err(|_| "must be a whole number from 1"),
        };
        let hash_parallel = mistakes.check("AUTH_HASH_PARALLEL", parallel);
        Some(AuthSettings {
            secret: secret?,
            base_url: base_url?,
            trusted_origins: trusted_origins?,
            sign_up_open: sign_up_open?,
            hash_parallel: hash_parallel?,
        })
    }
}

fn secret(given: Option<String>) -> Result<SecretString, &'static str> {
    let secret = given.filter(|secret| !secret.is_empty());
    let secret = secret.ok_or("is missing; make one with `openssl rand -base64 32`")?;
    if PLACEHOLDERS.contains(&&*secret) {
        return Err("is a documented placeholder; make one with `openssl rand -base64 32`");
    }
    Ok(SecretString::from(secret))
}

/// Tells the operator's log of a secret that is easy to guess.
pub(crate) fn warn_of_short_secret(settings: &AuthSettings) {
    if settings.secret.expose_secret().len() < 32 {
        tracing::warn!("BETTER_AUTH_SECRET has less than 32 characters: easy to guess");
    }
}

/// Who may call, and who is believed.
#[derive(Debug, Clone, clap::Args)]
pub struct HttpArguments {
    /// Proxies whose X-Forwarded-* is believed: addresses and networks, separated by commas; empty is nobody.
    #[arg(long = "trusted-proxies", env = "TRUSTED_PROXIES", default_value = "loopback")]
    pub trusted_proxies: String,
    /// Origins whose pages may call from another site, separated by commas.
    #[arg(long = "cors-origins", env = "CORS_ORIGINS", default_value = "http://localhost:3000")]
    pub cors_origins: String,
}

/// Who may call, and who is believed.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// Proxies whose `X-Forwarded-*` is believed.
    pub trusted_proxies: TrustedProxies,
    /// Origins whose pages may call from another site.
    pub cors_origins: Vec<HeaderValue>,
}

impl HttpArguments {
    /// The settings; a mistake for each that cannot be used.
    pub fn read(self, mistakes: &mut Mistakes) -> Option<HttpSettings> {
        let proxies = mistakes.check("TRUSTED_PROXIES", self.trusted_proxies.parse());
        let origin = |text| -> Result<HeaderValue, String> {
            let origin = Origin::parse(text).map_err(|error| error.to_string())?;
            HeaderValue::from_str(origin.as_str()).map_err(|error| error.to_string())
        };
        let origins = list(&self.cors_origins).map(origin).collect::<Result<_, _>>();
        let cors_origins = mistakes.check("CORS_ORIGINS", origins);
        Some(HttpSettings { trusted_proxies: proxies?, cors_origins: cors_origins? })
    }
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments() -> AuthArguments {
        AuthArguments {
            secret: Some("0123456789abcdefghijklmnopqrstuvwxyzABCDEF".to_owned()),
            base_url: None,
            trusted_origins: String::new(),
            sign_up: "open".to_owned(),
            hash_parallel: None,
        }
    }

    #[test]
    fn all_mistakes_are_told_at_once() {
        let mut mistakes = Mistakes::default();
        let wrong = AuthArguments {
            secret: Some("changeme".to_owned()),
            base_url: Some("todo.example.com".to_owned()),
            trusted_origins: "http://ok, nonsense".to_owned(),
            sign_up: "maybe".to_owned(),
            hash_parallel: Some("0".to_owned()),
        };
        assert!(wrong.read(&mut mistakes).is_none());
        let database = DatabaseArguments {
            url: Some("postgres://u:hidden@localhost:notaport/x".to_owned()),
            direct_url: Some("hidden".to_owned()),
            extra_ca_file: Some("/nowhere/ca.crt".to_owned()),
        };
        assert!(database.read(&mut mistakes).is_none());
        let message = mistakes.message("todo-backend");
        for name in [
            "BETTER_AUTH_SECRET",
            "BETTER_AUTH_URL",
            "BETTER_AUTH_TRUSTED_ORIGINS",
            "AUTH_SIGN_UP",
            "AUTH_HASH_PARALLEL",
            "DATABASE_URL",
            "DATABASE_DIRECT_URL",
            "EXTRA_CA_FILE",
        ] {
            assert!(message.contains(&format!("\n  {name}: ")), "{message}");
        }
        for secret in ["changeme", "hidden"] {
            assert!(!message.contains(secret), "a secret is never shown: {message}");
        }
    }

    #[test]
    fn defaults_are_enough_beside_the_secret() {
        let mut mistakes = Mistakes::default();
        assert!(arguments().read(&mut mistakes).is_some());
        for secret in [None, Some(String::new())] {
            let mut mistakes = Mistakes::default();
            assert!(AuthArguments { secret, ..arguments() }.read(&mut mistakes).is_none());
        }
    }
}

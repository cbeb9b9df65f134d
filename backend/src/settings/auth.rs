//! Who may sign in, and how.

use std::{num::NonZero, thread::available_parallelism};

use auth::{AuthSettings, Origin, RateLimits};
use secrecy::{ExposeSecret, SecretString};
use settings::Mistakes;

use super::{list, memory};

/// Who may sign in, and how.
#[derive(Debug, Clone, clap::Args)]
pub struct AuthArguments {
    /// Signs cookies: the same on every replica, and the one of the system that was taken over.
    #[arg(long = "better-auth-secret", env = "BETTER_AUTH_SECRET", hide_env_values = true)]
    pub secret: Option<SecretString>,
    /// What the browser calls this application, such as <https://todo.example.com>; the request's own origin if absent.
    #[arg(long = "better-auth-url", env = "BETTER_AUTH_URL")]
    pub base_url: Option<String>,
    /// More origins whose pages may sign users in and act for them, separated by commas.
    #[arg(
        long = "better-auth-trusted-origins",
        env = "BETTER_AUTH_TRUSTED_ORIGINS",
        default_value = ""
    )]
    pub trusted_origins: String,
    /// Who may register: open, or closed.
    #[arg(long = "auth-sign-up", env = "AUTH_SIGN_UP", default_value = "open")]
    pub sign_up: String,
    /// Password hashes at once, 32 MiB and a processor each; if absent, processors, at most 4, in half the memory limit.
    #[arg(long = "auth-hash-parallel", env = "AUTH_HASH_PARALLEL")]
    pub hash_parallel: Option<String>,
    /// Seconds that an issued JWT lives.
    #[arg(long = "auth-jwt-seconds", env = "AUTH_JWT_SECONDS", default_value = "900")]
    pub jwt_seconds: String,
    /// Whether a JWT signed with the secret (HS256) is believed, whomever it names: off, or verify.
    #[arg(long = "auth-hs256", env = "AUTH_HS256", default_value = "off")]
    pub hs256: String,
    /// What `iss` of a JWT may be, separated by commas; anything if empty.
    #[arg(long = "auth-jwt-issuers", env = "AUTH_JWT_ISSUERS", default_value = "")]
    pub jwt_issuers: String,
    /// What `aud` of a JWT may be, separated by commas; anything if empty.
    #[arg(long = "auth-jwt-audiences", env = "AUTH_JWT_AUDIENCES", default_value = "")]
    pub jwt_audiences: String,
    /// Where sign-ins are counted, three in ten seconds from an address: database, memory (each replica alone), or off.
    #[arg(long = "auth-rate-limits", env = "AUTH_RATE_LIMITS", default_value = "database")]
    pub rate_limits: String,
}

/// Documented placeholders: whoever knows them could sign in as anybody.
const PLACEHOLDERS: [&str; 4] =
    ["better-auth-secret-12345678901234567890", "changeme", "secret", "your-shared-secret"];

/// What one password hash takes.
const HASH_BYTES: u64 = 32 << 20;

impl AuthArguments {
    /// Whether a secret is given; an empty one is none.
    #[must_use]
    pub fn has_secret(&self) -> bool {
        self.secret.as_ref().is_some_and(|secret| !secret.expose_secret().is_empty())
    }

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
        let parallel = hash_parallel(self.hash_parallel.as_deref().unwrap_or_default());
        let hash_parallel = mistakes.check("AUTH_HASH_PARALLEL", parallel);
        let seconds = self.jwt_seconds.parse::<NonZero<u32>>().map(NonZero::get);
        let seconds = seconds.map_err(|_| "must be a whole number from 1");
        let jwt_seconds = mistakes.check("AUTH_JWT_SECONDS", seconds);
        let hs256 = match &*self.hs256 {
            "off" | "false" => Ok(false), // what YAML makes of `off` on its way to todo.json
            "verify" => Ok(true),
            _ => Err("must be off or verify"),
        };
        let hs256 = mistakes.check("AUTH_HS256", hs256);
        let limits = match &*self.rate_limits {
            "off" | "false" => Ok(RateLimits::Off),
            "memory" => Ok(RateLimits::Memory),
            "database" => Ok(RateLimits::Database),
            _ => Err("must be off, memory or database"),
        };
        let rate_limits = mistakes.check("AUTH_RATE_LIMITS", limits);
        Some(AuthSettings {
            secret: secret?,
            base_url: base_url?,
            trusted_origins: trusted_origins?,
            sign_up_open: sign_up_open?,
            hash_parallel: hash_parallel?,
            jwt_seconds: jwt_seconds?,
            hs256: hs256?,
            jwt_issuers: list(&self.jwt_issuers).map(str::to_owned).collect(),
            jwt_audiences: list(&self.jwt_audiences).map(str::to_owned).collect(),
            rate_limits: rate_limits?,
        })
    }
}

fn hash_parallel(given: &str) -> Result<usize, &'static str> {
    if given.is_empty() {
        let processors = available_parallelism().map_or(1, NonZero::get);
        return Ok(usual_parallel(processors, memory::limit()));
    }
    given.parse::<NonZero<usize>>().map(NonZero::get).map_err(|_| "must be a whole number from 1")
}

/// As many as there are processors, at most 4, and together at most half of the memory, but at least 1.
fn usual_parallel(processors: usize, memory: Option<u64>) -> usize {
    let fit = memory.map_or(u64::MAX, |bytes| bytes / 2 / HASH_BYTES);
    processors.min(4).min(usize::try_from(fit).unwrap_or(usize::MAX)).max(1)
}

fn secret(given: Option<SecretString>) -> Result<SecretString, &'static str> {
    let secret = given.filter(|secret| !secret.expose_secret().is_empty());
    let secret = secret.ok_or("is missing; make one with `openssl rand -base64 32`")?;
    if PLACEHOLDERS.contains(&secret.expose_secret()) {
        return Err("is a documented placeholder; make one with `openssl rand -base64 32`");
    }
    Ok(secret)
}

/// Tells the operator's log of a secret that is easy to guess.
pub(crate) fn warn_of_short_secret(settings: &AuthSettings) {
    if settings.secret.expose_secret().len() < 32 {
        tracing::warn!("BETTER_AUTH_SECRET has less than 32 characters: easy to guess");
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::DatabaseArguments;

    fn arguments() -> AuthArguments {
        AuthArguments {
            secret: Some("0123456789abcdefghijklmnopqrstuvwxyzABCDEF".into()),
            base_url: None,
            trusted_origins: String::new(),
            sign_up: "open".to_owned(),
            hash_parallel: None,
            jwt_seconds: "900".to_owned(),
            hs256: "off".to_owned(),
            jwt_issuers: String::new(),
            jwt_audiences: String::new(),
            rate_limits: "database".to_owned(),
        }
    }

    #[test]
    fn all_mistakes_are_told_at_once() {
        let mut mistakes = Mistakes::default();
        let wrong = AuthArguments {
            secret: Some("changeme".into()),
            base_url: Some("todo.example.com".to_owned()),
            trusted_origins: "http://ok, nonsense".to_owned(),
            sign_up: "maybe".to_owned(),
            hash_parallel: Some("0".to_owned()),
            jwt_seconds: "15m".to_owned(),
            hs256: "sign".to_owned(),
            rate_limits: "on".to_owned(),
            ..arguments()
        };
        assert!(wrong.read(&mut mistakes).is_none());
        let database = DatabaseArguments {
            url: Some("postgres://u:hidden@localhost:notaport/x".into()),
            direct_url: Some("hidden".into()),
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
            "AUTH_JWT_SECONDS",
            "AUTH_HS256",
            "AUTH_RATE_LIMITS",
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
        let settings = arguments().read(&mut mistakes).unwrap();
        assert_eq!((settings.jwt_seconds, settings.hs256), (900, false));
        assert_eq!(settings.rate_limits, RateLimits::Database);
        for secret in [None, Some("".into())] {
            let mut mistakes = Mistakes::default();
            assert!(AuthArguments { secret, ..arguments() }.read(&mut mistakes).is_none());
        }
    }

    #[test]
    fn words_become_what_they_say() {
        let mut mistakes = Mistakes::default();
        let usual = arguments().read(&mut mistakes).unwrap();
        assert!(usual.sign_up_open);
        let told = AuthArguments {
            sign_up: "closed".to_owned(),
            hs256: "verify".to_owned(),
            rate_limits: "memory".to_owned(),
            ..arguments()
        };
        let told = told.read(&mut mistakes).unwrap();
        assert_eq!(
            (told.sign_up_open, told.hs256, told.rate_limits),
            (false, true, RateLimits::Memory)
        );
    }

    #[test]
    fn no_log_tells_the_secret() {
        assert!(!format!("{:?}", arguments()).contains("0123456789"));
    }

    #[test]
    fn lists_are_separated_by_commas() {
        let mut mistakes = Mistakes::default();
        let issuers = "https://a.example, https://b.example,".to_owned();
        let read = AuthArguments { jwt_issuers: issuers, ..arguments() }.read(&mut mistakes);
        assert_eq!(read.unwrap().jwt_issuers, ["https://a.example", "https://b.example"]);
    }

    #[rstest]
    #[case::processors(2, None, 2)]
    #[case::at_most_four(64, None, 4)]
    #[case::half_the_memory(8, Some(128 << 20), 2)]
    #[case::at_least_one(8, Some(32 << 20), 1)]
    #[case::much_memory(3, Some(64 << 30), 3)]
    fn hashes_fit_the_machine(
        #[case] processors: usize,
        #[case] memory: Option<u64>,
        #[case] parallel: usize,
    ) {
        assert_eq!(usual_parallel(processors, memory), parallel);
    }
}

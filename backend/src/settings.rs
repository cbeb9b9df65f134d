//! The settings of the backend, by section. `todo` reads the same ones.

mod auth;
mod database;
mod memory;

use ::auth::{AuthSettings, Origin};
use settings::{Mistakes, TrustedProxies};

pub(crate) use self::auth::warn_of_short_secret;
pub use self::{
    auth::AuthArguments,
    database::{DatabaseArguments, DatabaseSettings},
};

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

/// Who may call, and who is believed.
#[derive(Debug, Clone, clap::Args)]
pub struct HttpArguments {
    /// Proxies whose X-Forwarded-* is believed: addresses and networks, separated by commas; empty is nobody.
    #[arg(long = "trusted-proxies", env = "TRUSTED_PROXIES", default_value = "loopback")]
    pub trusted_proxies: String,
    /// Origins whose pages may use the API from another site with the user's cookie, separated by commas.
    #[arg(long = "cors-origins", env = "CORS_ORIGINS", default_value = "http://localhost:3000")]
    pub cors_origins: String,
}

/// Who may call, and who is believed.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// Proxies whose `X-Forwarded-*` is believed.
    pub trusted_proxies: TrustedProxies,
    /// Origins whose pages may call from another site.
    pub cors_origins: Vec<Origin>,
}

impl HttpArguments {
    /// The settings; a mistake for each that cannot be used.
    pub fn read(self, mistakes: &mut Mistakes) -> Option<HttpSettings> {
        let proxies = mistakes.check("TRUSTED_PROXIES", self.trusted_proxies.parse());
        let origins = list(&self.cors_origins).map(Origin::parse).collect::<Result<_, _>>();
        let cors_origins = mistakes.check("CORS_ORIGINS", origins);
        Some(HttpSettings { trusted_proxies: proxies?, cors_origins: cors_origins? })
    }
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

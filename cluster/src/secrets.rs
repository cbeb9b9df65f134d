//! Which database and which secrets the release gets: what was given, what it has already, or the development profile.

use crate::{env_file, paths};
use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};
use std::path::Path;

/// A setting's variable, and its place under `secrets` in the chart's values.
const NAMES: [(&str, &str); 4] = [
    ("DATABASE_URL", DATABASE),
    ("DATABASE_DIRECT_URL", DIRECT),
    ("BETTER_AUTH_SECRET", AUTH),
    ("OPENAI_API_KEY", MODEL),
];
const DATABASE: &str = "databaseUrl";
const DIRECT: &str = "databaseDirectUrl";
const AUTH: &str = "betterAuthSecret";
const MODEL: &str = "openaiApiKey";

/// Secrets by their place in the chart's values. Has no `Debug`: nothing may print it by accident.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secrets(Map<String, Value>);

impl Secrets {
    /// From the environment, and for what is not there from a file.
    pub fn given(file: Option<&Path>) -> Result<Self> {
        let file = match file {
            Some(file) => Some(file.to_owned()),
            None => Some(paths::root().join(".env")).filter(|file| file.exists()),
        };
        let mut values = match &file {
            Some(file) => {
                let text = std::fs::read_to_string(file);
                let text = text.with_context(|| format!("cannot read {}", file.display()))?;
                env_file::parse(&text).with_context(|| file.display().to_string())?
            }
            None => std::collections::BTreeMap::new(),
        };
        for (name, _) in NAMES {
            if let Some(value) = std::env::var(name).ok().filter(|value| !value.is_empty()) {
                values.insert(name.to_owned(), value);
            }
        }
        Self::default().with(|name| values.remove(name)).checked()
    }

    fn with(mut self, mut value: impl FnMut(&str) -> Option<String>) -> Self {
        for (name, key) in NAMES {
            if let Some(value) = value(name).filter(|value| !value.is_empty()) {
                self.0.insert(key.to_owned(), Value::String(value));
            }
        }
        self
    }

    fn checked(self) -> Result<Self> {
        for (name, key) in &NAMES[..2] {
            let is_postgres =
                |url: &str| url.starts_with("postgres://") || url.starts_with("postgresql://");
            if self.get(key).is_some_and(|url| !is_postgres(url)) {
                bail!(
                    "{name} must begin with postgres:// or postgresql://: the cluster has no other database"
                );
            }
        }
        Ok(self)
    }

    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(Value::as_str).filter(|value| !value.is_empty())
    }

    fn keep(&mut self, key: &str, from: &Self) {
        if let (None, Some(value)) = (self.get(key), from.get(key)) {
            self.0.insert(key.to_owned(), value.into());
        }
    }
}

/// Where the release finds its database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// A small Postgres beside it, made by the chart.
    Development,
    /// One outside, by its address.
    External,
}

/// What is installed already.
pub struct Installed {
    profile: Profile,
    secrets: Secrets,
    /// `existingSecret` and its keys, when the release uses a Secret that somebody else made.
    foreign: Map<String, Value>,
}

impl Installed {
    /// Where it finds its database.
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// Reads it from the values the release was given.
    pub fn read(values: &Value) -> Self {
        let secrets = Secrets(values["secrets"].as_object().cloned().unwrap_or_default());
        let foreign: Map<String, Value> = ["existingSecret", "existingSecretKeys"]
            .into_iter()
            .filter_map(|key| Some((key.to_owned(), values.get(key)?.clone())))
            .collect();
        let has_foreign = foreign
            .get("existingSecret")
            .and_then(Value::as_str)
            .is_some_and(|name| !name.is_empty());
        let external = has_foreign || secrets.get(DATABASE).is_some();
        let profile = if external { Profile::External } else { Profile::Development };
        Self { profile, secrets, foreign: if has_foreign { foreign } else { Map::new() } }
    }
}

/// What the release will get.
pub struct Choice {
    pub profile: Profile,
    /// A values document.
    pub values: Value,
    /// What to tell about it.
    pub note: String,
}

/// What is asked for by flags, whatever was given.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wish<'a> {
    Nothing,
    /// The development profile.
    Development,
    /// A Secret that somebody else made.
    ExistingSecret(&'a str),
}

/// Decides. A release never changes its database because a variable was forgotten: what it has stays, unless another
/// address, another Secret or the development profile is asked for.
///
/// # Errors
/// A database outside needs a secret of one's own, and there is none.
pub fn choose(given: &Secrets, installed: Option<&Installed>, wish: Wish) -> Result<Choice> {
    if let Wish::ExistingSecret(name) = wish {
        return Ok(foreign(given, installed, name));
    }
    let development = wish == Wish::Development;
    let given_url = given.get(DATABASE).filter(|_| !development);
    match (given_url, installed) {
        (Some(_), installed) => external(given, installed),
        (None, Some(installed)) if installed.profile == Profile::External && !development => {
            Ok(kept(given, installed))
        }
        (None, installed) => Ok(in_development(given, installed)),
    }
}

fn external(given: &Secrets, installed: Option<&Installed>) -> Result<Choice> {
    let mut secrets = given.clone();
    let mut note = "the database of DATABASE_URL".to_owned();
    match installed {
        Some(Installed { profile: Profile::External, secrets: had, .. }) => {
            secrets.keep(AUTH, had);
            secrets.keep(MODEL, had);
            if secrets.get(DATABASE) == had.get(DATABASE) {
                secrets.keep(DIRECT, had);
            }
        }
        Some(Installed { secrets: had, .. }) => {
            secrets.keep(MODEL, had);
            note += "; the release leaves its development Postgres, whose data stays in its volume claim";
        }
        None => {}
    }
    if secrets.get(AUTH).is_none() {
        bail!(
            "DATABASE_URL is set and BETTER_AUTH_SECRET is not. It signs the cookies of everybody signed in: make one, \
             keep it, and give it each time:\n  export BETTER_AUTH_SECRET=\"$(openssl rand -base64 32)\""
        );
    }
    Ok(Choice { profile: Profile::External, values: json!({ "secrets": secrets.0 }), note })
}

fn kept(given: &Secrets, installed: &Installed) -> Choice {
    if let Some(name) = installed.foreign.get("existingSecret").and_then(Value::as_str) {
        return foreign(given, Some(installed), name);
    }
    let mut secrets = given.clone();
    for (_, key) in NAMES {
        secrets.keep(key, &installed.secrets);
    }
    let note = "DATABASE_URL is not set: the release keeps the database it has (--dev gives it one of its own)";
    let values = json!({ "secrets": secrets.0 });
    Choice { profile: Profile::External, values, note: note.to_owned() }
}

/// Everything comes from that Secret; what was given beside it would be dropped in silence, so it is told.
fn foreign(given: &Secrets, installed: Option<&Installed>, name: &str) -> Choice {
    let mut values = installed.map(|installed| installed.foreign.clone()).unwrap_or_default();
    let is_known = values.insert("existingSecret".to_owned(), name.into()) == Some(name.into());
    let known = if is_known { ", which the release already uses" } else { "" };
    let unused: Vec<&str> =
        NAMES.iter().filter(|(_, key)| given.get(key).is_some()).map(|(name, _)| *name).collect();
    let unused = match unused.join(", ") {
        none if none.is_empty() => none,
        names => format!("; not used, since they belong into that Secret: {names}"),
    };
    let note = format!("the database of the Secret {name}{known}{unused}");
    Choice { profile: Profile::External, values: Value::Object(values), note }
}

fn in_development(given: &Secrets, installed: Option<&Installed>) -> Choice {
    let mut secrets = given.clone();
    secrets.0.remove(DATABASE);
    secrets.0.remove(DIRECT);
    let mut note = "a small Postgres in the cluster (development profile)".to_owned();
    match installed {
        Some(Installed { profile: Profile::Development, secrets: had, .. }) => {
            secrets.keep(AUTH, had);
            secrets.keep(MODEL, had);
        }
        Some(Installed { secrets: had, .. }) => {
            secrets.keep(MODEL, had);
            note += "; the release leaves the database outside, which is not touched";
        }
        None => {}
    }
    Choice { profile: Profile::Development, values: json!({ "secrets": secrets.0 }), note }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const URL: &str = "postgres://todo@db.example/todo";

    fn secrets(names: &[(&str, &str)]) -> Secrets {
        let value =
            |name: &str| names.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        Secrets::default().with(value)
    }

    fn outside() -> Installed {
        Installed::read(&json!({ "secrets": { "databaseUrl": URL, "betterAuthSecret": "own",
            "databaseDirectUrl": "postgres://direct", "openaiApiKey": "sk" } }))
    }

    fn in_cluster() -> Installed {
        Installed::read(
            &json!({ "devPostgres": { "enabled": true }, "secrets": { "betterAuthSecret": "dev" } }),
        )
    }

    #[test]
    fn nothing_given_is_the_development_profile() {
        let choice = choose(&secrets(&[]), None, Wish::Nothing).unwrap();
        assert_eq!(
            (choice.profile, choice.values),
            (Profile::Development, json!({ "secrets": {} }))
        );
    }

    #[test]
    fn a_database_outside_needs_a_secret() {
        let refused =
            choose(&secrets(&[("DATABASE_URL", URL)]), None, Wish::Nothing).err().unwrap();
        assert!(refused.to_string().contains("openssl rand -base64 32"), "{refused}");
        assert!(!refused.to_string().contains(URL), "{refused}");
        let given = secrets(&[("DATABASE_URL", URL), ("BETTER_AUTH_SECRET", "own")]);
        let choice = choose(&given, None, Wish::Nothing).unwrap();
        assert_eq!(
            choice.values,
            json!({ "secrets": { "databaseUrl": URL, "betterAuthSecret": "own" } })
        );
    }

    #[test]
    fn the_constant_of_development_is_no_secret_for_a_database_outside() {
        assert!(
            choose(&secrets(&[("DATABASE_URL", URL)]), Some(&in_cluster()), Wish::Nothing).is_err()
        );
    }

    #[test]
    fn a_forgotten_variable_changes_no_database() {
        let choice =
            choose(&secrets(&[("OPENAI_API_KEY", "new")]), Some(&outside()), Wish::Nothing)
                .unwrap();
        assert_eq!(choice.profile, Profile::External);
        assert_eq!(
            choice.values,
            json!({ "secrets": { "databaseUrl": URL, "betterAuthSecret": "own",
            "databaseDirectUrl": "postgres://direct", "openaiApiKey": "new" } })
        );
        assert!(choice.note.contains("keeps"), "{}", choice.note);
    }

    #[test]
    fn the_address_given_again_keeps_the_rest() {
        let choice =
            choose(&secrets(&[("DATABASE_URL", URL)]), Some(&outside()), Wish::Nothing).unwrap();
        assert_eq!(choice.values["secrets"]["betterAuthSecret"], "own");
        assert_eq!(choice.values["secrets"]["databaseDirectUrl"], "postgres://direct");
    }

    #[test]
    fn another_address_forgets_the_direct_one() {
        let given = secrets(&[("DATABASE_URL", "postgres://other")]);
        let choice = choose(&given, Some(&outside()), Wish::Nothing).unwrap();
        assert_eq!(
            choice.values,
            json!({ "secrets": { "databaseUrl": "postgres://other",
            "betterAuthSecret": "own", "openaiApiKey": "sk" } })
        );
    }

    #[rstest]
    #[case::alone(&[])]
    #[case::with_an_address(&[("DATABASE_URL", URL)])]
    fn development_can_be_asked_for(#[case] given: &[(&str, &str)]) {
        let choice = choose(&secrets(given), Some(&outside()), Wish::Development).unwrap();
        assert_eq!(choice.profile, Profile::Development);
        assert_eq!(choice.values, json!({ "secrets": { "openaiApiKey": "sk" } }));
    }

    #[test]
    fn a_secret_made_by_somebody_else_stays() {
        let values =
            json!({ "existingSecret": "mine", "existingSecretKeys": { "databaseUrl": "url" } });
        let choice = choose(&secrets(&[]), Some(&Installed::read(&values)), Wish::Nothing).unwrap();
        assert_eq!((choice.profile, choice.values), (Profile::External, values));
    }

    #[test]
    fn a_secret_made_by_somebody_else_can_be_named() {
        let given = secrets(&[("DATABASE_URL", URL), ("OPENAI_API_KEY", "sk-hidden")]);
        let wish = Wish::ExistingSecret("mine");
        for installed in [None, Some(&outside())] {
            let choice = choose(&given, installed, wish).unwrap();
            let expected = (Profile::External, json!({ "existingSecret": "mine" }));
            assert_eq!((choice.profile, choice.values), expected);
            assert_eq!(
                choice.note,
                "the database of the Secret mine; not used, since they belong into that Secret: DATABASE_URL, \
                 OPENAI_API_KEY"
            );
        }
    }

    #[test]
    fn a_secret_of_another_name_has_the_same_keys() {
        let keys = json!({ "databaseUrl": "url" });
        let values = json!({ "existingSecret": "mine", "existingSecretKeys": keys });
        let wish = Wish::ExistingSecret("another");
        let choice = choose(&secrets(&[]), Some(&Installed::read(&values)), wish).unwrap();
        let expected = json!({ "existingSecret": "another", "existingSecretKeys": keys });
        assert_eq!(choice.values, expected);
        assert_eq!(choice.note, "the database of the Secret another");
    }

    #[test]
    fn what_a_kept_secret_leaves_unused_is_told() {
        let installed = Installed::read(&json!({ "existingSecret": "mine" }));
        let given = secrets(&[("BETTER_AUTH_SECRET", "hidden")]);
        let note = choose(&given, Some(&installed), Wish::Nothing).unwrap().note;
        assert_eq!(
            note,
            "the database of the Secret mine, which the release already uses; not used, since they belong into that \
             Secret: BETTER_AUTH_SECRET"
        );
    }

    #[test]
    fn development_keeps_a_secret_of_ones_own() {
        let choice = choose(&secrets(&[]), Some(&in_cluster()), Wish::Nothing).unwrap();
        assert_eq!(choice.values, json!({ "secrets": { "betterAuthSecret": "dev" } }));
    }

    #[test]
    fn another_kind_of_database_is_refused() {
        let refused = secrets(&[("DATABASE_URL", "sqlite://data.db")]).checked().err().unwrap();
        assert!(refused.to_string().starts_with("DATABASE_URL must begin with"), "{refused}");
    }

    #[test]
    fn a_release_without_values_is_in_development() {
        assert!(Installed::read(&Value::Null).profile == Profile::Development);
    }
}

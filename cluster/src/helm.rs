//! Helm as a program, and what it tells of a release.

use crate::{paths, process, target::Target};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;

/// The oldest that checks a schema of draft 2020-12, which the chart has.
pub const OLDEST: (u32, u32) = (3, 18);

/// What is installed under a release's name, and in which state the last command left it.
#[derive(Debug, Deserialize)]
pub struct Status {
    pub info: Info,
}

#[derive(Debug, Deserialize)]
pub struct Info {
    pub status: String,
    /// When the last install, upgrade or rollback began.
    #[serde(default)]
    pub last_deployed: String,
    /// When the uninstall began.
    #[serde(default)]
    pub deleted: String,
}

/// One entry of a release's history.
#[derive(Debug, Deserialize)]
pub struct Revision {
    pub revision: u32,
    pub status: String,
}

/// Everything that one install or upgrade is told, but the secrets.
#[derive(Debug, Clone)]
pub struct Install {
    /// Values files, a later one wins.
    pub files: Vec<PathBuf>,
    /// `KEY=VALUE`, they win over all files.
    pub set: Vec<String>,
}

impl Target {
    /// The release's state, if there is such a release.
    pub fn release_status(&self) -> Result<Option<Status>> {
        let mut command = self.helm(&["status", &self.release, "--output=json"]);
        match process::json(&mut command) {
            Ok(status) => Ok(Some(status)),
            Err(error) if error.to_string().contains("release: not found") => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// All revisions of the release, the oldest first.
    pub fn history(&self) -> Result<Vec<Revision>> {
        process::json(&mut self.helm(&["history", &self.release, "--output=json"]))
    }

    /// What was given when the release was last installed or upgraded, secrets included.
    pub fn release_values(&self) -> Result<Value> {
        process::json(&mut self.helm(&["get", "values", &self.release, "--output=json"]))
    }

    /// `helm upgrade --install`; `values` goes in by standard input, since it holds the secrets.
    pub fn upgrade_command(&self, install: &Install) -> Command {
        let mut command = self.helm(&["upgrade", "--install", &self.release]);
        command.arg(paths::chart());
        for file in &install.files {
            command.arg("--values").arg(file);
        }
        command.args(["--values", "-"]);
        for set in &install.set {
            command.args(["--set", set]);
        }
        // Helm 4 applies on the server, where a field that `kubectl scale` set stays that command's unless taken back.
        if version().is_ok_and(|version| version >= (4, 0)) {
            command.args(["--server-side=true", "--force-conflicts"]);
        }
        command
    }

    /// Installs or upgrades; does not wait.
    pub fn upgrade(&self, install: &Install, values: &Value) -> Result<()> {
        let mut command = self.upgrade_command(install);
        process::output_of_input(&mut command, &values.to_string()).map(drop)
    }

    /// What would be installed, as YAML.
    pub fn rendered(&self, install: &Install, values: &Value) -> Result<String> {
        let mut command = self.upgrade_command(install);
        command.args(["--dry-run=client", "--hide-secret"]);
        process::output_of_input(&mut command, &values.to_string())
    }
}

/// Helm's version: `v4.2.4`.
pub fn version() -> Result<(u32, u32)> {
    let mut command = Command::new("helm");
    command.args(["version", "--template={{.Version}}"]);
    let text = process::output(&mut command)?;
    parse_version(&text).with_context(|| format!("helm calls its version {text:?}"))
}

fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim().trim_start_matches('v').split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// One value of the chart's own defaults.
pub fn default_value(jsonpath: &str) -> Result<String> {
    let mut command = Command::new("helm");
    command.args(["show", "values", "--jsonpath", jsonpath]).arg(paths::chart());
    let value = process::output(&mut command)?;
    if value.trim().is_empty() {
        bail!("the chart has no value {jsonpath}");
    }
    Ok(value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::current("v4.2.4\n", Some((4, 2)))]
    #[case::older("v3.18.0-rc.1", Some((3, 18)))]
    #[case::none("dev", None)]
    fn reads_versions(#[case] text: &str, #[case] version: Option<(u32, u32)>) {
        assert_eq!(parse_version(text), version);
    }
}

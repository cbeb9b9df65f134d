//! The images of the application: built here, named so that a change is never hidden behind an old tag.

use crate::{paths, process};
use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::process::Command;

/// The parts of the application; each has an image `todo-PART` and a member PART in the chart's values.
pub const PARTS: [&str; 2] = ["frontend", "backend"];

/// An image as the chart names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    pub part: &'static str,
    pub tag: String,
    /// The registry it is pushed to, if it goes there.
    pub registry: Option<String>,
}

impl Image {
    /// What docker calls it after the build.
    pub fn built(part: &str) -> String {
        format!("todo-{part}:latest")
    }

    /// What the cluster calls it.
    pub fn name(&self) -> String {
        let prefix = self.registry.as_ref().map(|registry| format!("{registry}/"));
        format!("{}todo-{}:{}", prefix.unwrap_or_default(), self.part, self.tag)
    }
}

/// What runs on a cluster.
pub const DEPLOYED: [&str; 2] = ["todo-backend", "todo-frontend"];

/// Builds these images, all where none is named, with their usual tags.
pub fn build(names: &[&str]) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut xtask = Command::new(cargo);
    process::run(xtask.args(["xtask", "images"]).args(names).current_dir(paths::root()))
}

/// What each image is called: by the commit that it says it was built from when that is the state of the repository,
/// otherwise by what was built.
pub fn named(registry: Option<&str>) -> Result<Vec<Image>> {
    let commit = commit();
    let image = |part| {
        let tag = Built::read(&Image::built(part))?.tag(commit.as_deref());
        Ok(Image { part, tag, registry: registry.map(str::to_owned) })
    };
    PARTS.into_iter().map(image).collect()
}

/// Gives the image its name.
pub fn tag(image: &Image) -> Result<()> {
    let mut command = Command::new("docker");
    command.args(["tag", &Image::built(image.part), &image.name()]);
    process::output(&mut command).map(drop)
}

/// The commit, unless the files are another state, or no repository.
fn commit() -> Option<String> {
    let git = |arguments: &[&str]| {
        process::output(Command::new("git").arg("-C").arg(paths::root()).args(arguments)).ok()
    };
    let is_clean = git(&["status", "--porcelain"])?.is_empty();
    git(&["rev-parse", "HEAD"]).filter(|_| is_clean).map(|sha| sha.trim().to_owned())
}

/// An image as docker has it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Built {
    id: String,
    config: Config,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Config {
    labels: Option<BTreeMap<String, String>>,
}

/// The label for the commit; a build with uncommitted changes adds `-dirty` to it.
const REVISION: &str = "org.opencontainers.image.revision";

impl Built {
    fn read(image: &str) -> Result<Self> {
        let mut command = Command::new("docker");
        command.args(["image", "inspect", "--format={{json .}}", image]);
        process::json(&mut command).with_context(|| {
            format!("docker has no image {image}: `make images` builds it, as does a run without --no-build")
        })
    }

    /// The first 12 digits of the commit, if it was built from just that, otherwise of its id.
    fn tag(&self, commit: Option<&str>) -> String {
        let revision = self.config.labels.as_ref().and_then(|labels| labels.get(REVISION));
        let commit = commit.filter(|commit| revision.is_some_and(|revision| revision == commit));
        let digits = commit.unwrap_or_else(|| self.id.trim_start_matches("sha256:"));
        digits.chars().take(12).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, from_value, json};

    const COMMIT: &str = "fedcba9876543210";
    const ID: &str = "0123456789ab";

    #[test]
    fn is_named_for_the_cluster() {
        let mut image = Image { part: "backend", tag: "0123456789ab".to_owned(), registry: None };
        assert_eq!(image.name(), "todo-backend:0123456789ab");
        image.registry = Some("registry.example:5000/team".to_owned());
        assert_eq!(image.name(), "registry.example:5000/team/todo-backend:0123456789ab");
    }

    #[rstest]
    #[case::of_this_commit(json!({ REVISION: COMMIT }), Some(COMMIT), "fedcba987654")]
    #[case::of_uncommitted_files(json!({ REVISION: format!("{COMMIT}-dirty") }), Some(COMMIT), ID)]
    #[case::of_an_earlier_commit(json!({ REVISION: "0000000000" }), Some(COMMIT), ID)]
    #[case::with_files_changed_since(json!({ REVISION: COMMIT }), None, ID)]
    #[case::built_by_somebody_else(Value::Null, Some(COMMIT), ID)]
    fn a_commit_names_only_what_was_built_from_it(
        #[case] labels: Value,
        #[case] commit: Option<&str>,
        #[case] tag: &str,
    ) {
        let built = json!({ "Id": "sha256:0123456789abcdef0123", "Config": { "Labels": labels } });
        let built: Built = from_value(built).unwrap();
        assert_eq!(built.tag(commit), tag);
    }
}

//! The images of the application: built here, named so that a change is never hidden behind an old tag.

use crate::{paths, process};
use anyhow::{Context, Result};
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

/// Builds all images, with their usual tags.
pub fn build() -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    process::run(Command::new(cargo).args(["xtask", "images"]).current_dir(paths::root()))
}

/// What each image is called in this state of the repository: by the commit, or with uncommitted changes by what was
/// built.
pub fn named(registry: Option<&str>) -> Result<Vec<Image>> {
    let commit = commit();
    let image = |part| {
        let tag = match &commit {
            Some(commit) => commit.clone(),
            None => id(&Image::built(part))?,
        };
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
    git(&["rev-parse", "--short=12", "HEAD"]).filter(|_| is_clean).map(|sha| sha.trim().to_owned())
}

/// The first 12 digits of an image's id.
fn id(image: &str) -> Result<String> {
    let mut command = Command::new("docker");
    command.args(["image", "inspect", "--format={{.Id}}", image]);
    let id = process::output(&mut command)
        .with_context(|| format!("docker has no image {image}: `make images` builds it"))?;
    Ok(short_id(&id))
}

fn short_id(id: &str) -> String {
    id.trim().trim_start_matches("sha256:").chars().take(12).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_named_for_the_cluster() {
        let mut image = Image { part: "backend", tag: "0123456789ab".to_owned(), registry: None };
        assert_eq!(image.name(), "todo-backend:0123456789ab");
        image.registry = Some("registry.example:5000/team".to_owned());
        assert_eq!(image.name(), "registry.example:5000/team/todo-backend:0123456789ab");
    }

    #[test]
    fn an_id_is_shortened() {
        assert_eq!(short_id("sha256:0123456789abcdef0123\n"), "0123456789ab");
    }
}

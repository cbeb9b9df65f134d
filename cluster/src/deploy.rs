//! `make deploy`: steps 4 to 7 of the plan, on whatever cluster kubectl points at.

use crate::{
    address::Address,
    helm::{self, Install},
    images::{self, Image},
    kind_of_cluster::KindOfCluster,
    load::{self, Way},
    namespace, paths, process, progress, release,
    secrets::{self, Choice, Installed, Profile, Secrets, Wish},
    target::{Target, TargetArguments},
    tools::{self, Found},
};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What `make deploy` can be told.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    target: TargetArguments,
    /// Reads `DATABASE_URL`, `BETTER_AUTH_SECRET` and `OPENAI_API_KEY` here; `.env` by default, if there is one. The
    /// environment wins.
    #[arg(long)]
    env_file: Option<PathBuf>,
    /// Use the development profile, with a small Postgres in the cluster, whatever is set.
    #[arg(long)]
    dev: bool,
    /// Take all credentials from this Secret of yours in the namespace; the next run remembers it.
    #[arg(long, value_name = "NAME", conflicts_with = "dev")]
    existing_secret: Option<String>,
    /// Push the images here, for a cluster that cannot be given them directly.
    #[arg(long, env = "REGISTRY")]
    registry: Option<String>,
    /// A further values file. The next run does not remember it: give it each time.
    #[arg(long)]
    values: Vec<PathBuf>,
    /// A further value, KEY=VALUE; not remembered either. Not for secrets: command lines can be seen by others.
    #[arg(long)]
    set: Vec<String>,
    /// Use the images as docker has them.
    #[arg(long)]
    no_build: bool,
    /// Seconds to wait until the application is ready.
    #[arg(long, default_value_t = 300)]
    timeout: u64,
    /// Free a release that another command of Helm's holds, however lately it began: it was interrupted.
    #[arg(long)]
    take_over: bool,
    /// Tell what would be done, and do nothing.
    #[arg(long)]
    dry_run: bool,
}

impl Arguments {
    /// `REGISTRY=` in the environment is none.
    fn registry(&self) -> Option<&str> {
        self.registry.as_deref().filter(|registry| !registry.is_empty())
    }

    fn wish(&self) -> Wish<'_> {
        match &self.existing_secret {
            Some(name) => Wish::ExistingSecret(name),
            None if self.dev => Wish::Development,
            None => Wish::Nothing,
        }
    }
}

/// Deploys, or tells what it would do.
///
/// # Errors
/// Something is missing, or the application does not become ready; the message says what to do.
pub fn run(arguments: &Arguments) -> Result<()> {
    let start = Instant::now();
    println!("==> Looking for a cluster");
    let images = match arguments.registry() {
        Some(_) => tools::Images::Pushed,
        None => tools::Images::Loaded,
    };
    let found = tools::find(&arguments.target, images)?;
    let way = load::way(&found.kind, arguments.registry())?;
    println!("    {}, context {}, {} node(s)", found.kind, found.target.context, found.nodes.len());
    let choice = choose(arguments, &found.target)?;
    println!("    database: {}", choice.note);
    if arguments.dry_run {
        return tell(arguments, &found, &way, &choice);
    }

    if !arguments.no_build {
        load::check_architecture(&found.nodes)?;
        println!("==> Images");
        images::build(&images::DEPLOYED)?;
    }
    println!("==> Bringing the images to the cluster");
    let images = images::named(arguments.registry())?;
    images.iter().try_for_each(images::tag)?;
    load::bring(&found.kind, &way, &found.nodes, &images)?;
    bring_postgres(&found, choice.profile)?;

    println!("==> Installing");
    namespace::provide(&found.target)?;
    release::free(&found.target, arguments.take_over)?;
    let installing = Instant::now();
    found.target.upgrade(&install(arguments, choice.profile), &values(&choice, &images))?;
    println!("==> Waiting until the application is ready");
    progress::wait(&found.target, Duration::from_secs(arguments.timeout))?;
    let address = Address::told(&found.target, &found.kind, &found.nodes)?;
    println!("==> Ready, {} s after the install began", installing.elapsed().as_secs());
    println!("    everything took {} s", start.elapsed().as_secs());
    println!("\nThe application is at {address}");
    Ok(())
}

fn choose(arguments: &Arguments, target: &Target) -> Result<Choice> {
    let given = Secrets::given(arguments.env_file.as_deref())?;
    let installed = match target.release_status()? {
        Some(_) => Some(Installed::read(&target.release_values()?)),
        None => None,
    };
    secrets::choose(&given, installed.as_ref(), arguments.wish())
}

fn install(arguments: &Arguments, profile: Profile) -> Install {
    let mut files = Vec::new();
    if profile == Profile::Development {
        files.push(paths::chart().join("values-dev.yaml"));
    }
    files.extend(arguments.values.iter().cloned());
    Install { files, set: arguments.set.clone() }
}

/// The values document that goes in by standard input.
fn values(choice: &Choice, images: &[Image]) -> Value {
    let mut values = choice.values.clone();
    for image in images {
        let mut names = json!({ "tag": image.tag });
        if let Some(registry) = &image.registry {
            names["registry"] = registry.as_str().into();
        }
        values[image.part] = json!({ "image": names });
    }
    values
}

/// The cluster pulls the development profile's Postgres itself, but for one that cannot pull.
fn bring_postgres(found: &Found, profile: Profile) -> Result<()> {
    if (profile, &found.kind) != (Profile::Development, &KindOfCluster::Testbed) {
        return Ok(());
    }
    let image = helm::default_value("{.devPostgres.image}")?;
    load::load_missing(&found.kind, &found.nodes, &[image])
}

/// `--dry-run`: everything but the deeds.
fn tell(arguments: &Arguments, found: &Found, way: &Way, choice: &Choice) -> Result<()> {
    println!("==> Would do");
    if !arguments.no_build {
        println!("    build the images: make images");
    }
    match images::named(arguments.registry()) {
        Ok(images) => {
            for image in &images {
                println!("    {} {}", words(way), image.name());
            }
            tell_install(arguments, found, choice, &images)
        }
        Err(error) => {
            println!("    {} the images, named by what is built ({error})", words(way));
            tell_install(arguments, found, choice, &[])
        }
    }
}

fn words(way: &Way) -> &'static str {
    match way {
        Way::Shared => "use from this docker",
        Way::Loaded => "load, unless it is on the node,",
        Way::Pushed => "push",
    }
}

fn tell_install(
    arguments: &Arguments,
    found: &Found,
    choice: &Choice,
    images: &[Image],
) -> Result<()> {
    let target = &found.target;
    if namespace::find(target)? == namespace::Found::Nothing {
        println!("    create the namespace {}", target.namespace);
    }
    if let Some(held) = release::pending(target)? {
        println!("    free the release, which is in state {}", held.status);
    }
    let install = install(arguments, choice.profile);
    println!("    {}", process::line(&target.upgrade_command(&install)));
    let rendered =
        target.rendered(&install, &values(choice, images)).context("the chart refuses")?;
    println!("    which makes or changes: {}", kinds(&rendered));
    Ok(())
}

/// The kinds of the rendered objects, counted.
fn kinds(rendered: &str) -> String {
    let mut counts = std::collections::BTreeMap::new();
    for kind in rendered.lines().filter_map(|line| line.strip_prefix("kind: ")) {
        *counts.entry(kind.trim()).or_insert(0) += 1;
    }
    counts.iter().map(|(kind, count)| format!("{count} {kind}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }

    #[test]
    fn an_empty_registry_is_none() {
        let registry = |name: &str| {
            let line = Line::parse_from(["deploy", "--registry", name]);
            line.arguments.registry().map(str::to_owned)
        };
        assert_eq!(registry(""), None);
        assert_eq!(registry("r.example/team").as_deref(), Some("r.example/team"));
    }

    #[test]
    fn the_document_names_images_beside_secrets() {
        let image = |part, registry: Option<&str>| Image {
            part,
            tag: "1".to_owned(),
            registry: registry.map(str::to_owned),
        };
        let choice = Choice {
            profile: Profile::Development,
            values: json!({ "secrets": {} }),
            note: String::new(),
        };
        let images = [image("frontend", None), image("backend", Some("r"))];
        let expected = json!({ "secrets": {}, "frontend": { "image": { "tag": "1" } },
            "backend": { "image": { "tag": "1", "registry": "r" } } });
        assert_eq!(values(&choice, &images), expected);
    }

    #[test]
    fn counts_kinds() {
        let rendered = "kind: Service\nmetadata:\n  kind: no\nkind: Deployment\nkind: Service\n";
        assert_eq!(kinds(rendered), "1 Deployment, 2 Service");
    }
}

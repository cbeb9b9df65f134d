//! Wrong settings: what is said about them is clear, what ran before goes on, and the right value heals.

use super::world::World;
use crate::release;
use anyhow::{Context, Result, ensure};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// A tag that nobody built.
pub fn wrong_image(world: &mut World) -> Result<String> {
    world.in_development()?;
    let text = world.failing_deploy(&["--set", "backend.image.tag=nobody-built-this"], &[])?;
    says(&text, &["ImagePullBackOff", "cannot get the image", "goes on serving"])?;
    heals(world, &[])
}

/// A secret that stands in public examples, and one that is not this database's.
pub fn wrong_secret(world: &mut World) -> Result<String> {
    world.in_development()?;
    works(world).context("before")?; // whoever signs in makes the key that the secret encrypts
    let text = world.failing_deploy(&[], &[("BETTER_AUTH_SECRET", "changeme")])?;
    says(&text, &["BETTER_AUTH_SECRET: ", "goes on serving"])?;
    ensure!(!text.contains("changeme"), "the secret is shown:\n{text}");
    let another = ("BETTER_AUTH_SECRET", "0123456789abcdefghijklmnopqrstuvwxyzABCDEF");
    let text = world.failing_deploy(&[], &[another])?;
    says(&text, &["BETTER_AUTH_SECRET is not the secret", "goes on serving"])?;
    heals(world, &[("BETTER_AUTH_SECRET", "todo-chatbot-dev-only")])
}

/// `helm upgrade` killed while it waited leaves the release locked; `make deploy` frees it when told to.
pub fn interrupted_upgrade(world: &mut World) -> Result<String> {
    world.in_development()?;
    let target = world.target();
    let mut upgrade = target.helm(&["upgrade", &target.release]);
    upgrade.arg(crate::paths::chart()).args(["--reuse-values", "--wait"]);
    upgrade.args(["--set", "backend.image.tag=nobody-built-this"]);
    let mut upgrade = upgrade.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let start = Instant::now();
    while release::pending(target)?.is_none() {
        ensure!(start.elapsed() < Duration::from_secs(30), "helm does not begin");
        std::thread::sleep(Duration::from_millis(300));
    }
    std::thread::sleep(Duration::from_secs(1));
    upgrade.kill()?;
    upgrade.wait()?;
    let state = release::pending(target)?.context("helm ended before it was killed")?.status;
    let text = world.deploy(&["--take-over"], &[])?;
    says(&text, &["interrupted"])?;
    works(world)?;
    Ok(format!("{state}, and works after `make deploy ARGS=--take-over`"))
}

/// While it is broken the old version answers; the right value brings the new one, and nothing is deleted for it.
fn heals(world: &World, right: &[(&str, &str)]) -> Result<String> {
    works(world).context("while it was broken")?;
    world.deploy(&[], right)?;
    works(world)?;
    Ok("told clearly, served on, healed by the right value".to_owned())
}

/// A visitor finds everything.
pub fn works(world: &World) -> Result<()> {
    let mut visit = world.visit()?;
    let worked = visit.auth().and_then(|_| visit.tasks());
    visit.end()?;
    worked.map(drop)
}

/// All these words are in it.
pub fn says(text: &str, words: &[&str]) -> Result<()> {
    for word in words {
        ensure!(text.contains(word), "it does not say {word:?}:\n{text}");
    }
    Ok(())
}

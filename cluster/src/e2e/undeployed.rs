//! Taking it away.

use super::{faults::says, world::World};
use crate::{namespace, process};
use anyhow::{Result, ensure};

/// Without a word of consent the data stays and is found by the next install; with it nothing is left.
pub fn in_two_steps(world: &mut World) -> Result<String> {
    world.in_development()?;
    let mut visit = world.visit()?;
    visit.auth()?;
    visit.tasks()?;
    let text = world.program(&["undeploy"], &[])?;
    says(&text, &["kept: the data", "docker compose up --build"])?;
    world.deploy(&[], &[])?;
    // The secret that signs sessions went with the release.
    visit.sign_in()?;
    let listed = visit.list_once_settled()?;
    visit.end()?;
    completely(world)?;
    Ok(format!("kept and found again: {}; then nothing was left", listed.evidence))
}

/// Neither objects, nor data, nor the namespace.
pub fn completely(world: &mut World) -> Result<String> {
    world.program(&["undeploy", "--yes"], &[])?;
    let target = world.target();
    ensure!(namespace::find(target)? == namespace::Found::Nothing, "the namespace is there");
    let namespaces = "--output=jsonpath={.items[*].spec.claimRef.namespace}";
    let volumes = process::output(&mut target.kubectl(&["get", "persistentvolumes", namespaces]))?;
    let of_ours = volumes.split(' ').filter(|name| *name == target.namespace).count();
    ensure!(of_ours == 0, "{of_ours} volumes are left");
    let again = world.program(&["undeploy", "--yes"], &[])?;
    says(&again, &["No release"])?;
    Ok("no release, no namespace, no volume".to_owned())
}

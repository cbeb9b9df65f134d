//! Bringing versions in and out.

use super::{load::Load, world::World};
use crate::{objects::Pod, process, target::Target};
use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const SOON: u64 = 30;

/// On a node that has the images all pods are Ready within 30 s of the install.
pub fn ready_soon(world: &mut World) -> Result<String> {
    world.bring_foreign(super::world::POSTGRES)?;
    // The first run may load images; the second one installs on a node that has them.
    if world.profile()?.is_none() {
        world.deploy(&[], &[])?;
    }
    world.program(&["undeploy", "--yes"], &[])?;
    let text = world.deploy(&[], &[])?;
    let line = text.lines().find(|line| line.starts_with("==> Ready, ")).context("no time told")?;
    let seconds: u64 =
        line.split(' ').nth(2).and_then(|word| word.parse().ok()).context("no time")?;
    ensure!(seconds <= SOON, "it took {seconds} s:\n{text}");
    Ok(format!("Ready {seconds} s after the install began"))
}

/// `make deploy` again changes nothing.
pub fn second_deploy_restarts_nothing(world: &mut World) -> Result<String> {
    world.in_development()?;
    let before = starts(world.target())?;
    let start = Instant::now();
    world.deploy(&[], &[])?;
    let took = start.elapsed().as_secs();
    let after = starts(world.target())?;
    ensure!(before == after, "pods and their restarts were {before:?}, are {after:?}");
    Ok(format!("{} pods as they were, deployed again in {took} s", after.len()))
}

/// `kubectl scale` by hand does not stand in the way of the next `make deploy`, which sets what the values say.
pub fn deploy_after_scaling(world: &mut World) -> Result<String> {
    world.in_development()?;
    let target = world.target();
    process::output(&mut target.kubectl(&["scale", "deployment", "backend", "--replicas=2"]))?;
    let arguments = ["rollout", "status", "deployment", "backend", "--timeout=60s"];
    process::output(&mut target.kubectl(&arguments))?;
    let scaled = starts(target)?.len();
    world.deploy(&[], &[])?;
    let arguments = ["get", "deployment", "backend", "--output=jsonpath={.spec.replicas}"];
    let replicas = process::output(&mut target.kubectl(&arguments))?;
    ensure!(replicas == "1", "{replicas} replicas after the deploy");
    Ok(format!("{scaled} pods after scaling, one backend again after the deploy"))
}

/// `helm upgrade` and `helm rollback` while 20 requests a second come: all are answered, and no task is lost.
pub fn unnoticed(world: &mut World) -> Result<String> {
    world.in_development()?;
    let target = world.target();
    let before = starts(target)?;
    let load = Load::start(&world.url()?)?;
    std::thread::sleep(Duration::from_secs(2));
    let chart = crate::paths::chart();
    let mut upgrade = target.helm(&["upgrade", &target.release]);
    upgrade.arg(chart).args(["--reuse-values", "--wait", "--timeout=3m"]);
    upgrade.args(["--set-string", "frontend.podAnnotations.e2e=1"]);
    upgrade.args(["--set-string", "backend.podAnnotations.e2e=1"]);
    let upgraded = process::output(&mut upgrade);
    let between = starts(target)?;
    let rolled_back =
        process::output(&mut target.helm(&["rollback", &target.release, "--wait", "--timeout=3m"]));
    let after = starts(target)?;
    // Pods of the version before may still end, which must not be noticed either.
    std::thread::sleep(Duration::from_secs(8));
    let tally = load.stop()?;
    upgraded?;
    rolled_back?;
    ensure!(before != between && between != after, "no pod was replaced");
    ensure!(
        tally.failed.is_empty(),
        "{} of {} failed:\n{}",
        tally.failed.len(),
        tally.asked,
        tally.failed.join("\n")
    );
    ensure!(
        tally.added == tally.found,
        "{} tasks were added, {} are there",
        tally.added,
        tally.found
    );
    Ok(format!(
        "{} requests, none failed, the slowest took {} ms; {} tasks added and found",
        tally.asked,
        tally.slowest.as_millis(),
        tally.added
    ))
}

/// The pods that serve, and how often each was started anew.
fn starts(target: &Target) -> Result<BTreeMap<String, u32>> {
    let parts = target.parts()?;
    let serving = parts.pods.iter().filter(|pod| pod.metadata.deletion_timestamp.is_none());
    let restarts =
        |pod: &Pod| pod.status.container_statuses.iter().map(|one| one.restart_count).sum();
    Ok(serving.map(|pod| (pod.metadata.uid.clone(), restarts(pod))).collect())
}

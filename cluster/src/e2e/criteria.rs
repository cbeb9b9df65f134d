//! The application judged by its own checks.

use super::world::World;
use crate::{browser, process, verify::Visit};
use anyhow::{Context, Result, ensure};

/// `make verify`: ten of ten, the eleventh is not built yet.
pub fn hold(world: &mut World) -> Result<String> {
    world.in_development()?;
    let text = world.program(&["verify"], &[])?;
    let sum = text.lines().last().context("verify printed nothing")?;
    ensure!(sum == "11 criteria: 10 hold, 0 failed, 1 missing", "{text}");
    Ok(sum.to_owned())
}

/// Step 8.2 of the plan, in a browser that no setting told of the address.
pub fn work_in_a_browser(world: &mut World) -> Result<String> {
    world.in_development()?;
    let url = world.url()?;
    browser::visit(world.target(), &url, None)?;
    Ok(format!("{} at {url}", browser::TEST))
}

/// The way where no port of a node is open; it outlasts its first connections.
pub fn work_through_a_port_forward(world: &mut World) -> Result<String> {
    world.in_development()?;
    let mut visit = Visit::through_a_port(world.target())?;
    let worked = visit.page().and_then(|page| Ok(format!("{page}, {}", visit.auth()?)));
    visit.end()?;
    worked
}

/// `helm test`: a Job in the cluster, through the network policies.
pub fn own_test_passes(world: &mut World) -> Result<String> {
    world.in_development()?;
    let target = world.target();
    let mut helm = target.helm(&["test", &target.release, "--timeout=2m"]);
    let text = process::output(&mut helm)?;
    let phase = text.lines().find(|line| line.starts_with("Phase:")).unwrap_or_default();
    ensure!(phase.ends_with("Succeeded"), "{text}");
    Ok("helm test: Succeeded".to_owned())
}

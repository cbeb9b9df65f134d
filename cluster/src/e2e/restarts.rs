//! The end of all pods.

use super::world::World;
use crate::pods;
use anyhow::Result;

/// `kubectl delete pod --all`: the tasks are there again.
pub fn tasks_survive(world: &mut World) -> Result<String> {
    world.in_development()?;
    let mut visit = world.visit()?;
    let result = tasks_survive_for(world, &mut visit);
    visit.end()?;
    result
}

fn tasks_survive_for(world: &World, visit: &mut crate::verify::Visit) -> Result<String> {
    visit.auth()?;
    visit.tasks()?;
    let deleted = pods::delete(world.target(), &["--all"])?;
    let took = pods::wait(world.target())?;
    let listed = visit.list_once_settled()?;
    Ok(format!(
        "{} pods deleted, Ready again after {} s: {}",
        deleted.len(),
        took.as_secs(),
        listed.evidence
    ))
}

//! What the development profile asks of a node.

use super::world::World;
use crate::quantity;
use anyhow::{Result, ensure};

const MILLICORES: u64 = 250;
const MEBIBYTES: u64 = 256;

/// All pods together, Postgres included.
pub fn requests_are_small(world: &mut World) -> Result<String> {
    world.in_development()?;
    let parts = world.target().parts()?;
    let containers = || parts.current().flat_map(|pod| &pod.spec.containers);
    let sum = |name: &str| -> Result<u64> {
        let requests = containers().filter_map(|one| one.resources.requests.get(name));
        requests.map(|text| quantity::thousandths(text)).sum()
    };
    let (cpu, memory) = (sum("cpu")?, sum("memory")? / 1000 / (1 << 20));
    ensure!(
        containers().all(|one| one.resources.requests.len() >= 2),
        "a container requests nothing"
    );
    ensure!(cpu <= MILLICORES && memory <= MEBIBYTES, "{cpu}m CPU and {memory} MiB are requested");
    Ok(format!("{} containers request {cpu}m CPU and {memory} MiB", containers().count()))
}

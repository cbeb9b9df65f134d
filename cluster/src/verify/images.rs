//! "Images built" and "Image sizes optimal": the images that the release runs.

use crate::{images::PARTS, objects::Node, parts::Parts, process};
use anyhow::{Context, Result, bail};
use std::process::Command;

/// What an image may weigh, in megabytes: our goal, and the plan's limit.
fn limits(part: &str) -> (u64, u64) {
    if part == "frontend" { (10, 200) } else { (15, 300) }
}

/// Both are in docker or on a node.
pub fn built(parts: &Parts, nodes: &[Node]) -> Result<String> {
    let mut evidence = Vec::new();
    for part in PARTS {
        let name = name(parts, part)?;
        let node = nodes.iter().find(|node| node.image(&name).is_some());
        let place = match (node, in_docker(&name)) {
            (Some(node), _) => format!("on {}", node.metadata.name),
            (None, Some(_)) => "in docker".to_owned(),
            (None, None) => bail!("{name} is neither on a node nor in docker"),
        };
        evidence.push(format!("{name} {place}"));
    }
    Ok(evidence.join(", "))
}

/// Neither is larger than it should be.
pub fn small(parts: &Parts, nodes: &[Node]) -> Result<String> {
    let mut evidence = Vec::new();
    let mut is_too_large = false;
    for part in PARTS {
        let name = name(parts, part)?;
        let on_node = || nodes.iter().find_map(|node| Some(node.image(&name)?.size_bytes));
        let size = in_docker(&name).or_else(on_node);
        let size = size.with_context(|| format!("{name} is neither in docker nor on a node"))?;
        is_too_large |= size > limits(part).0 * 1_000_000;
        evidence.push(told(part, size));
    }
    if is_too_large {
        bail!("{}", evidence.join("; "));
    }
    Ok(evidence.join("; "))
}

fn told(part: &str, size: u64) -> String {
    let (goal, plan) = limits(part);
    let holds = |limit: u64| if size <= limit * 1_000_000 { "holds" } else { "BROKEN" };
    let (whole, tenths) = (size / 1_000_000, size % 1_000_000 / 100_000);
    let (goal_holds, plan_holds) = (holds(goal), holds(plan));
    format!("{part} {whole}.{tenths} MB (goal {goal}: {goal_holds}, plan {plan}: {plan_holds})")
}

/// The image that the container of this name runs.
fn name(parts: &Parts, part: &str) -> Result<String> {
    let mut containers = parts.current().flat_map(|pod| &pod.spec.containers);
    let container = containers.find(|container| container.name == part);
    Ok(container.with_context(|| format!("no pod of the {part} runs"))?.image.clone())
}

/// Its size in docker, if it is there and docker is.
fn in_docker(name: &str) -> Option<u64> {
    let mut command = Command::new("docker");
    command.args(["image", "inspect", "--format={{.Size}}", name]);
    process::output(&mut command).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goal_and_plan_are_told_apart() {
        assert_eq!(
            told("frontend", 7_120_000),
            "frontend 7.1 MB (goal 10: holds, plan 200: holds)"
        );
        assert_eq!(
            told("backend", 16_000_000),
            "backend 16.0 MB (goal 15: BROKEN, plan 300: holds)"
        );
    }
}

//! "Images built" and "Image sizes optimal": the images that the release runs.

use crate::{images::PARTS, objects::Node, parts::Parts, process};
use anyhow::{Context, Result, bail};
use std::process::Command;

/// What an image may weigh, in megabytes: our goal, and the plan's limit.
fn limits(part: &str) -> (u64, u64) {
    if part == "frontend" { (10, 200) } else { (15, 300) }
}

/// Both are on a node or in docker.
pub fn built(parts: &Parts, nodes: &[Node]) -> Result<String> {
    let mut evidence = Vec::new();
    for part in PARTS {
        let name = name(parts, part)?;
        let place = place(parts, nodes, part, &name)
            .or_else(|| size_in_docker(&name).map(|_| "in docker".to_owned()))
            .with_context(|| format!("{name} is neither on a node nor in docker"))?;
        evidence.push(format!("{name} {place}"));
    }
    Ok(evidence.join(", "))
}

/// Where on the cluster it is. Nodes list their 50 largest images only, so that a container that runs it is believed.
fn place(parts: &Parts, nodes: &[Node], part: &str, name: &str) -> Option<String> {
    if let Some(node) = nodes.iter().find(|node| node.image(name).is_some()) {
        return Some(format!("on {}", node.metadata.name));
    }
    let running = parts.current().find(|pod| {
        let mut containers = pod.status.container_statuses.iter();
        containers.any(|container| container.name == part && !container.image_id.is_empty())
    });
    running.map(|pod| format!("in {}", pod.metadata.name))
}

/// Neither is larger than it should be.
pub fn small(parts: &Parts, nodes: &[Node]) -> Result<String> {
    let mut evidence = Vec::new();
    let mut is_too_large = false;
    for part in PARTS {
        let name = name(parts, part)?;
        let on_node = || nodes.iter().find_map(|node| Some(node.image(&name)?.size_bytes));
        match size_in_docker(&name).or_else(on_node) {
            Some(size) => {
                is_too_large |= size > limits(part).0 * 1_000_000;
                evidence.push(told(part, size));
            }
            None => evidence.push(format!("{part}: size unknown here")),
        }
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

/// Its size in docker, if it is there and docker is: of its layers, since what `inspect` calls size depends on the store.
fn size_in_docker(name: &str) -> Option<u64> {
    let mut command = Command::new("docker");
    command.args(["history", "--human=false", "--format={{.Size}}", name]);
    sum(&process::output(&mut command).ok()?)
}

/// The sum of lines that are all numbers.
fn sum(lines: &str) -> Option<u64> {
    lines.lines().map(|line| line.trim().parse::<u64>().ok()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::Object;
    use serde_json::json;

    fn running(image_id: &str) -> Parts {
        let container = json!({ "name": "backend", "imageID": image_id });
        let status = json!({ "containerStatuses": [container] });
        let metadata = json!({ "name": "backend-0" });
        let pod = json!({ "kind": "Pod", "metadata": metadata, "status": status });
        Parts::of(vec![serde_json::from_value::<Object>(pod).unwrap()])
    }

    #[test]
    fn a_container_that_runs_it_is_evidence() {
        let found = |id| place(&running(id), &[], "backend", "todo-backend:1");
        assert_eq!(found("sha256:00"), Some("in backend-0".to_owned()));
        assert_eq!(found(""), None);
    }

    #[test]
    fn layers_are_added_up() {
        assert_eq!(sum("7000000\n0\n120000\n"), Some(7_120_000));
        assert_eq!(sum("7MB\n0B\n"), None);
    }

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

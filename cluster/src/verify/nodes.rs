//! "Minikube running": the nodes of whatever cluster it is.

use crate::{objects::Node, tools::Found};
use anyhow::{Result, bail};

/// Every node is Ready.
pub fn ready(found: &Found) -> Result<String> {
    if found.nodes.is_empty() {
        return Ok(format!("{} answers, and shows this user no node", found.kind));
    }
    let names = |nodes: &[&Node]| {
        nodes.iter().map(|node| node.metadata.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let (ready, unready): (Vec<&Node>, Vec<&Node>) =
        found.nodes.iter().partition(|node| node.is_ready());
    if !unready.is_empty() {
        bail!("{}: not Ready: {}", found.kind, names(&unready));
    }
    let version = &ready[0].status.node_info.kubelet_version;
    Ok(format!("{}, Kubernetes {version}; Ready: {}", found.kind, names(&ready)))
}

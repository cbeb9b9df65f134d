//! Where a browser finds the application.

use crate::{
    kind_of_cluster::KindOfCluster,
    objects::{Node, Service},
    process,
    target::Target,
};
use anyhow::{Context, Result};
use std::process::Command;

/// The way to the frontend.
#[derive(Debug, PartialEq, Eq)]
pub enum Address {
    /// Open this.
    Url(String),
    /// Run the line, keep it running, open the address it opens.
    Through { line: String, url: Option<String> },
}

impl Address {
    /// Looks it up.
    pub fn find(target: &Target, kind: &KindOfCluster, nodes: &[Node]) -> Result<Self> {
        let service =
            target.frontend_service()?.context("the release has no Service of the frontend")?;
        let port = service.spec.ports.iter().find(|port| port.name == "http");
        let port = port.context("the Service of the frontend has no port named http")?;
        if let Some(url) = load_balancer(&service, port.port) {
            return Ok(Self::Url(url));
        }
        let forward = forward(target, &service.metadata.name, port.port);
        if port.node_port == 0 {
            return Ok(forward);
        }
        Ok(by_node_port(target, kind, nodes, &service.metadata.name, port.node_port)
            .unwrap_or(forward))
    }

    /// As it is told to a person.
    pub fn words(&self) -> String {
        match self {
            Self::Url(url) => url.clone(),
            Self::Through { line, url: Some(url) } => format!("{url}, while this runs:\n  {line}"),
            Self::Through { line, url: None } => format!("the address this prints:\n  {line}"),
        }
    }
}

fn load_balancer(service: &Service, port: u16) -> Option<String> {
    let address = service.status.load_balancer.ingress.first()?;
    let host = if address.hostname.is_empty() { &address.ip } else { &address.hostname };
    Some(format!("http://{host}:{port}"))
}

fn forward(target: &Target, service: &str, port: u16) -> Address {
    let port = port.to_string();
    let command =
        target.kubectl(&["port-forward", &format!("service/{service}"), &format!("3000:{port}")]);
    Address::Through {
        line: process::line(&command),
        url: Some("http://127.0.0.1:3000".to_owned()),
    }
}

fn by_node_port(
    target: &Target,
    kind: &KindOfCluster,
    nodes: &[Node],
    service: &str,
    port: u16,
) -> Option<Address> {
    let at = |host: &str| Some(Address::Url(format!("http://{host}:{port}")));
    match kind {
        KindOfCluster::Testbed | KindOfCluster::Desktop { node_ports: true, .. } => at("127.0.0.1"),
        KindOfCluster::Desktop { .. } => None,
        KindOfCluster::Minikube { profile, .. } => Some(minikube(target, profile, service, port)),
        KindOfCluster::Kind { name } => published(&format!("{name}-control-plane"), port),
        KindOfCluster::K3d { name } => published(&format!("k3d-{name}-serverlb"), port)
            .or_else(|| published(&format!("k3d-{name}-server-0"), port)),
        KindOfCluster::Remote => at(&node_address(nodes)?),
    }
}

/// On Linux the node can be reached; elsewhere it is behind a tunnel that minikube opens.
fn minikube(target: &Target, profile: &str, service: &str, port: u16) -> Address {
    let ip = process::output(Command::new("minikube").args(["--profile", profile, "ip"]));
    match ip {
        Ok(ip) if cfg!(target_os = "linux") => Address::Url(format!("http://{}:{port}", ip.trim())),
        _ => {
            let namespace = &target.namespace;
            let mut command = Command::new("minikube");
            command.args([
                "--profile",
                profile,
                "service",
                service,
                "--namespace",
                namespace,
                "--url",
            ]);
            Address::Through { line: process::line(&command), url: None }
        }
    }
}

/// The port of this machine that a node in a container is given, if it is given one.
fn published(container: &str, port: u16) -> Option<Address> {
    let mut command = Command::new("docker");
    command.args(["port", container, &format!("{port}/tcp")]);
    let text = process::output(&mut command).ok()?;
    let (_, port) = text.lines().next()?.rsplit_once(':')?;
    Some(Address::Url(format!("http://127.0.0.1:{port}")))
}

fn node_address(nodes: &[Node]) -> Option<String> {
    let of_kind = |kind: &str| {
        let all = nodes.iter().flat_map(|node| &node.status.addresses);
        all.filter(|address| address.kind == kind).map(|address| address.address.clone()).next()
    };
    of_kind("ExternalIP").or_else(|| of_kind("InternalIP"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn target() -> Target {
        let [context, namespace, release] = ["c", "n", "r"].map(str::to_owned);
        Target { context, namespace, release }
    }

    #[test]
    fn prefers_the_outer_address_of_a_node() {
        let addresses = json!([{ "type": "InternalIP", "address": "10.0.0.1" },
            { "type": "ExternalIP", "address": "203.0.113.1" }]);
        let node = serde_json::from_value(json!({ "status": { "addresses": addresses } })).unwrap();
        let found = by_node_port(&target(), &KindOfCluster::Remote, &[node], "frontend", 30000);
        assert_eq!(found, Some(Address::Url("http://203.0.113.1:30000".to_owned())));
    }

    #[test]
    fn forwards_where_no_port_is_open() {
        let words = forward(&target(), "frontend", 3000).words();
        assert_eq!(
            words,
            "http://127.0.0.1:3000, while this runs:\n  \
             kubectl --context c --namespace n port-forward service/frontend 3000:3000"
        );
    }
}

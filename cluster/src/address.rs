//! Where a browser finds the application.

use crate::{
    kind_of_cluster::KindOfCluster,
    objects::{Node, Pod, Service},
    process,
    target::Target,
};
use anyhow::{Context, Result};
use std::net::{TcpStream, ToSocketAddrs};
use std::process::Command;
use std::time::{Duration, Instant};

/// How long a door may take to open: the rules of new pods come a moment after they are Ready.
const KNOCKING: Duration = Duration::from_secs(2);

/// How many addresses of nodes are tried.
const DOORS: usize = 3;

/// The way to the frontend.
#[derive(Debug, PartialEq, Eq)]
pub enum Address {
    /// Open this.
    Url(String),
    /// Run the line, keep it running, open the address it opens.
    Through { line: String, url: Option<String> },
}

impl Address {
    /// Looks it up. What is returned as a URL answered.
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
        let parts = target.parts()?;
        let serving = serving(nodes, &parts.pods);
        Ok(by_node_port(kind, &serving, port.node_port)
            .or_else(|| by_tunnel(target, kind, &service.metadata.name))
            .unwrap_or(forward))
    }

    /// What a person opens: the name the application goes by, where it trusts no other.
    pub fn told(target: &Target, kind: &KindOfCluster, nodes: &[Node]) -> Result<String> {
        match target.origin()? {
            Some(origin) => Ok(origin),
            None => Ok(Self::find(target, kind, nodes)?.words()),
        }
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
    reachable(host, port)
}

/// `http://host:port`, when something accepts connections there.
fn reachable(host: &str, port: u16) -> Option<String> {
    let start = Instant::now();
    while !accepts(host, port, KNOCKING.saturating_sub(start.elapsed())) {
        if start.elapsed() >= KNOCKING {
            return None;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    Some(if host.contains(':') {
        format!("http://[{host}]:{port}")
    } else {
        format!("http://{host}:{port}")
    })
}

fn accepts(host: &str, port: u16, limit: Duration) -> bool {
    let Ok(mut addresses) = (host, port).to_socket_addrs() else { return false };
    let limit = limit.max(Duration::from_millis(1));
    addresses.any(|address| TcpStream::connect_timeout(&address, limit).is_ok())
}

/// The nodes that run a frontend which is Ready: with `externalTrafficPolicy: Local` the others drop connections.
fn serving<'a>(nodes: &'a [Node], pods: &[Pod]) -> Vec<&'a Node> {
    let serves = |node: &&Node| {
        pods.iter().any(|pod| {
            pod.metadata.labels.get("app.kubernetes.io/name").is_some_and(|name| name == "frontend")
                && pod.spec.node_name == node.metadata.name
                && pod.is_ready()
        })
    };
    nodes.iter().filter(serves).collect()
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

/// By the port that every node opens, where this machine reaches one that serves.
fn by_node_port(kind: &KindOfCluster, serving: &[&Node], port: u16) -> Option<Address> {
    let url = match kind {
        KindOfCluster::Testbed | KindOfCluster::Desktop { node_ports: true, .. } => {
            reachable("127.0.0.1", port)
        }
        KindOfCluster::Desktop { .. } => None,
        KindOfCluster::Kind { .. } => {
            serving.iter().find_map(|node| published(&node.metadata.name, port))
        }
        KindOfCluster::K3d { name } => published(&format!("k3d-{name}-serverlb"), port)
            .or_else(|| serving.iter().find_map(|node| published(&node.metadata.name, port))),
        KindOfCluster::Minikube { .. } | KindOfCluster::Remote => {
            hosts(serving).into_iter().take(DOORS).find_map(|host| reachable(host, port))
        }
    };
    url.map(Address::Url)
}

/// Minikube's own way to nodes that cannot be reached, as on macOS and WSL.
fn by_tunnel(target: &Target, kind: &KindOfCluster, service: &str) -> Option<Address> {
    let KindOfCluster::Minikube { profile, .. } = kind else { return None };
    let mut command = Command::new("minikube");
    command.args(["--profile", profile, "service", service]);
    command.args(["--namespace", &target.namespace, "--url"]);
    Some(Address::Through { line: process::line(&command), url: None })
}

/// The port of this machine that a node in a container is given, if it is given one.
fn published(container: &str, port: u16) -> Option<String> {
    let mut command = Command::new("docker");
    command.args(["port", container, &format!("{port}/tcp")]);
    let text = process::output(&mut command).ok()?;
    let (_, port) = text.lines().next()?.rsplit_once(':')?;
    reachable("127.0.0.1", port.trim().parse().ok()?)
}

/// The addresses of the nodes, outer ones first.
fn hosts<'a>(nodes: &[&'a Node]) -> Vec<&'a str> {
    let of_kind = |kind: &'static str| {
        let all = nodes.iter().flat_map(|node| &node.status.addresses);
        all.filter(move |address| address.kind == kind).map(|address| address.address.as_str())
    };
    of_kind("ExternalIP").chain(of_kind("InternalIP")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn target() -> Target {
        let [context, namespace, release] = ["c", "n", "r"].map(str::to_owned);
        Target { context, namespace, release }
    }

    fn node(name: &str, addresses: &serde_json::Value) -> Node {
        let metadata = json!({ "name": name });
        serde_json::from_value(
            json!({ "metadata": metadata, "status": { "addresses": addresses } }),
        )
        .unwrap()
    }

    #[test]
    fn prefers_the_outer_address_of_a_node() {
        let inner = node("a", &json!([{ "type": "InternalIP", "address": "10.0.0.1" }]));
        let both = node(
            "b",
            &json!([{ "type": "InternalIP", "address": "10.0.0.2" },
                { "type": "ExternalIP", "address": "203.0.113.2" }]),
        );
        assert_eq!(hosts(&[&inner, &both]), ["203.0.113.2", "10.0.0.1", "10.0.0.2"]);
    }

    #[test]
    fn only_a_node_with_a_frontend_that_is_ready_serves() {
        let pod = |name: &str, node: &str, ready: &str| -> Pod {
            let labels = json!({ "app.kubernetes.io/name": name });
            let conditions = json!([{ "type": "Ready", "status": ready }]);
            let (spec, status) = (json!({ "nodeName": node }), json!({ "conditions": conditions }));
            serde_json::from_value(
                json!({ "metadata": { "labels": labels }, "spec": spec, "status": status }),
            )
            .unwrap()
        };
        let nodes = ["a", "b", "c"].map(|name| node(name, &json!([])));
        let pods = [
            pod("backend", "a", "True"),
            pod("frontend", "b", "False"),
            pod("frontend", "c", "True"),
        ];
        let names = serving(&nodes, &pods);
        let names: Vec<&str> = names.iter().map(|node| node.metadata.name.as_str()).collect();
        assert_eq!(names, ["c"]);
    }

    #[test]
    fn an_address_is_one_that_answers() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let node = node("n", &json!([{ "type": "InternalIP", "address": "127.0.0.1" }]));
        let found = by_node_port(&KindOfCluster::Remote, &[&node], port);
        assert_eq!(found, Some(Address::Url(format!("http://127.0.0.1:{port}"))));
        drop(listener);
        assert!(!accepts("127.0.0.1", port, KNOCKING));
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

//! Which kind of cluster it is: how images come to it and how it is reached depends on that.

use crate::objects::Node;
use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KindOfCluster {
    Minikube {
        profile: String,
        /// The shell has run `eval $(minikube docker-env)`: images are built inside.
        builds_inside: bool,
    },
    Kind {
        name: String,
    },
    K3d {
        name: String,
    },
    /// The Kubernetes of a desktop program, whose nodes use the images of this machine's docker.
    Desktop {
        name: &'static str,
        /// Ports of nodes are open at 127.0.0.1.
        node_ports: bool,
    },
    Testbed,
    /// Everything else: images come by a registry.
    Remote,
}

impl KindOfCluster {
    /// Looks at the nodes; `active_docker` is `MINIKUBE_ACTIVE_DOCKERD`.
    pub fn of(nodes: &[Node], active_docker: Option<&str>) -> Self {
        nodes.iter().find_map(|node| of_node(node, active_docker)).unwrap_or(Self::Remote)
    }

    /// The program that brings images to it, where that is one of its own.
    pub fn program(&self) -> Option<&'static str> {
        match self {
            Self::Minikube { builds_inside: false, .. } => Some("minikube"),
            Self::Kind { .. } => Some("kind"),
            Self::K3d { .. } => Some("k3d"),
            Self::Minikube { .. } | Self::Desktop { .. } | Self::Testbed | Self::Remote => None,
        }
    }
}

fn of_node(node: &Node, active_docker: Option<&str>) -> Option<KindOfCluster> {
    if let Some(profile) = node.metadata.labels.get("minikube.k8s.io/name") {
        let builds_inside = active_docker == Some(profile);
        return Some(KindOfCluster::Minikube { profile: profile.clone(), builds_inside });
    }
    let provider: Vec<&str> = node.spec.provider_id.split('/').collect();
    match (provider.as_slice(), node.metadata.name.as_str()) {
        (["kind:", "", _, "desktop", ..], _) => Some(desktop("Docker Desktop", false)),
        (["kind:", "", _, name, ..], _) => Some(KindOfCluster::Kind { name: (*name).to_owned() }),
        (_, "docker-desktop") => Some(desktop("Docker Desktop", true)),
        (_, "lima-rancher-desktop") => Some(desktop("Rancher Desktop", true)),
        (_, "orbstack") => Some(desktop("OrbStack", true)),
        (_, "testbed") => Some(KindOfCluster::Testbed),
        (_, name) => Some(KindOfCluster::K3d { name: k3d_cluster(name)? }),
    }
}

fn desktop(name: &'static str, node_ports: bool) -> KindOfCluster {
    KindOfCluster::Desktop { name, node_ports }
}

/// `todo` of the node `k3d-todo-server-0`.
fn k3d_cluster(node: &str) -> Option<String> {
    let name = node.strip_prefix("k3d-")?;
    let (name, _) = name.rsplit_once("-server-").or_else(|| name.rsplit_once("-agent-"))?;
    Some(name.to_owned())
}

impl fmt::Display for KindOfCluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Minikube { profile, .. } => write!(f, "Minikube (profile {profile})"),
            Self::Kind { name } => write!(f, "kind (cluster {name})"),
            Self::K3d { name } => write!(f, "k3d (cluster {name})"),
            Self::Desktop { name, .. } => write!(f, "the Kubernetes of {name}"),
            Self::Testbed => f.write_str("the testbed"),
            Self::Remote => f.write_str("a cluster elsewhere"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn node(name: &str, provider: &str, labels: &Value) -> Node {
        let metadata = json!({ "name": name, "labels": labels });
        let spec = json!({ "providerID": provider });
        serde_json::from_value(json!({ "metadata": metadata, "spec": spec })).unwrap()
    }

    #[rstest]
    #[case::kind(
        "todo-control-plane",
        "kind://docker/todo/todo-control-plane",
        "kind (cluster todo)"
    )]
    #[case::k3d("k3d-my-todo-server-0", "k3s://k3d-my-todo-server-0", "k3d (cluster my-todo)")]
    #[case::k3d_agent("k3d-todo-agent-1", "k3s://k3d-todo-agent-1", "k3d (cluster todo)")]
    #[case::desktop("docker-desktop", "", "the Kubernetes of Docker Desktop")]
    #[case::desktop_by_kind(
        "desktop-control-plane",
        "kind://docker/desktop/desktop-control-plane",
        "the Kubernetes of Docker Desktop"
    )]
    #[case::testbed("testbed", "", "the testbed")]
    #[case::cloud("ip-10-0-0-1.ec2.internal", "aws:///eu/i-0", "a cluster elsewhere")]
    #[case::k3s_elsewhere("raspberry", "k3s://raspberry", "a cluster elsewhere")]
    fn is_told_by_the_nodes(#[case] name: &str, #[case] provider: &str, #[case] expected: &str) {
        let kind = KindOfCluster::of(&[node(name, provider, &json!({}))], None);
        assert_eq!(kind.to_string(), expected);
    }

    #[test]
    fn minikube_may_build_inside() {
        let nodes = [node("work", "", &json!({ "minikube.k8s.io/name": "work" }))];
        let minikube =
            |builds_inside| KindOfCluster::Minikube { profile: "work".to_owned(), builds_inside };
        assert_eq!(KindOfCluster::of(&nodes, None), minikube(false));
        assert_eq!(KindOfCluster::of(&nodes, Some("work")), minikube(true));
        assert_eq!(KindOfCluster::of(&nodes, Some("other")), minikube(false));
    }
}

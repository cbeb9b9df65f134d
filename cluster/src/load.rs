//! Brings images to the nodes, in the way of each kind of cluster.

use crate::{
    images::Image,
    kind_of_cluster::KindOfCluster,
    objects::{Node, short},
    paths, process,
};
use anyhow::{Result, bail};
use std::process::Command;

/// How the images come to the cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// The nodes use this docker's images.
    Shared,
    /// Copied by the cluster's own program.
    Loaded,
    /// Through a registry.
    Pushed,
}

/// Chooses the way.
///
/// # Errors
/// Nothing but a registry reaches the cluster, and none was named.
pub fn way(kind: &KindOfCluster, registry: Option<&str>) -> Result<Way> {
    match kind {
        _ if registry.is_some() => Ok(Way::Pushed),
        KindOfCluster::Desktop { .. } | KindOfCluster::Minikube { builds_inside: true, .. } => {
            Ok(Way::Shared)
        }
        KindOfCluster::Remote => bail!(
            "kubectl points at {kind}, which takes images from a registry only. Name one that you can push to and it can \
             pull from:\n  make deploy ARGS=\"--registry registry.example/team\""
        ),
        _ => Ok(Way::Loaded),
    }
}

/// What docker builds here runs on some node.
///
/// # Errors
/// No node has this docker's architecture.
pub fn check_architecture(nodes: &[Node]) -> Result<()> {
    let mut command = Command::new("docker");
    command.args(["version", "--format={{.Server.Arch}}"]);
    match other_architecture(nodes, process::output(&mut command)?.trim()) {
        Some(refusal) => bail!("{refusal}"),
        None => Ok(()),
    }
}

fn other_architecture(nodes: &[Node], built: &str) -> Option<String> {
    let mut all = nodes.iter().map(|node| node.status.node_info.architecture.as_str());
    let first = all.clone().next()?;
    (!all.any(|architecture| architecture == built)).then(|| {
        format!(
            "The nodes run {first} and docker here builds for {built}: build the images on a machine of the nodes' \
             architecture, or point docker at one with `docker context use`."
        )
    })
}

/// Pushes or copies what the nodes lack, and tells what it does.
pub fn bring(kind: &KindOfCluster, way: &Way, nodes: &[Node], images: &[Image]) -> Result<()> {
    let names: Vec<String> = images.iter().map(Image::name).collect();
    match way {
        Way::Shared => println!("    {kind} uses the images of this docker"),
        Way::Pushed => {
            for name in &names {
                println!("    pushing {name}");
                process::run(Command::new("docker").args(["push", "--quiet", name]))?;
            }
        }
        Way::Loaded => load_missing(kind, nodes, &names)?,
    }
    Ok(())
}

/// Copies those images that a node lacks.
pub fn load_missing(kind: &KindOfCluster, nodes: &[Node], names: &[String]) -> Result<()> {
    let on_all = |name: &&String| nodes.iter().all(|node| node.image(name).is_some());
    let (there, missing): (Vec<&String>, Vec<&String>) = names.iter().partition(on_all);
    for name in there {
        println!("    {name} is on the node already");
    }
    for name in missing {
        println!("    loading {name} into {kind}");
        load(kind, name)?;
    }
    Ok(())
}

/// Copies an image as docker has it now.
pub fn load(kind: &KindOfCluster, image: &str) -> Result<()> {
    let mut command = load_command(kind, image)?;
    match kind {
        KindOfCluster::Minikube { profile, .. } => load_into_minikube(&mut command, profile, image),
        _ => process::output(&mut command).map(drop),
    }
}

/// minikube ends well even when the image did not come: whether it did, its list tells.
fn load_into_minikube(command: &mut Command, profile: &str, image: &str) -> Result<()> {
    let (_, words) = process::attempt(command)?;
    let mut list = Command::new("minikube");
    list.args(["--profile", profile, "image", "ls"]);
    if !lists(&process::output(&mut list)?, image) {
        bail!("{} did not bring the image:\n{words}", process::line(command));
    }
    Ok(())
}

fn lists(names: &str, image: &str) -> bool {
    names.lines().any(|name| short(name.trim()) == image)
}

fn load_command(kind: &KindOfCluster, image: &str) -> Result<Command> {
    let words: Vec<&str> = match kind {
        KindOfCluster::Minikube { profile, .. } => {
            vec!["minikube", "--profile", profile, "image", "load", image]
        }
        KindOfCluster::Kind { name } => vec!["kind", "load", "docker-image", "--name", name, image],
        KindOfCluster::K3d { name } => vec!["k3d", "image", "import", "--cluster", name, image],
        KindOfCluster::Testbed => return testbed_load(image),
        KindOfCluster::Desktop { .. } | KindOfCluster::Remote => bail!("{kind} takes no images"),
    };
    let mut command = Command::new(words[0]);
    command.args(&words[1..]);
    Ok(command)
}

fn testbed_load(image: &str) -> Result<Command> {
    let program = paths::testbed().join("load");
    if !program.is_file() {
        bail!("{} is not there; TESTBED says where the testbed lies", program.display());
    }
    let mut command = Command::new("bash");
    command.arg(program).arg(image);
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case::minikube(
        KindOfCluster::Minikube { profile: "p".to_owned(), builds_inside: false },
        "minikube --profile p image load a:1"
    )]
    #[case::kind(KindOfCluster::Kind { name: "c".to_owned() }, "kind load docker-image --name c a:1")]
    #[case::k3d(KindOfCluster::K3d { name: "c".to_owned() }, "k3d image import --cluster c a:1")]
    fn each_kind_has_its_own_program(#[case] kind: KindOfCluster, #[case] expected: &str) {
        assert_eq!(process::line(&load_command(&kind, "a:1").unwrap()), expected);
        assert_eq!(way(&kind, None).unwrap(), Way::Loaded);
    }

    #[test]
    fn a_registry_is_needed_where_nothing_else_reaches() {
        let refused = way(&KindOfCluster::Remote, None).unwrap_err().to_string();
        assert!(refused.contains("--registry"), "{refused}");
        assert_eq!(way(&KindOfCluster::Remote, Some("r")).unwrap(), Way::Pushed);
        assert_eq!(way(&KindOfCluster::Testbed, Some("r")).unwrap(), Way::Pushed);
    }

    #[test]
    fn a_shared_docker_needs_nothing() {
        let inside = KindOfCluster::Minikube { profile: "p".to_owned(), builds_inside: true };
        assert_eq!(way(&inside, None).unwrap(), Way::Shared);
    }

    #[test]
    fn minikube_is_asked_what_it_has() {
        let names = "registry.k8s.io/pause:3.10\ndocker.io/library/todo-backend:1\n";
        assert!(lists(names, "todo-backend:1"));
        assert!(!lists(names, "todo-backend:2"));
    }

    #[test]
    fn some_node_must_run_what_is_built() {
        let node = |architecture: &str| -> Node {
            let info = json!({ "nodeInfo": { "architecture": architecture } });
            serde_json::from_value(json!({ "status": info })).unwrap()
        };
        let refusal = other_architecture(&[node("arm64")], "amd64").unwrap();
        assert!(refusal.starts_with("The nodes run arm64 and docker here builds for amd64"));
        assert_eq!(other_architecture(&[node("arm64"), node("amd64")], "amd64"), None);
        assert_eq!(other_architecture(&[], "amd64"), None, "this user may not see the nodes");
    }
}

//! What must be on this machine, and the line that brings what is missing.

use crate::{
    helm,
    kind_of_cluster::KindOfCluster,
    process,
    target::{Target, TargetArguments},
};
use anyhow::{Error, Result, bail};
use std::process::Command;

/// A cluster that answers, and what was learnt of it.
pub struct Found {
    pub target: Target,
    pub kind: KindOfCluster,
    pub nodes: Vec<crate::objects::Node>,
}

/// What a command does with images: that decides which programs it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Images {
    Untouched,
    Pushed,
    /// Brought to the nodes by the cluster's own program, where it has one.
    Loaded,
}

/// Something missing, and how to get it.
#[derive(Debug, PartialEq, Eq)]
pub struct Missing {
    what: String,
    line: String,
}

/// The system whose install lines are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    Linux,
    MacOs,
}

impl System {
    fn this() -> Self {
        if cfg!(target_os = "macos") { Self::MacOs } else { Self::Linux }
    }
}

/// Checks docker, kubectl, helm and the cluster, and tells everything that is missing at once.
pub fn find(arguments: &TargetArguments, images: Images) -> Result<Found> {
    let system = System::this();
    let mut missing = Vec::new();
    if images != Images::Untouched {
        missing.extend(docker(system).or_else(|| buildx(system)));
    }
    missing.extend(helm_is_there(system));
    if !is_there("kubectl", &["version", "--client"]) {
        missing.push(lacking("kubectl", system));
    }
    let cluster = cluster(arguments);
    match &cluster {
        Ok(found) if images == Images::Loaded => missing.extend(program_of(&found.kind, system)),
        Ok(_) => {}
        Err(error) => missing.extend(no_cluster(arguments.context.as_deref(), error, system)),
    }
    match (cluster, missing.is_empty()) {
        (Ok(found), true) => Ok(found),
        _ => bail!("{}", message(&missing)),
    }
}

fn cluster(arguments: &TargetArguments) -> Result<Found> {
    let target = arguments.resolve()?;
    let nodes = match target.nodes() {
        Err(error) if is_forbidden(&error) => Vec::new(),
        nodes => nodes?,
    };
    let active_docker = std::env::var("MINIKUBE_ACTIVE_DOCKERD").ok();
    let kind = KindOfCluster::of(&nodes, active_docker.as_deref());
    Ok(Found { target, kind, nodes })
}

/// Whether the cluster answers, and this user may see a namespace of it only.
fn is_forbidden(error: &Error) -> bool {
    format!("{error:#}").contains("(Forbidden)")
}

fn message(missing: &[Missing]) -> String {
    let lines = missing.iter().map(|missing| {
        let Missing { what, line } = missing;
        format!("  {what}\n      {line}\n")
    });
    format!(
        "Something is missing. Run these lines, then this again:\n{}",
        lines.collect::<String>()
    )
}

fn docker(system: System) -> Option<Missing> {
    if !is_there("docker", &["--version"]) {
        return Some(lacking("docker", system));
    }
    let mut command = Command::new("docker");
    command.args(["version", "--format={{.Server.Version}}"]);
    let complaint = process::output(&mut command).err()?.to_string();
    let (what, line) = if complaint.contains("permission denied") {
        ("docker refuses this user", "sudo usermod -aG docker $USER && newgrp docker")
    } else {
        ("docker does not run", start_of_docker(system))
    };
    Some(Missing { what: what.to_owned(), line: line.to_owned() })
}

/// From version 23 on docker builds with a plugin, which some distributions leave out.
fn buildx(system: System) -> Option<Missing> {
    let mut command = Command::new("docker");
    command.args(["version", "--format={{.Client.Version}}"]);
    let version = process::output(&mut command).ok()?;
    let needs_it = major(&version).is_some_and(|major| major >= 23);
    (needs_it && !is_there("docker", &["buildx", "version"]))
        .then(|| lacking("docker buildx", system))
}

fn major(version: &str) -> Option<u32> {
    version.trim().split('.').next()?.parse().ok()
}

fn start_of_docker(system: System) -> &'static str {
    match system {
        System::Linux => "sudo systemctl start docker",
        System::MacOs => "open -a Docker",
    }
}

fn helm_is_there(system: System) -> Option<Missing> {
    let Ok(version) = helm::version() else { return Some(lacking("helm", system)) };
    (version < helm::OLDEST).then(|| {
        let (major, minor) = helm::OLDEST;
        let what =
            format!("helm {}.{} is too old, {major}.{minor} is needed", version.0, version.1);
        Missing { what, ..lacking("helm", system) }
    })
}

fn program_of(kind: &KindOfCluster, system: System) -> Option<Missing> {
    let program = kind.program()?;
    (!is_there(program, &["version"])).then(|| {
        let what = format!("{program}, which brings images to {kind}");
        Missing { what, ..lacking(program, system) }
    })
}

/// No cluster answers as it should: why, and the plan's way to one where none was meant.
fn no_cluster(context: Option<&str>, error: &Error, system: System) -> Vec<Missing> {
    let why = format!("{error:#}");
    let reason = why.lines().last().unwrap_or_default();
    if context.is_some() || has_answered(&why) {
        let place = context.map(|context| format!(" --context {context}")).unwrap_or_default();
        return vec![Missing {
            what: format!("access to the cluster ({reason}); this must list its nodes"),
            line: format!("kubectl{place} get nodes"),
        }];
    }
    let mut missing = Vec::new();
    if !is_there("minikube", &["version"]) {
        missing.push(lacking("minikube", system));
    }
    missing.push(Missing {
        what: format!("a cluster that answers kubectl ({reason})"),
        line: "minikube start --driver=docker --memory=4096 --cpus=2".to_owned(),
    });
    missing
}

/// Whether kubectl was refused by a server: then there is a cluster, and another one is no help.
fn has_answered(why: &str) -> bool {
    ["Error from server", "logged in to the server", "x509"].iter().any(|words| why.contains(words))
}

fn is_there(program: &str, arguments: &[&str]) -> bool {
    process::succeeds(Command::new(program).args(arguments))
}

fn lacking(program: &str, system: System) -> Missing {
    Missing { what: program.to_owned(), line: install_line(program, system) }
}

/// The exact line that installs a program.
fn install_line(program: &str, system: System) -> String {
    let machine = if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" };
    let line = match (system, program) {
        (System::MacOs, "docker") => "brew install --cask docker && open -a Docker",
        (System::MacOs, "docker buildx") => {
            "brew install docker-buildx && mkdir -p ~/.docker/cli-plugins \
             && ln -sfn $(brew --prefix)/opt/docker-buildx/bin/docker-buildx ~/.docker/cli-plugins/docker-buildx"
        }
        (System::MacOs, program) => return format!("brew install {program}"),
        (System::Linux, "docker") => {
            "curl -fsSL https://get.docker.com | sudo sh && sudo usermod -aG docker $USER && newgrp docker"
        }
        (System::Linux, "docker buildx") => {
            "curl -fLo /tmp/docker-buildx https://github.com/docker/buildx/releases/download/v0.24.0/buildx-v0.24.0.linux-MACHINE \
             && sudo install -D /tmp/docker-buildx /usr/local/lib/docker/cli-plugins/docker-buildx"
        }
        (System::Linux, "kubectl") => {
            "curl -Lo /tmp/kubectl https://dl.k8s.io/release/$(curl -Ls https://dl.k8s.io/release/stable.txt)/bin/linux/MACHINE/kubectl \
             && sudo install /tmp/kubectl /usr/local/bin/kubectl"
        }
        (System::Linux, "helm") => {
            "curl -fsSL https://raw.githubusercontent.com/helm/helm/main/scripts/get-helm-4 | bash"
        }
        (System::Linux, "minikube") => {
            "curl -Lo /tmp/minikube https://storage.googleapis.com/minikube/releases/latest/minikube-linux-MACHINE \
             && sudo install /tmp/minikube /usr/local/bin/minikube"
        }
        (System::Linux, "kind") => {
            "curl -Lo /tmp/kind https://kind.sigs.k8s.io/dl/v0.32.0/kind-linux-MACHINE \
             && sudo install /tmp/kind /usr/local/bin/kind"
        }
        (System::Linux, _) => {
            "curl -fsSL https://raw.githubusercontent.com/k3d-io/k3d/main/install.sh | bash"
        }
    };
    line.replace("MACHINE", machine)
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;
    use rstest::rstest;

    #[rstest]
    #[case("docker")]
    #[case("docker buildx")]
    #[case("kubectl")]
    #[case("helm")]
    #[case("minikube")]
    #[case("kind")]
    #[case("k3d")]
    fn every_program_has_its_line(#[case] program: &str) {
        let linux = install_line(program, System::Linux);
        assert!(
            linux.starts_with("curl ") && linux.contains(&program.replace(' ', "-")),
            "{linux}"
        );
        assert!(!linux.contains("MACHINE") && !linux.contains('\n'), "{linux}");
        assert!(install_line(program, System::MacOs).contains(&format!(
            "install {}",
            match program {
                "docker" => "--cask docker",
                "docker buildx" => "docker-buildx",
                other => other,
            }
        )));
    }

    #[test]
    fn tells_everything_at_once() {
        let missing = [
            lacking("helm", System::MacOs),
            no_cluster(Some("work"), &anyhow!("a\nrefused"), System::MacOs).pop().unwrap(),
        ];
        assert_eq!(
            message(&missing),
            "Something is missing. Run these lines, then this again:\n  helm\n      brew install helm\n  \
             access to the cluster (refused); this must list its nodes\n      \
             kubectl --context work get nodes\n"
        );
    }

    #[rstest]
    #[case::nothing_there("The connection to the server localhost:8080 was refused", true)]
    #[case::no_context("kubectl points at no cluster", true)]
    #[case::not_signed_in("error: You must be logged in to the server (Unauthorized)", false)]
    #[case::refused("Error from server (ServiceUnavailable): the server is unable", false)]
    #[case::foreign("tls: failed to verify certificate: x509: signed by unknown authority", false)]
    fn another_cluster_is_advised_where_none_answers(#[case] why: &str, #[case] minikube: bool) {
        let missing = no_cluster(None, &anyhow!("{why}"), System::MacOs);
        let is_advised = missing.iter().any(|missing| missing.line.starts_with("minikube start"));
        assert_eq!(is_advised, minikube);
    }

    #[test]
    fn nodes_may_be_hidden_from_this_user() {
        let forbidden = "Error from server (Forbidden): nodes is forbidden: User \"u\" cannot list";
        assert!(is_forbidden(&anyhow!("{forbidden}")));
        assert!(!is_forbidden(&anyhow!("connection refused")));
    }

    #[rstest]
    #[case("28.2.2\n", Some(28))]
    #[case("20.10.24+dfsg1", Some(20))]
    #[case("", None)]
    fn reads_the_version_of_docker(#[case] version: &str, #[case] expected: Option<u32>) {
        assert_eq!(major(version), expected);
    }
}

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
pub fn find(arguments: &TargetArguments, with_docker: bool) -> Result<Found> {
    let system = System::this();
    let mut missing = Vec::new();
    if with_docker {
        missing.extend(docker(system));
    }
    missing.extend(helm_is_there(system));
    if !is_there("kubectl", &["version", "--client"]) {
        missing.push(lacking("kubectl", system));
    }
    let cluster = cluster(arguments);
    match &cluster {
        Ok(found) => missing.extend(program_of(&found.kind, system)),
        Err(error) => missing.extend(no_cluster(arguments.context.as_deref(), error, system)),
    }
    match (cluster, missing.is_empty()) {
        (Ok(found), true) => Ok(found),
        _ => bail!("{}", message(&missing)),
    }
}

fn cluster(arguments: &TargetArguments) -> Result<Found> {
    let target = arguments.resolve()?;
    let nodes = target.nodes()?;
    let active_docker = std::env::var("MINIKUBE_ACTIVE_DOCKERD").ok();
    let kind = KindOfCluster::of(&nodes, active_docker.as_deref());
    Ok(Found { target, kind, nodes })
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

/// No cluster answers: why, and the plan's way to one.
fn no_cluster(context: Option<&str>, error: &Error, system: System) -> Vec<Missing> {
    let mut missing = Vec::new();
    if context.is_none() && !is_there("minikube", &["version"]) {
        missing.push(lacking("minikube", system));
    }
    let place = context.map(|context| format!(" in the context {context}")).unwrap_or_default();
    let why = format!("{error:#}");
    let why = why.lines().last().unwrap_or_default();
    missing.push(Missing {
        what: format!("a cluster that answers kubectl{place} ({why})"),
        line: "minikube start --driver=docker --memory=4096 --cpus=2".to_owned(),
    });
    missing
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
        (System::MacOs, program) => return format!("brew install {program}"),
        (System::Linux, "docker") => "curl -fsSL https://get.docker.com | sudo sh",
        (System::Linux, "kubectl") => {
            "curl -LO https://dl.k8s.io/release/$(curl -Ls https://dl.k8s.io/release/stable.txt)/bin/linux/MACHINE/kubectl \
             && sudo install kubectl /usr/local/bin/kubectl"
        }
        (System::Linux, "helm") => {
            "curl -fsSL https://raw.githubusercontent.com/helm/helm/main/scripts/get-helm-4 | bash"
        }
        (System::Linux, "minikube") => {
            "curl -LO https://storage.googleapis.com/minikube/releases/latest/minikube-linux-MACHINE \
             && sudo install minikube-linux-MACHINE /usr/local/bin/minikube"
        }
        (System::Linux, "kind") => {
            "curl -Lo kind https://kind.sigs.k8s.io/dl/v0.32.0/kind-linux-MACHINE \
             && sudo install kind /usr/local/bin/kind"
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
    #[case("kubectl")]
    #[case("helm")]
    #[case("minikube")]
    #[case("kind")]
    #[case("k3d")]
    fn every_program_has_its_line(#[case] program: &str) {
        let linux = install_line(program, System::Linux);
        assert!(linux.starts_with("curl ") && linux.contains(program), "{linux}");
        assert!(!linux.contains("MACHINE") && !linux.contains('\n'), "{linux}");
        assert!(install_line(program, System::MacOs).contains(&format!(
            "install {}",
            match program {
                "docker" => "--cask docker",
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
             a cluster that answers kubectl in the context work (refused)\n      \
             minikube start --driver=docker --memory=4096 --cpus=2\n"
        );
    }
}

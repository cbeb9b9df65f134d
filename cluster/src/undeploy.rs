//! `make undeploy`: the plan's way back. Data is deleted only when somebody says so.

use crate::{
    namespace, process,
    target::{Target, TargetArguments},
    tools,
};
use anyhow::{Result, bail};
use std::io::{IsTerminal, Write};

/// What `make undeploy` can be told.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    target: TargetArguments,
    /// Delete data and namespace without asking.
    #[arg(long, conflicts_with = "keep_data")]
    yes: bool,
    /// Keep data and namespace without asking.
    #[arg(long)]
    keep_data: bool,
}

/// Who answers the question whether data goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answers {
    Yes,
    No,
    Person,
    /// Nobody can be asked.
    Nobody,
}

impl Arguments {
    fn answers(&self) -> Answers {
        match (self.yes, self.keep_data) {
            (true, _) => Answers::Yes,
            (_, true) => Answers::No,
            _ if std::io::stdin().is_terminal() => Answers::Person,
            _ => Answers::Nobody,
        }
    }
}

/// Uninstalls, then asks what is to become of the data.
///
/// # Errors
/// No cluster answers, or it refuses.
pub fn run(arguments: &Arguments) -> Result<()> {
    let target = tools::find(&arguments.target, tools::Images::Untouched)?.target;
    if target.release_status()?.is_some() {
        println!("==> Uninstalling {} from {}", target.release, target.namespace);
        process::output(&mut target.helm(&["uninstall", &target.release, "--wait"]))?;
        end_pods(&target)?;
    } else {
        println!("==> No release {} in the namespace {}", target.release, target.namespace);
    }
    data(&target, arguments.answers())?;
    println!("\nTo run the application without Kubernetes: docker compose up --build");
    Ok(())
}

/// A namespace deleted around pods that still end takes as long as they might.
fn end_pods(target: &Target) -> Result<()> {
    let selector = target.selector();
    // A test that failed stays after the uninstall, and its pod with it.
    process::output(&mut target.kubectl(&["delete", "jobs", "--selector", &selector]))?;
    let ended = ["wait", "--for=delete", "pods", "--selector", &selector, "--timeout=60s"];
    if process::output(&mut target.kubectl(&ended)).is_err() {
        let pods = names(target, "pods", &selector)?;
        println!("    still ending after 60 s: {}", pods.join(", "));
    }
    Ok(())
}

fn data(target: &Target, answers: Answers) -> Result<()> {
    let volumes = names(target, "persistentvolumeclaims", &target.selector())?;
    if !volumes.is_empty() {
        let what =
            format!("the data of the development Postgres (volume claim {})", volumes.join(", "));
        if !decide(answers, &format!("Delete {what}? It cannot be brought back."))? {
            println!("    kept: {what}");
            return Ok(());
        }
        process::output(&mut target.kubectl(&[
            "delete",
            "persistentvolumeclaims",
            "--selector",
            &target.selector(),
        ]))?;
        println!("    deleted: {what}");
    }
    if namespace::find(target)? == namespace::Found::Nothing {
        return Ok(());
    }
    let name = &target.namespace;
    if name == "default" || name.starts_with("kube-") {
        return Ok(());
    }
    let others = words(&others(target)?);
    // Without anybody to say so, what other people put there stays.
    let is_safe = others.is_empty() || answers == Answers::Person;
    if !is_safe || !decide(answers, &format!("Delete the namespace {name}{others}?"))? {
        println!("    kept: the namespace {name}{others}");
        return Ok(());
    }
    process::output(&mut target.kubectl(&["delete", "namespace", name]))?;
    println!("    deleted: the namespace {name}");
    Ok(())
}

/// What people may have put into the namespace.
const KINDS: &str = "pods,services,persistentvolumeclaims,deployments,statefulsets,daemonsets,jobs,cronjobs,ingresses,\
    secrets,configmaps,serviceaccounts";

/// What is in the namespace beside the release, as `Kind/name`.
fn others(target: &Target) -> Result<Vec<String>> {
    let selector = format!("app.kubernetes.io/instance!={}", target.release);
    let lines = "--output=jsonpath={range .items[*]}{.kind}/{.metadata.name} {.type}{\"\\n\"}{end}";
    let mut command = target.kubectl(&["get", KINDS, "--selector", &selector, lines]);
    Ok(put_there(&process::output(&mut command)?))
}

/// Without what Kubernetes puts into every namespace, and Helm's own notes.
fn put_there(lines: &str) -> Vec<String> {
    let objects = lines.lines().filter_map(|line| line.split_once(' '));
    let of_somebody = objects.filter(|(name, kind)| {
        !matches!(*name, "ConfigMap/kube-root-ca.crt" | "ServiceAccount/default")
            && *kind != "helm.sh/release.v1"
    });
    of_somebody.map(|(name, _)| name.to_owned()).collect()
}

fn words(others: &[String]) -> String {
    match others {
        [] => String::new(),
        [other] => format!(" with {other}"),
        [first, rest @ ..] => {
            format!(" with {first} and {} more that are not of the release", rest.len())
        }
    }
}

fn names(target: &Target, kinds: &str, selector: &str) -> Result<Vec<String>> {
    let names = "--output=jsonpath={range .items[*]}{.metadata.name}{\"\\n\"}{end}";
    let mut command = target.kubectl(&["get", kinds, "--selector", selector, names]);
    Ok(process::output(&mut command)?.lines().map(str::to_owned).collect())
}

fn decide(answers: Answers, question: &str) -> Result<bool> {
    match answers {
        Answers::Yes => Ok(true),
        Answers::No => Ok(false),
        Answers::Nobody => {
            println!(
                "    nobody can be asked here: `make undeploy ARGS=--yes` deletes, `make undeploy ARGS=--keep-data` keeps"
            );
            Ok(false)
        }
        Answers::Person => ask(question),
    }
}

fn ask(question: &str) -> Result<bool> {
    loop {
        print!("{question} [y/N] ");
        std::io::stdout().flush()?;
        let mut line = String::new();
        if std::io::stdin().read_line(&mut line)? == 0 {
            bail!("no answer");
        }
        match line.trim().to_lowercase().as_str() {
            "y" | "yes" => return Ok(true),
            "" | "n" | "no" => return Ok(false),
            _ => println!("Please answer y or n."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_somebody_put_there_counts() {
        let lines = "ConfigMap/kube-root-ca.crt \nServiceAccount/default \n\
            Secret/sh.helm.release.v1.other.v1 helm.sh/release.v1\n\
            Service/mine ClusterIP\nSecret/todo-credentials Opaque\nIngress/way \n";
        let others = put_there(lines);
        assert_eq!(others, ["Service/mine", "Secret/todo-credentials", "Ingress/way"]);
        assert_eq!(words(&others), " with Service/mine and 2 more that are not of the release");
        assert_eq!(words(&others[..1]), " with Service/mine");
        assert_eq!(words(&[]), "");
    }
}

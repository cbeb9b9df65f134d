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
        // A namespace deleted around pods that still end takes as long as they might.
        let selector = target.selector();
        let ended = ["wait", "--for=delete", "pods", "--selector", &selector, "--timeout=60s"];
        process::output(&mut target.kubectl(&ended))?;
    } else {
        println!("==> No release {} in the namespace {}", target.release, target.namespace);
    }
    data(&target, arguments.answers())?;
    println!("\nTo run the application without Kubernetes: docker compose up --build");
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
    let others = format!("app.kubernetes.io/instance!={}", target.release);
    let others = names(target, "pods,services,persistentvolumeclaims,deployments", &others)?;
    let others = match others.len() {
        0 => String::new(),
        count => format!(" with {count} other objects ({}, …)", others[0]),
    };
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
            println!("    nobody can be asked here; --yes deletes it, --keep-data keeps it");
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

//! Which release, in which namespace of which cluster: what every command is about.

use crate::process;
use anyhow::{Context, Result};
use std::process::Command;

/// The flags that all commands share.
#[derive(Debug, Clone, clap::Args)]
pub struct TargetArguments {
    /// Context of the kubeconfig; the current one by default. It is only read.
    #[arg(long)]
    pub context: Option<String>,
    /// Namespace of the application.
    #[arg(long, short, default_value = "todo-chatbot")]
    pub namespace: String,
    /// Name of the Helm release.
    #[arg(long, default_value = "todo-chatbot")]
    pub release: String,
}

impl TargetArguments {
    /// Fixes the context once, so that a switch in another shell changes nothing here.
    pub fn resolve(&self) -> Result<Target> {
        let context = match &self.context {
            Some(context) => context.clone(),
            None => current_context().context("kubectl points at no cluster")?,
        };
        let (namespace, release) = (self.namespace.clone(), self.release.clone());
        Ok(Target { context, namespace, release })
    }
}

fn current_context() -> Result<String> {
    let mut command = Command::new("kubectl");
    command.args(["config", "current-context"]);
    Ok(process::output(&mut command)?.trim().to_owned())
}

/// One release on one cluster.
#[derive(Debug, Clone)]
pub struct Target {
    pub context: String,
    pub namespace: String,
    pub release: String,
}

impl Target {
    /// kubectl, bound to context and namespace.
    pub fn kubectl(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("kubectl");
        command.args(["--context", &self.context, "--namespace", &self.namespace]).args(arguments);
        command
    }

    /// Helm, bound to context and namespace.
    pub fn helm(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("helm");
        command
            .args(["--kube-context", &self.context, "--namespace", &self.namespace])
            .args(arguments);
        command
    }

    /// Selects what belongs to the release.
    pub fn selector(&self) -> String {
        format!("app.kubernetes.io/instance={}", self.release)
    }
}

//! Steps 6 and 7 of the plan, typed as they stand there.

use super::{faults::works, outside, world::World};
use crate::{pods, process};
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::Path;
use std::process::Command;

/// 6.1 to 6.5. The variables of 6.2 hold real values.
const INSTALL: &str = r#"
kubectl create namespace todo-chatbot
kubectl config set-context --current --namespace=todo-chatbot

helm lint ./helm/todo-chatbot

helm install todo-chatbot ./helm/todo-chatbot \
  --namespace todo-chatbot \
  --set secrets.databaseUrl="$DATABASE_URL" \
  --set secrets.betterAuthSecret="$BETTER_AUTH_SECRET" \
  --set secrets.openaiApiKey="$OPENAI_API_KEY" \
  --dry-run --debug

helm install todo-chatbot ./helm/todo-chatbot \
  --namespace todo-chatbot \
  --set secrets.databaseUrl="$DATABASE_URL" \
  --set secrets.betterAuthSecret="$BETTER_AUTH_SECRET" \
  --set secrets.openaiApiKey="$OPENAI_API_KEY"
"#;

/// 7.1 to 7.3. The three that follow until one stops them are stopped after a while.
const LOOK: [(&str, &[&str]); 4] = [
    ("kubectl get pods -w", &["backend-", "frontend-", "1/1", "Running"]),
    (
        "kubectl get services",
        &["frontend", "NodePort", "3000:30000/TCP", "backend", "ClusterIP", "8000/TCP"],
    ),
    ("kubectl logs -l app.kubernetes.io/name=frontend -f", &["listening on"]),
    ("kubectl logs -l app.kubernetes.io/name=backend -f", &["listening on"]),
];

/// The plan's commands work, with a database outside.
pub fn as_typed(world: &mut World) -> Result<String> {
    world.program(&["undeploy", "--yes"], &[])?;
    install(world)?;
    let took = pods::wait(world.target())?;
    let shell = Shell::new(world)?;
    for (line, words) in LOOK {
        let text = shell.glance(line)?;
        for word in words {
            ensure!(text.contains(word), "`{line}` does not show {word:?}:\n{text}");
        }
    }
    works(world)?;
    let took = took.as_secs();
    Ok(format!("lint, dry run, install with --set, pods, services, logs; Ready {took} s after"))
}

/// The plan's installation: version tags, two replicas, a database by its address.
pub fn install(world: &World) -> Result<()> {
    outside::provide_database(world)?;
    for part in crate::images::PARTS {
        world.bring(&format!("todo-{part}:{}", env!("CARGO_PKG_VERSION")))?;
    }
    Shell::new(world)?.run(INSTALL)
}

/// A shell in the repository, with a kubeconfig of its own: the plan changes the current context's namespace.
struct Shell {
    folder: tempfile::TempDir,
}

impl Shell {
    fn new(world: &World) -> Result<Self> {
        let folder = tempfile::TempDir::new()?;
        let context = &world.target().context;
        let mut view = Command::new("kubectl");
        view.args(["config", "view", "--raw", "--flatten", "--minify", "--context", context]);
        fs::write(folder.path().join("kubeconfig"), process::output(&mut view)?)?;
        let shell = Self { folder };
        shell.run(&format!("kubectl config use-context {context} >/dev/null"))?;
        Ok(shell)
    }

    fn kubeconfig(&self) -> impl AsRef<Path> {
        self.folder.path().join("kubeconfig")
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new("bash");
        command.args(["-euo", "pipefail", "-c", line]).current_dir(crate::paths::root());
        command.env("KUBECONFIG", self.kubeconfig().as_ref());
        command.env("DATABASE_URL", outside::DATABASE_URL);
        command.env("BETTER_AUTH_SECRET", outside::SECRET).env("OPENAI_API_KEY", "sk-none");
        command
    }

    fn run(&self, lines: &str) -> Result<()> {
        process::output(&mut self.command(lines)).map(drop)
    }

    /// What a command shows within some seconds.
    fn glance(&self, line: &str) -> Result<String> {
        let namespace = "kubectl config set-context --current --namespace=todo-chatbot >/dev/null";
        let lines = format!("{namespace}\ntimeout 3 {line} || [ $? = 124 ]");
        process::output(&mut self.command(&lines)).with_context(|| line.to_owned())
    }
}

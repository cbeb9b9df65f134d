//! Who can reach what, and what the namespace refuses.

use super::world::{POSTGRES, World};
use crate::{process, target::Target};
use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Two doors, and whether each opens: `backend=open postgres=closed`.
const KNOCK: &str = r#"for door in "backend:$0:8000" "postgres:$1:5432"; do
  IFS=: read -r name host port <<<"$door"
  timeout 4 bash -c "</dev/tcp/$host/$port" 2>/dev/null && echo "$name=open" || echo "$name=closed"
done"#;

/// A pod of no part of the application reaches neither backend nor Postgres, wherever it runs; those with a part's label
/// reach what that part needs, so that it is the label and no fault that closes a door.
pub fn strangers_stay_out(world: &mut World) -> Result<String> {
    world.in_development()?;
    world.provide_outside()?;
    let (inside, outside) = (world.target().clone(), world.outside.clone());
    let knocks = [
        Knock::new(&inside, "stranger", "", "backend=closed postgres=closed"),
        Knock::new(&outside, "stranger", "", "backend=closed postgres=closed"),
        Knock::new(&inside, "as-frontend", "frontend", "backend=open postgres=closed"),
        Knock::new(&inside, "as-backend", "backend", "backend=closed postgres=open"),
    ];
    for knock in &knocks {
        // A pod that a broken run left would pass again by its old log.
        knock.delete()?;
        knock.target.apply(&knock.pod(&inside))?;
    }
    let results: Vec<Result<()>> = knocks.iter().map(Knock::check).collect();
    knocks.iter().try_for_each(Knock::delete)?;
    results.into_iter().collect::<Result<Vec<()>>>()?;
    Ok("strangers inside and outside reach nothing, the frontend's label the backend, the backend's Postgres".to_owned())
}

struct Knock {
    target: Target,
    name: &'static str,
    component: &'static str,
    expected: &'static str,
}

impl Knock {
    fn new(
        target: &Target,
        name: &'static str,
        component: &'static str,
        expected: &'static str,
    ) -> Self {
        Self { target: target.clone(), name, component, expected }
    }

    fn pod(&self, application: &Target) -> Value {
        let Target { namespace, release, .. } = application;
        let labels = match self.component {
            "" => json!({ "e2e": "stranger" }),
            component => json!({ "netpol": format!("{release}-{component}") }),
        };
        let backend = format!("backend.{namespace}.svc");
        let postgres = format!("{release}-postgres.{namespace}.svc");
        json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": { "name": self.name, "labels": labels },
            "spec": {
                "restartPolicy": "Never",
                "automountServiceAccountToken": false,
                "securityContext": { "runAsNonRoot": true, "runAsUser": 999,
                    "seccompProfile": { "type": "RuntimeDefault" } },
                "containers": [{
                    "name": "knock", "image": POSTGRES, "imagePullPolicy": "IfNotPresent",
                    // A new pod's rules come a moment after its address.
                    "command": ["bash", "-c", format!("sleep 2\n{KNOCK}"), backend, postgres],
                    "securityContext": { "allowPrivilegeEscalation": false,
                        "capabilities": { "drop": ["ALL"] } },
                }],
            },
        })
    }

    fn delete(&self) -> Result<()> {
        let arguments = ["delete", "pod", self.name, "--now", "--ignore-not-found"];
        process::output(&mut self.target.kubectl(&arguments)).map(drop)
    }

    fn check(&self) -> Result<()> {
        let phase = self.end()?;
        let text = process::output(&mut self.target.kubectl(&["logs", self.name]))?;
        ensure!(phase == "Succeeded", "the pod {} ended as {phase}:\n{text}", self.name);
        let found = text.split_whitespace().collect::<Vec<_>>().join(" ");
        ensure!(
            found == self.expected,
            "{} in {}: {found}, not {}",
            self.name,
            self.target.namespace,
            self.expected
        );
        Ok(())
    }

    /// Waits for the pod to end, and returns the phase it ended in.
    fn end(&self) -> Result<String> {
        let start = Instant::now();
        let phase = ["get", "pod", self.name, "--output=jsonpath={.status.phase}"];
        while start.elapsed() < Duration::from_mins(1) {
            let phase = process::output(&mut self.target.kubectl(&phase))?;
            if ["Succeeded", "Failed"].contains(&phase.as_str()) {
                return Ok(phase);
            }
            std::thread::sleep(Duration::from_millis(500));
        }
        bail!("the pod {} does not end", self.name)
    }
}

/// `make deploy` made the namespace so that a privileged pod is refused.
pub fn namespace_is_restricted(world: &mut World) -> Result<String> {
    world.in_development()?;
    let target = world.target();
    let arguments = ["run", "privileged", "--privileged", "--dry-run=server", "--restart=Never"];
    let mut run = target.kubectl(&arguments);
    let refused = process::output(run.args(["--image", POSTGRES])).err();
    let refused = refused.context("a privileged pod was accepted")?.to_string();
    ensure!(refused.contains("violates PodSecurity \"restricted"), "{refused}");
    Ok("a privileged pod is refused: violates PodSecurity \"restricted\"".to_owned())
}

//! What is told when a release does not come to serve: per pod its stage, warnings, last words, and what to do.

use crate::{cause::Stage, objects::Pod, parts::Parts, process, target::Target};
use std::time::Duration;

/// The whole report.
pub fn report(target: &Target, parts: &Parts, waited: Duration) -> String {
    let mut lines = vec![format!("\nThe application is not ready after {} s.", waited.as_secs())];
    for workload in &parts.workloads {
        let why = workload.makes_no_pod();
        lines.extend(why.map(|why| format!("\n{}: makes no pod: {why}", workload.metadata.name)));
    }
    for pod in parts.current() {
        match Stage::of(pod) {
            Stage::Ready | Stage::Ending => {}
            stage => lines.extend(of_pod(target, pod, &stage)),
        }
    }
    if parts.has_former_that_serve() {
        let back = process::line(&target.helm(&["rollback", &target.release]));
        lines.push(format!(
            "\nWhat ran before goes on serving. To go back to it for good:\n  {back}"
        ));
    }
    lines.join("\n")
}

fn of_pod(target: &Target, pod: &Pod, stage: &Stage) -> Vec<String> {
    let name = &pod.metadata.name;
    let mut lines = vec![format!("\n{name}: {stage}")];
    let warnings = target.warnings(name).unwrap_or_default();
    let last = &warnings[warnings.len().saturating_sub(3)..];
    lines
        .extend(last.iter().map(|event| format!("    {}: {}", event.reason, event.message.trim())));
    if let Some(container) = stage.container() {
        let words = target.last_lines(name, container, 5);
        if !words.is_empty() {
            lines.push(format!("    last lines of {container}:"));
        }
        lines.extend(words.iter().map(|line| format!("      {line}")));
    }
    lines.push(format!("    What to do: {}.", stage.advice()));
    lines
}

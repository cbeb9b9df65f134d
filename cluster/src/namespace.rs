//! The namespace of the application, in which Kubernetes refuses privileged pods.

use crate::{objects::Metadata, process, target::Target};
use anyhow::Result;
use serde::Deserialize;
use serde_json::json;

const ENFORCE: &str = "pod-security.kubernetes.io/enforce";

/// What was there.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    Nothing,
    /// It enforces the strictest level.
    Restricted,
    /// Somebody else's: never relabelled.
    Open,
}

#[derive(Deserialize)]
struct Namespace {
    metadata: Metadata,
}

/// Looks it up.
pub fn find(target: &Target) -> Result<Found> {
    let mut command = target.kubectl(&[
        "get",
        "namespace",
        &target.namespace,
        "--ignore-not-found",
        "--output=json",
    ]);
    let text = process::output(&mut command)?;
    if text.trim().is_empty() {
        return Ok(Found::Nothing);
    }
    let namespace: Namespace = serde_json::from_str(&text)?;
    let level = namespace.metadata.labels.get(ENFORCE).map(String::as_str);
    Ok(if level == Some("restricted") { Found::Restricted } else { Found::Open })
}

/// Makes it when it is missing.
pub fn provide(target: &Target) -> Result<()> {
    match find(target)? {
        Found::Restricted => {}
        Found::Nothing => {
            println!("    creating the namespace {}", target.namespace);
            let labels = json!({ ENFORCE: "restricted" });
            let metadata = json!({ "name": target.namespace, "labels": labels });
            let object = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": metadata });
            target.apply(&object)?;
        }
        Found::Open => println!("{}", hint(target)),
    }
    Ok(())
}

fn hint(target: &Target) -> String {
    let namespace = &target.namespace;
    let label =
        target.kubectl(&["label", "namespace", namespace, &format!("{ENFORCE}=restricted")]);
    format!(
        "    the namespace {namespace} was there and does not refuse privileged pods; to let it:\n      {}",
        process::line(&label)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hint_is_for_this_cluster() {
        let [context, namespace, release] = ["c", "n", "r"].map(str::to_owned);
        let hint = hint(&Target { context, namespace, release });
        let line = "\n      kubectl --context c --namespace n label namespace n \
            pod-security.kubernetes.io/enforce=restricted";
        assert!(hint.ends_with(line), "{hint}");
    }
}

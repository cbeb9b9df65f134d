//! "Pods running": all Ready, rolled out, and none that fell over lately.

use crate::{cause::Stage, objects::Pod, parts::Parts};
use anyhow::{Result, bail};
use domain::{Clock, SystemClock};
use jiff::{SignedDuration, Timestamp};

/// A restart within this time counts.
const LATELY: SignedDuration = SignedDuration::from_mins(5);

/// Every pod serves.
pub fn ready(parts: &Parts) -> Result<String> {
    let pods: Vec<(&Pod, Stage)> = parts
        .pods
        .iter()
        .map(|pod| (pod, Stage::of(pod)))
        .filter(|(_, stage)| *stage != Stage::Ending)
        .collect();
    if pods.is_empty() {
        bail!("the release has no pods");
    }
    let now = SystemClock.now();
    let faults: Vec<String> = pods
        .iter()
        .filter_map(|(pod, stage)| match stage {
            Stage::Ready => restarted_lately(pod, now),
            stage => Some(format!("{}: {stage}", pod.metadata.name)),
        })
        .collect();
    if !faults.is_empty() {
        bail!("{}", faults.join("\n"));
    }
    if !parts.is_rolled_out() {
        bail!("a rollout is not complete");
    }
    let names = pods.iter().map(|(pod, _)| pod.metadata.name.as_str()).collect::<Vec<_>>();
    Ok(format!("{} of {} Ready: {}", pods.len(), pods.len(), names.join(", ")))
}

fn restarted_lately(pod: &Pod, now: Timestamp) -> Option<String> {
    pod.status.container_statuses.iter().find_map(|container| {
        let end = container.last_state.terminated.as_ref()?;
        let ended: Timestamp = end.finished_at.parse().ok()?;
        let (name, reason) = (&pod.metadata.name, &end.reason);
        (now.duration_since(ended) < LATELY)
            .then(|| format!("{name}: {} restarted at {ended} ({reason})", container.name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case::just_now("2026-11-23T10:00:00Z", true)]
    #[case::long_ago("2026-11-23T09:50:00Z", false)]
    fn a_restart_is_forgotten_after_a_while(#[case] ended: &str, #[case] counts: bool) {
        let end = json!({ "reason": "Error", "exitCode": 1, "finishedAt": ended });
        let container = json!({ "name": "backend", "lastState": { "terminated": end } });
        let status = json!({ "containerStatuses": [container] });
        let pod: Pod = serde_json::from_value(json!({ "status": status })).unwrap();
        let now = "2026-11-23T10:01:00Z".parse().unwrap();
        assert_eq!(restarted_lately(&pod, now).is_some(), counts);
    }
}

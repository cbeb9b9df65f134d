//! Waits until the release serves: one line per change, and the cause when it does not.

use crate::{cause::Stage, objects::Pod, parts::Parts, report::report, target::Target};
use anyhow::{Result, bail};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Between two looks at the cluster.
pub const BETWEEN_LOOKS: Duration = Duration::from_millis(700);

/// Waits for all workloads of the release to be rolled out, up to `limit`.
///
/// # Errors
/// It does not come to that; the message says why and what to do.
pub fn wait(target: &Target, limit: Duration) -> Result<()> {
    let start = Instant::now();
    let mut told = Told { start, last: BTreeMap::new() };
    loop {
        let parts = target.parts()?;
        told.tell(target, &parts);
        if parts.is_rolled_out() {
            return Ok(());
        }
        if told.is_hopeless() || start.elapsed() > limit {
            bail!("{}", report(target, &parts, start.elapsed()));
        }
        std::thread::sleep(BETWEEN_LOOKS);
    }
}

/// What was told of each pod or workload last.
struct Told {
    start: Instant,
    last: BTreeMap<String, Line>,
}

struct Line {
    text: String,
    since: Instant,
    patience: Option<Duration>,
}

impl Told {
    fn tell(&mut self, target: &Target, parts: &Parts) {
        self.last.retain(|name, _| {
            parts.current().any(|pod| pod.metadata.name == *name)
                || parts
                    .workloads
                    .iter()
                    .any(|one| one.metadata.name == *name && one.makes_no_pod().is_some())
        });
        for pod in parts.current() {
            let stage = Stage::of(pod);
            let text = with_last_words(target, pod, &stage);
            self.line(&pod.metadata.name, text, stage.patience());
        }
        for workload in &parts.workloads {
            if let Some(why) = workload.makes_no_pod() {
                let text = format!("makes no pod: {why}");
                self.line(&workload.metadata.name, text, Some(Duration::from_secs(30)));
            }
        }
    }

    fn line(&mut self, name: &str, text: String, patience: Option<Duration>) {
        let same = self.last.get_mut(name).filter(|line| line.text == text);
        if let Some(line) = same {
            line.patience = patience;
            return;
        }
        println!("    {:>3} s  {name}: {text}", self.start.elapsed().as_secs());
        // ErrImagePull and ImagePullBackOff take turns: impatience goes on over such changes.
        let since = match self.last.get(name) {
            Some(line) if line.patience.is_some() => line.since,
            _ => Instant::now(),
        };
        self.last.insert(name.to_owned(), Line { text, since, patience });
    }

    fn is_hopeless(&self) -> bool {
        self.last
            .values()
            .any(|line| line.patience.is_some_and(|limit| line.since.elapsed() > limit))
    }
}

/// While something must end before the pod can start, its last line says what it waits for.
fn with_last_words(target: &Target, pod: &Pod, stage: &Stage) -> String {
    let mut text = stage.to_string();
    if let Stage::Initialising { container } = stage
        && let Some(line) = target.last_lines(&pod.metadata.name, container, 1).pop()
    {
        text = format!("{text}: {}", message(&line));
    }
    text
}

/// The message of a log line in JSON, without its time, which would make each line another; any other line as it is.
fn message(line: &str) -> String {
    let parsed: Option<serde_json::Value> = serde_json::from_str(line).ok();
    let fields = parsed.as_ref().and_then(|line| line.get("fields").or(Some(line)));
    let part =
        |name: &str| fields.and_then(|fields| fields.get(name)).and_then(|value| value.as_str());
    match (part("message"), part("error")) {
        (Some(message), Some(error)) => format!("{message}: {error}"),
        (Some(message), None) => message.to_owned(),
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, from_value, json};

    fn deployment(conditions: &Value) -> Parts {
        let status = json!({ "conditions": conditions });
        let object =
            json!({ "kind": "Deployment", "metadata": { "name": "backend" }, "status": status });
        Parts::of(vec![from_value(object).unwrap()])
    }

    #[test]
    fn a_refusal_that_ended_is_forgotten() {
        let [context, namespace, release] = ["c", "n", "r"].map(str::to_owned);
        let target = Target { context, namespace, release };
        let mut told = Told { start: Instant::now(), last: BTreeMap::new() };
        let refused = json!([{ "type": "ReplicaFailure", "status": "True", "message": "quota" }]);
        told.tell(&target, &deployment(&refused));
        assert_eq!(told.last["backend"].text, "makes no pod: quota");
        told.tell(&target, &deployment(&json!([])));
        assert!(told.last.is_empty());
    }

    #[test]
    fn takes_the_message_out_of_a_log_line() {
        let line = r#"{"timestamp":"2026","level":"WARN","fields":{"message":"waiting","error":"refused"}}"#;
        assert_eq!(message(line), "waiting: refused");
        assert_eq!(message(r#"{"message":"flat"}"#), "flat");
        assert_eq!(message("plain words"), "plain words");
    }
}

//! Why a pod does not serve yet, in words, and what to do about it.

use crate::objects::{ContainerStatus, Pod};
use std::fmt;
use std::time::Duration;

const CRASH_LOOP: &str = "CrashLoopBackOff";

/// Where a pod stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    Ready,
    Ending,
    /// No node takes it; the scheduler's words.
    Unscheduled(String),
    /// The node brings images and volumes.
    Preparing,
    /// Something that must end first runs.
    Initialising {
        container: String,
    },
    /// It runs and is not ready.
    Starting {
        container: String,
    },
    Failing(Failure),
}

/// A container that does not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub container: String,
    pub reason: String,
    pub message: String,
    pub restarts: u32,
    /// What the program ended with, the last time it did.
    pub exit_code: Option<i32>,
}

impl Stage {
    /// Reads it from what the node and the scheduler report.
    pub fn of(pod: &Pod) -> Self {
        if pod.metadata.deletion_timestamp.is_some() {
            return Self::Ending;
        }
        if pod.is_ready() {
            return Self::Ready;
        }
        if let Some(words) = unscheduled(pod) {
            return Self::Unscheduled(words);
        }
        let status = &pod.status;
        let initialising = status.init_container_statuses.iter().find(|init| !is_over(init));
        if let Some(init) = initialising {
            return failure(init).map_or_else(|| before_start(init), Self::Failing);
        }
        let containers = status.container_statuses.iter();
        if let Some(failure) = containers.clone().find_map(failure) {
            return Self::Failing(failure);
        }
        match containers.clone().find(|one| one.state.running.is_some() && !one.ready) {
            Some(one) => Self::Starting { container: one.name.clone() },
            None => Self::Preparing,
        }
    }

    /// The container whose log tells more.
    pub fn container(&self) -> Option<&str> {
        match self {
            Self::Initialising { container } | Self::Starting { container } => Some(container),
            Self::Failing(failure) => Some(&failure.container),
            Self::Ready | Self::Ending | Self::Unscheduled(_) | Self::Preparing => None,
        }
    }

    /// How long this may last before waiting on makes no sense; `None` while it may heal by itself.
    pub fn patience(&self) -> Option<Duration> {
        let Self::Failing(failure) = self else { return None };
        // After three starts it is no longer about an order of starting: a database comes within that time.
        let keeps_failing = failure.reason == CRASH_LOOP && failure.restarts >= 3;
        if failure.is_of_the_settings() || keeps_failing {
            Some(Duration::from_secs(3))
        } else if failure.is_of_the_image() || failure.is_of_the_configuration() {
            Some(Duration::from_secs(20))
        } else {
            None
        }
    }

    /// What to do about it.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Failing(failure) if failure.is_of_the_image() => {
                "the node cannot get the image. `make deploy` brings it to a local cluster; elsewhere the registry must be \
                 reachable from the nodes (--registry, imagePullSecrets)"
            }
            Self::Failing(failure) if failure.is_of_the_configuration() => {
                "the pod names something that is not there: a Secret, a ConfigMap, or a key of it"
            }
            Self::Failing(failure) if failure.is_of_the_settings() => {
                "the settings named above are wrong: mend them and run `make deploy` again, nothing needs to be deleted"
            }
            Self::Initialising { container } | Self::Failing(Failure { container, .. })
                if container == "migrate" =>
            {
                "the database does not answer, or refuses: its own words stand above. Check DATABASE_URL, and that pods may \
                 reach that host; then run `make deploy` again, nothing needs to be deleted"
            }
            Self::Unscheduled(_) => {
                "no node takes the pod: give the cluster more room, or lower the requests (values-dev.yaml asks for little)"
            }
            Self::Failing(_) | Self::Initialising { .. } | Self::Starting { .. } => {
                "the program's own words stand above: mend the setting they name and run `make deploy` again"
            }
            Self::Ready | Self::Ending | Self::Preparing => {
                "wait a little and run `make deploy` again"
            }
        }
    }
}

impl Failure {
    fn is_of_the_image(&self) -> bool {
        [
            "ImagePullBackOff",
            "ErrImagePull",
            "ErrImageNeverPull",
            "InvalidImageName",
            "ImageInspectError",
        ]
        .contains(&self.reason.as_str())
    }

    /// Our programs end so when they are told something wrong, and will do so each time.
    fn is_of_the_settings(&self) -> bool {
        self.exit_code == Some(2)
    }

    fn is_of_the_configuration(&self) -> bool {
        ["CreateContainerConfigError", "CreateContainerError"].contains(&self.reason.as_str())
    }
}

fn unscheduled(pod: &Pod) -> Option<String> {
    let unscheduled = pod
        .status
        .conditions
        .iter()
        .find(|condition| condition.kind == "PodScheduled" && condition.status == "False")?;
    Some(unscheduled.message.clone())
}

fn is_over(init: &ContainerStatus) -> bool {
    init.state.terminated.as_ref().is_some_and(|end| end.exit_code == 0)
}

fn before_start(init: &ContainerStatus) -> Stage {
    match init.state.running {
        Some(_) => Stage::Initialising { container: init.name.clone() },
        None => Stage::Preparing,
    }
}

fn failure(status: &ContainerStatus) -> Option<Failure> {
    let (reason, message) = match (&status.state.waiting, &status.state.terminated) {
        (Some(waiting), _) if is_usual(&waiting.reason) => return None,
        // The message about a crash loop only repeats the pod's name.
        (Some(waiting), _) if waiting.reason == CRASH_LOOP => {
            (CRASH_LOOP.to_owned(), format!("started {} times", status.restart_count + 1))
        }
        (Some(waiting), _) => (waiting.reason.clone(), waiting.message.clone()),
        (None, Some(end)) => (end.reason.clone(), format!("ended with code {}", end.exit_code)),
        (None, None) => return None,
    };
    let end = status.state.terminated.as_ref().or(status.last_state.terminated.as_ref());
    Some(Failure {
        container: status.name.clone(),
        reason,
        message,
        restarts: status.restart_count,
        exit_code: end.map(|end| end.exit_code),
    })
}

fn is_usual(reason: &str) -> bool {
    ["", "ContainerCreating", "PodInitializing"].contains(&reason)
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready => f.write_str("ready"),
            Self::Ending => f.write_str("ending"),
            Self::Unscheduled(words) => write!(f, "no node takes it: {words}"),
            Self::Preparing => f.write_str("being prepared"),
            Self::Initialising { container } => write!(f, "{container} runs"),
            Self::Starting { container } => write!(f, "{container} starts"),
            Self::Failing(failure) => {
                write!(f, "{} fails: {}", failure.container, failure.reason)?;
                if !failure.message.is_empty() {
                    write!(f, " ({})", failure.message)?;
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn stage(status: &Value) -> Stage {
        Stage::of(&serde_json::from_value(json!({ "metadata": {}, "status": status })).unwrap())
    }

    fn waiting(reason: &str) -> Value {
        json!([{ "name": "backend", "restartCount": 3, "state": { "waiting": { "reason": reason } } }])
    }

    #[rstest]
    #[case::ready(json!({ "conditions": [{ "type": "Ready", "status": "True" }] }), "ready")]
    #[case::unscheduled(
        json!({ "conditions": [{ "type": "PodScheduled", "status": "False", "message": "0/1 nodes" }] }),
        "no node takes it: 0/1 nodes"
    )]
    #[case::new(json!({}), "being prepared")]
    #[case::creating(json!({ "containerStatuses": waiting("ContainerCreating") }), "being prepared")]
    #[case::migrating(
        json!({ "initContainerStatuses": [{ "name": "migrate", "state": { "running": {} } }],
            "containerStatuses": waiting("PodInitializing") }),
        "migrate runs"
    )]
    #[case::migrated(
        json!({ "initContainerStatuses": [{ "name": "migrate", "state": { "terminated": { "exitCode": 0 } } }],
            "containerStatuses": [{ "name": "backend", "ready": false, "state": { "running": {} } }] }),
        "backend starts"
    )]
    #[case::migration_failed(
        json!({ "initContainerStatuses": [{ "name": "migrate",
            "state": { "terminated": { "exitCode": 1, "reason": "Error" } } }] }),
        "migrate fails: Error (ended with code 1)"
    )]
    #[case::image(
        json!({ "containerStatuses": waiting("ImagePullBackOff") }),
        "backend fails: ImagePullBackOff"
    )]
    fn is_told_in_words(#[case] status: Value, #[case] words: &str) {
        assert_eq!(stage(&status).to_string(), words);
    }

    #[test]
    fn wrong_settings_do_not_heal() {
        let end = json!({ "terminated": { "exitCode": 2, "reason": "Error" } });
        let backend = json!([{ "name": "backend", "state": end }]);
        let stage = stage(&json!({ "containerStatuses": backend }));
        assert_eq!(stage.patience(), Some(Duration::from_secs(3)));
        assert!(stage.advice().starts_with("the settings"), "{}", stage.advice());
    }

    #[test]
    fn gives_up_only_on_what_does_not_heal() {
        let patience =
            |reason: &str| stage(&json!({ "containerStatuses": waiting(reason) })).patience();
        assert_eq!(patience("ImagePullBackOff"), Some(Duration::from_secs(20)));
        assert_eq!(patience("CrashLoopBackOff"), Some(Duration::from_secs(3)));
        assert_eq!(patience("ContainerCreating"), None);
    }
}

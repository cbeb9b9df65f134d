//! The running parts of a release, and which of them are of its newest version.

use crate::objects::{Object, Pod, ReplicaSet, Workload};

/// What numbers the versions of a Deployment.
const REVISION: &str = "deployment.kubernetes.io/revision";

/// What runs of a release.
#[derive(Debug, Default)]
pub struct Parts {
    pub pods: Vec<Pod>,
    pub workloads: Vec<Workload>,
    replica_sets: Vec<ReplicaSet>,
}

impl Parts {
    /// Sorts a mixed list; pods of jobs are left out, since they end and are never waited for, and evicted ones, which
    /// stay listed beside those that took their place.
    pub fn of(objects: Vec<Object>) -> Self {
        let mut parts = Self::default();
        for object in objects {
            match object {
                Object::Pod(pod) if pod.is_of_a_job() || has_ended(&pod) => {}
                Object::Pod(pod) => parts.pods.push(pod),
                Object::ReplicaSet(set) => parts.replica_sets.push(set),
                Object::Deployment(workload) | Object::StatefulSet(workload) => {
                    parts.workloads.push(workload);
                }
            }
        }
        parts
    }

    /// Whether everything runs in its newest version, and serves.
    pub fn is_rolled_out(&self) -> bool {
        !self.workloads.is_empty() && self.workloads.iter().all(Workload::is_rolled_out)
    }

    /// Pods of the newest version. Those before it may fail as they like: they are about to be replaced.
    pub fn current(&self) -> impl Iterator<Item = &Pod> {
        self.pods.iter().filter(|pod| self.is_current(pod))
    }

    /// Whether pods of the version before still serve.
    pub fn has_former_that_serve(&self) -> bool {
        self.pods.iter().any(|pod| pod.is_ready() && !self.is_current(pod))
    }

    fn is_current(&self, pod: &Pod) -> bool {
        let Some(owner) = pod.metadata.owner_references.first() else { return true };
        if let Some(set) = self.replica_sets.iter().find(|set| set.metadata.name == owner.name) {
            return self.is_newest(set);
        }
        let hash = pod.metadata.labels.get("controller-revision-hash");
        let workload = self.workloads.iter().find(|one| one.metadata.name == owner.name);
        workload.is_some_and(|one| one.is_observed() && Some(&one.status.update_revision) == hash)
    }

    fn is_newest(&self, set: &ReplicaSet) -> bool {
        let Some(owner) = set.metadata.owner_references.first() else { return false };
        let deployment = self.workloads.iter().find(|one| one.metadata.name == owner.name);
        deployment.is_some_and(|one| {
            one.is_observed()
                && one.metadata.annotations.get(REVISION) == set.metadata.annotations.get(REVISION)
        })
    }
}

fn has_ended(pod: &Pod) -> bool {
    matches!(pod.status.phase.as_str(), "Failed" | "Succeeded")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, from_value, json};

    fn owned(kind: &str, name: &str, owner: (&str, &str), more: &Value) -> Object {
        let owners = json!([{ "kind": owner.0, "name": owner.1 }]);
        let mut metadata = json!({ "name": name, "ownerReferences": owners });
        metadata.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        from_value(json!({ "kind": kind, "metadata": metadata })).unwrap()
    }

    fn deployment(observed: i64) -> Object {
        let metadata =
            json!({ "name": "backend", "generation": 2, "annotations": { REVISION: "2" } });
        let status = json!({ "observedGeneration": observed });
        from_value(json!({ "kind": "Deployment", "metadata": metadata, "status": status })).unwrap()
    }

    fn parts(observed: i64) -> Parts {
        let set = |name, revision: &str| {
            let annotations = json!({ "annotations": { REVISION: revision } });
            owned("ReplicaSet", name, ("Deployment", "backend"), &annotations)
        };
        let pod = |name, set| owned("Pod", name, ("ReplicaSet", set), &json!({}));
        Parts::of(vec![
            deployment(observed),
            set("backend-old", "1"),
            set("backend-new", "2"),
            pod("old", "backend-old"),
            pod("new", "backend-new"),
            owned("Pod", "test", ("Job", "smoke"), &json!({})),
        ])
    }

    fn current(parts: &Parts) -> Vec<&str> {
        parts.current().map(|pod| pod.metadata.name.as_str()).collect()
    }

    #[test]
    fn knows_the_pods_of_the_newest_version() {
        assert_eq!(current(&parts(2)), ["new"]);
        assert!(current(&parts(1)).is_empty(), "the controller has not seen the change");
    }

    #[test]
    fn leaves_out_the_evicted() {
        let pod = |name: &str, phase: &str| {
            let status = json!({ "phase": phase });
            from_value(json!({ "kind": "Pod", "metadata": { "name": name }, "status": status }))
                .unwrap()
        };
        let parts = Parts::of(vec![pod("evicted", "Failed"), pod("serving", "Running")]);
        assert_eq!(current(&parts), ["serving"]);
    }

    #[test]
    fn knows_those_of_a_stateful_set() {
        let status = json!({ "updateRevision": "b" });
        let set = json!({ "kind": "StatefulSet", "metadata": { "name": "pg" }, "status": status });
        let pod = |name, hash: &str| {
            let labels = json!({ "labels": { "controller-revision-hash": hash } });
            owned("Pod", name, ("StatefulSet", "pg"), &labels)
        };
        let parts = Parts::of(vec![from_value(set).unwrap(), pod("pg-0", "a"), pod("pg-1", "b")]);
        assert_eq!(current(&parts), ["pg-1"]);
    }
}

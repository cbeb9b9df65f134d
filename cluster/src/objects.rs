//! What is read of Kubernetes' objects.

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error},
};
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
pub struct List<T> {
    #[serde(deserialize_with = "without_nulls")]
    pub items: Vec<T>,
}

/// Kubernetes writes an empty list as `null` where its API does not leave empty ones out, as in a node's
/// image that lost its names to a newer one. A member that is null is read as one that is not there.
fn without_nulls<'de, D, T>(input: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let mut items = Value::deserialize(input)?;
    leave_out_nulls(&mut items);
    serde_json::from_value(items).map_err(D::Error::custom)
}

fn leave_out_nulls(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(leave_out_nulls),
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(leave_out_nulls);
        }
        _ => {}
    }
}

/// What `kubectl get pods,deployments,statefulsets,replicasets` lists, mixed.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind")]
pub enum Object {
    Pod(Pod),
    Deployment(Workload),
    StatefulSet(Workload),
    ReplicaSet(ReplicaSet),
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Metadata {
    pub name: String,
    pub uid: String,
    pub labels: BTreeMap<String, String>,
    pub annotations: BTreeMap<String, String>,
    pub generation: i64,
    pub deletion_timestamp: Option<String>,
    pub owner_references: Vec<Owner>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct Owner {
    pub kind: String,
    pub name: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Condition {
    #[serde(rename = "type")]
    pub kind: String,
    pub status: String,
    pub message: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Pod {
    pub metadata: Metadata,
    pub spec: PodSpec,
    pub status: PodStatus,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodSpec {
    pub node_name: String,
    pub containers: Vec<Container>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Container {
    pub name: String,
    pub image: String,
    pub resources: Resources,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Resources {
    pub requests: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodStatus {
    pub phase: String,
    pub conditions: Vec<Condition>,
    pub container_statuses: Vec<ContainerStatus>,
    pub init_container_statuses: Vec<ContainerStatus>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContainerStatus {
    pub name: String,
    /// Of the image it runs; there once the image is.
    #[serde(rename = "imageID")]
    pub image_id: String,
    pub ready: bool,
    pub restart_count: u32,
    pub state: ContainerState,
    pub last_state: ContainerState,
}

/// One of these is there.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ContainerState {
    pub waiting: Option<Waiting>,
    pub running: Option<Value>,
    pub terminated: Option<Terminated>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Waiting {
    pub reason: String,
    pub message: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Terminated {
    pub reason: String,
    pub exit_code: i32,
    pub finished_at: String,
}

/// A Deployment or a `StatefulSet`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Workload {
    pub metadata: Metadata,
    pub spec: WorkloadSpec,
    pub status: WorkloadStatus,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct WorkloadSpec {
    pub replicas: i64,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WorkloadStatus {
    pub observed_generation: i64,
    pub replicas: i64,
    pub updated_replicas: i64,
    pub available_replicas: i64,
    pub conditions: Vec<Condition>,
    /// Of a `StatefulSet`: the label of pods of its newest version.
    pub update_revision: String,
}

/// One version of a Deployment.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ReplicaSet {
    pub metadata: Metadata,
}

impl Workload {
    /// As `kubectl rollout status` has it: all replicas are of the newest version, and serve.
    pub fn is_rolled_out(&self) -> bool {
        let wanted = self.spec.replicas;
        let status = &self.status;
        self.is_observed()
            && [status.replicas, status.updated_replicas, status.available_replicas]
                .iter()
                .all(|count| *count == wanted)
    }

    /// Whether its controller has seen the last change.
    pub fn is_observed(&self) -> bool {
        self.status.observed_generation >= self.metadata.generation
    }

    /// Why the cluster refuses its pods, if it does.
    pub fn makes_no_pod(&self) -> Option<&str> {
        let conditions = &self.status.conditions;
        let failure = conditions.iter().find(|condition| condition.kind == "ReplicaFailure");
        failure.map(|failure| failure.message.as_str())
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Node {
    pub metadata: Metadata,
    pub spec: NodeSpec,
    pub status: NodeStatus,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct NodeSpec {
    #[serde(rename = "providerID")]
    pub provider_id: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeStatus {
    pub conditions: Vec<Condition>,
    pub images: Vec<NodeImage>,
    pub addresses: Vec<NodeAddress>,
    pub node_info: NodeInfo,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeImage {
    pub names: Vec<String>,
    pub size_bytes: u64,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct NodeAddress {
    #[serde(rename = "type")]
    pub kind: String,
    pub address: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeInfo {
    pub kubelet_version: String,
    pub architecture: String,
}

impl Node {
    /// Whether it takes pods.
    pub fn is_ready(&self) -> bool {
        holds(&self.status.conditions, "Ready")
    }

    /// The image of that name as the node has it.
    pub fn image(&self, name: &str) -> Option<&NodeImage> {
        self.status.images.iter().find(|image| image.names.iter().any(|full| short(full) == name))
    }
}

impl Pod {
    /// Whether it serves.
    pub fn is_ready(&self) -> bool {
        self.metadata.deletion_timestamp.is_none() && holds(&self.status.conditions, "Ready")
    }

    /// Whether a Job made it: it ends, and is never waited for.
    pub fn is_of_a_job(&self) -> bool {
        self.metadata.owner_references.iter().any(|owner| owner.kind == "Job")
    }
}

fn holds(conditions: &[Condition], kind: &str) -> bool {
    conditions.iter().any(|condition| condition.kind == kind && condition.status == "True")
}

/// An image's name without the registry that docker and containerd put before it when none was given.
pub fn short(name: &str) -> &str {
    ["docker.io/library/", "docker.io/", "localhost/"]
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix))
        .unwrap_or(name)
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Service {
    pub metadata: Metadata,
    pub spec: ServiceSpec,
    pub status: ServiceStatus,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ServiceSpec {
    pub ports: Vec<ServicePort>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServicePort {
    pub name: String,
    pub port: u16,
    pub node_port: u16,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceStatus {
    pub load_balancer: LoadBalancer,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct LoadBalancer {
    pub ingress: Vec<LoadBalancerAddress>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct LoadBalancerAddress {
    pub ip: String,
    pub hostname: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ConfigMap {
    pub data: BTreeMap<String, String>,
}

/// Something that happened to an object.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Event {
    pub reason: String,
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json};

    #[test]
    fn a_rollout_ends_when_no_old_replica_is_left() {
        let workload = |observed: i64, replicas: i64| -> Workload {
            let status = json!({ "observedGeneration": observed, "replicas": replicas,
                "updatedReplicas": 1, "availableReplicas": 1 });
            let metadata = json!({ "name": "backend", "generation": 2 });
            from_value(json!({ "metadata": metadata, "spec": { "replicas": 1 }, "status": status }))
                .unwrap()
        };
        assert!(workload(2, 1).is_rolled_out());
        assert!(!workload(1, 1).is_rolled_out(), "the controller has not seen the change");
        assert!(!workload(2, 2).is_rolled_out(), "the old replica still serves");
    }

    #[test]
    fn finds_an_image_by_the_name_one_gave_it() {
        let names =
            ["docker.io/library/todo-backend@sha256:00", "docker.io/library/todo-backend:1"];
        let images = json!([{ "names": names, "sizeBytes": 7 }]);
        let node: Node = from_value(json!({ "status": { "images": images } })).unwrap();
        assert_eq!(node.image("todo-backend:1").unwrap().size_bytes, 7);
        assert!(node.image("todo-backend:2").is_none());
        assert!(node.image("backend:1").is_none());
    }

    #[test]
    fn reads_null_as_nothing() {
        let images = json!([{ "names": null, "sizeBytes": 7 }, { "names": ["todo:1"] }]);
        let items = json!([{ "metadata": { "labels": null }, "status": { "images": images } }]);
        let list: List<Node> = from_value(json!({ "items": items })).unwrap();
        assert!(list.items[0].image("todo:1").is_some());
        assert!(list.items[0].status.images[0].names.is_empty());
    }

    #[test]
    fn reads_a_mixed_list_by_kind() {
        let items = json!([{ "kind": "Pod", "metadata": { "name": "p" } },
            { "kind": "StatefulSet", "metadata": { "name": "s" } }]);
        let list: List<Object> = from_value(json!({ "items": items })).unwrap();
        assert!(matches!(&list.items[..], [Object::Pod(_), Object::StatefulSet(_)]));
    }
}

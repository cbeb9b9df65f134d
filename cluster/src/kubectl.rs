//! Questions to the cluster.

use crate::{
    objects::{ConfigMap, Event, List, Node, Object, Service},
    parts::Parts,
    process,
    target::Target,
};
use anyhow::Result;
use serde_json::Value;

impl Target {
    /// All nodes; fails quickly where no cluster answers.
    pub fn nodes(&self) -> Result<Vec<Node>> {
        let list: List<Node> = process::json(&mut self.kubectl(&[
            "get",
            "nodes",
            "--output=json",
            "--request-timeout=10s",
        ]))?;
        Ok(list.items)
    }

    /// Makes an object, or changes it to this.
    pub fn apply(&self, object: &serde_json::Value) -> Result<()> {
        let mut apply = self.kubectl(&["apply", "--filename=-"]);
        process::output_of_input(&mut apply, &object.to_string()).map(drop)
    }

    /// What runs of the release, without the pods of its jobs.
    pub fn parts(&self) -> Result<Parts> {
        let kinds = "pods,deployments,statefulsets,replicasets";
        let list: List<Object> = process::json(&mut self.kubectl(&[
            "get",
            kinds,
            "--output=json",
            "--selector",
            &self.selector(),
        ]))?;
        Ok(Parts::of(list.items))
    }

    /// The last warnings about one object, the newest at the end.
    pub fn warnings(&self, name: &str) -> Result<Vec<Event>> {
        let field = format!("involvedObject.name={name},type=Warning");
        let list: List<Event> = process::json(&mut self.kubectl(&[
            "get",
            "events",
            "--output=json",
            "--sort-by=.lastTimestamp",
            "--field-selector",
            &field,
        ]))?;
        Ok(list.items)
    }

    /// The last lines a container printed; nothing when it has not run.
    pub fn last_lines(&self, pod: &str, container: &str, count: usize) -> Vec<String> {
        let tail = format!("--tail={count}");
        let mut command = self.kubectl(&["logs", pod, "--container", container, &tail]);
        let text = process::output(&mut command).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// The Service that browsers reach: named by the plan `frontend`, by a value otherwise.
    pub fn frontend_service(&self) -> Result<Option<Service>> {
        let selector = format!("{},app.kubernetes.io/name=frontend", self.selector());
        let list: List<Service> = process::json(&mut self.kubectl(&[
            "get",
            "services",
            "--output=json",
            "--selector",
            &selector,
        ]))?;
        let http = |service: &Service| service.spec.ports.iter().any(|port| port.name == "http");
        Ok(list.items.into_iter().find(http))
    }

    /// The one address that the backend takes browsers to come by, where it is told one.
    pub fn origin(&self) -> Result<Option<String>> {
        let list: List<ConfigMap> = process::json(&mut self.kubectl(&[
            "get",
            "configmaps",
            "--output=json",
            "--selector",
            &self.selector(),
        ]))?;
        Ok(list.items.iter().find_map(better_auth_url))
    }
}

fn better_auth_url(map: &ConfigMap) -> Option<String> {
    let settings: Value = serde_json::from_str(map.data.get("todo.json")?).ok()?;
    let url = settings.get("better_auth_url")?.as_str()?.trim_end_matches('/');
    (!url.is_empty()).then(|| url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    #[rstest]
    #[case::ingress(
        r#"{ "better_auth_url": "https://todo.example.com/" }"#,
        Some("https://todo.example.com")
    )]
    #[case::node_port(r#"{ "trusted_proxies": "" }"#, None)]
    #[case::empty(r#"{ "better_auth_url": "" }"#, None)]
    fn reads_the_name_it_goes_by(#[case] settings: &str, #[case] expected: Option<&str>) {
        let map = json!({ "data": { "todo.json": settings } });
        let map: ConfigMap = serde_json::from_value(map).unwrap();
        assert_eq!(better_auth_url(&map).as_deref(), expected);
        assert_eq!(better_auth_url(&ConfigMap::default()), None);
    }
}

//! The application in Docker alone, without a cluster.

use super::world::World;
use crate::{paths, process, verify::Visit};
use anyhow::{Context, Result, ensure};
use std::process::Command;

/// Not the name of a person's own project, whose data must stay.
const PROJECT: &str = "todo-chatbot-e2e";
/// Beside whatever uses 3000.
const PORT: &str = "30080";

/// `docker compose up` from nothing; what was added is there again after `down` and `up`.
pub fn compose_keeps_data(_: &mut World) -> Result<String> {
    process::output(&mut compose(&["down", "--volumes"]))?;
    let result = composed();
    process::output(&mut compose(&["down", "--volumes"]))?;
    result
}

fn composed() -> Result<String> {
    process::output(&mut compose(&["up", "--build", "--detach", "--wait"]))?;
    let mut visit = Visit::at(&format!("http://127.0.0.1:{PORT}"))?;
    let result = composed_for(&mut visit);
    visit.end()?;
    result
}

fn composed_for(visit: &mut Visit) -> Result<String> {
    visit.auth()?;
    visit.tasks()?;
    process::output(&mut compose(&["down"]))?;
    process::output(&mut compose(&["up", "--detach", "--wait"]))?;
    let listed = visit.list_once_settled()?;
    Ok(format!("after down and up: {}", listed.evidence))
}

fn compose(arguments: &[&str]) -> Command {
    let mut docker = Command::new("docker");
    docker.args(["compose", "--project-name", PROJECT]).args(arguments);
    docker.env("TODO_PORT", PORT).env("DOCKER_BUILDKIT", "1").current_dir(paths::root());
    docker
}

/// The image of everything in one, with all rights taken away; no image holds a secret in its history.
pub fn image_runs_hardened(_: &mut World) -> Result<String> {
    for image in ["todo", "todo-backend", "todo-frontend"] {
        let mut history = Command::new("docker");
        history.args(["history", "--no-trunc", "--format={{.CreatedBy}}", image]);
        let history = process::output(&mut history)?.to_lowercase();
        for word in ["secret", "password", "database_url", "api_key"] {
            ensure!(!history.contains(word), "the history of {image} holds {word}:\n{history}");
        }
    }
    let mut run = Command::new("docker");
    run.args(["run", "--detach", "--rm", "--publish=127.0.0.1::3000", "--read-only"]);
    run.args(["--cap-drop=ALL", "--security-opt=no-new-privileges", "--memory=256m"]);
    let container = process::output(run.args(["--pids-limit=64", "todo"]))?.trim().to_owned();
    let result = hardened(&container);
    process::output(Command::new("docker").args(["stop", &container]))?;
    result
}

fn hardened(container: &str) -> Result<String> {
    let port = process::output(Command::new("docker").args(["port", container, "3000"]))?;
    let address = port.lines().next().context("the container publishes no port")?;
    let mut visit = Visit::at(&format!("http://{address}"))?;
    visit.page_once_settled()?;
    let result = visit.auth().and_then(|_| visit.tasks()).and_then(|_| visit.chat());
    visit.end()?;
    let mut healthcheck = Command::new("docker");
    healthcheck.args(["exec", container, "/usr/local/bin/todo", "healthcheck"]);
    Ok(format!("{}; {}", result?, process::output(&mut healthcheck)?.trim()))
}

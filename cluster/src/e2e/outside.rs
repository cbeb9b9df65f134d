//! A release with a database outside of it.

use super::{
    faults::{says, works},
    plan,
    world::{POSTGRES, World},
};
use crate::{process, secrets::Profile};
use anyhow::{Result, ensure};
use serde_json::json;

/// The address of the database that these scenarios use.
pub const DATABASE_URL: &str = "postgres://todo:outside@database.todo-chatbot-e2e:5432/todo";

/// Made up for these scenarios.
pub const SECRET: &str = "e2e-0123456789abcdefghijklmnopqrstuvwxyz";

/// A Postgres in a namespace of its own, as good as one elsewhere.
pub fn provide_database(world: &World) -> Result<()> {
    world.provide_outside()?;
    world.bring_foreign(POSTGRES)?;
    let labels = json!({ "app": "database" });
    let environment =
        [("POSTGRES_USER", "todo"), ("POSTGRES_PASSWORD", "outside"), ("POSTGRES_DB", "todo")];
    let environment = environment.map(|(name, value)| json!({ "name": name, "value": value }));
    let container = json!({ "name": "postgres", "image": POSTGRES, "imagePullPolicy": "IfNotPresent",
        "env": environment });
    world.outside.apply(&json!({ "apiVersion": "v1", "kind": "Pod",
        "metadata": { "name": "database", "labels": labels },
        "spec": { "containers": [container], "terminationGracePeriodSeconds": 1 } }))?;
    world.outside.apply(&json!({ "apiVersion": "v1", "kind": "Service",
        "metadata": { "name": "database" },
        "spec": { "selector": labels, "ports": [{ "port": 5432 }] } }))?;
    let arguments = ["wait", "--for=condition=Ready", "pod/database", "--timeout=60s"];
    process::output(&mut world.outside.kubectl(&arguments)).map(drop)
}

fn with_a_database_outside(world: &World) -> Result<()> {
    if world.profile()? == Some(Profile::External) {
        return Ok(());
    }
    world.program(&["undeploy", "--yes"], &[])?;
    plan::install(world)
}

/// `make deploy` over the plan's installation, without its variables: same database, same secret.
pub fn deploy_keeps_the_database(world: &mut World) -> Result<String> {
    with_a_database_outside(world)?;
    let before = world.target().release_values()?["secrets"].clone();
    let text = world.deploy(&[], &[])?;
    says(&text, &["the release keeps the database it has"])?;
    let after = world.target().release_values()?["secrets"].clone();
    ensure!(before == after, "the secrets are others now");
    works(world)?;
    Ok("without DATABASE_URL the release kept its database and secrets".to_owned())
}

/// A database that is not there: the pod says so, what ran before serves on, and the right address heals.
pub fn wrong_database(world: &mut World) -> Result<String> {
    with_a_database_outside(world)?;
    let wrong = "postgres://todo:hidden-word@nowhere.todo-chatbot-e2e:5432/todo";
    let text = world.failing_deploy(&["--timeout", "25"], &[("DATABASE_URL", wrong)])?;
    says(
        &text,
        &["migrate", "the database does not answer", "Check DATABASE_URL", "goes on serving"],
    )?;
    ensure!(!text.contains("hidden-word"), "the password is shown:\n{text}");
    works(world)?;
    world.deploy(&[], &[("DATABASE_URL", DATABASE_URL)])?;
    works(world)?;
    Ok("told clearly, served on, healed by the right address".to_owned())
}

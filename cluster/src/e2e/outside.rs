//! A release with a database outside of it.

use super::{
    faults::{says, works},
    plan,
    world::{POSTGRES, World},
};
use crate::{helm, process, secrets::Profile};
use anyhow::{Context, Result, ensure};
use api::{Http, Transport};
use axum::body::Body;
use http::{Request, header};
use http_body_util::BodyExt;
use serde_json::json;
use tokio::runtime::Builder;

/// The address of the database that these scenarios use.
pub const DATABASE_URL: &str = "postgres://todo:outside@database.todo-chatbot-e2e:5432/todo";

/// Made up for these scenarios.
pub const SECRET: &str = "e2e-0123456789abcdefghijklmnopqrstuvwxyz";

/// An address at which there is none.
const NOWHERE: &str = "postgres://todo:hidden-word@nowhere.todo-chatbot-e2e:5432/todo";

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
    let text = world.failing_deploy(&["--timeout", "25"], &[("DATABASE_URL", NOWHERE)])?;
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

/// The same where nothing ran before: Helm names what is not ready, the pages say that the backend is away, and the right
/// address heals without anything being deleted.
pub fn first_install_with_wrong_database(world: &mut World) -> Result<String> {
    world.program(&["undeploy", "--yes"], &[])?;
    provide_database(world)?;
    let settings = [("DATABASE_URL", NOWHERE), ("BETTER_AUTH_SECRET", SECRET)];
    let text = world.failing_deploy(&["--timeout", "8"], &settings)?;
    says(&text, &["migrate", "the database does not answer", "Check DATABASE_URL"])?;
    ensure!(!text.contains("hidden-word"), "the password is shown:\n{text}");
    helm_names_the_backend(world)?;
    says(&page(&world.url()?)?, &["Not reachable", "The server cannot be reached right now"])?;
    world.deploy(&[], &[("DATABASE_URL", DATABASE_URL)])?;
    works(world)?;
    Ok("told clearly by deploy, Helm and page, healed by the right address".to_owned())
}

/// `helm upgrade --wait` gives up, and says which part is not ready; Helm 3 says only that the time is over.
fn helm_names_the_backend(world: &World) -> Result<()> {
    let target = world.target();
    let mut upgrade = target.helm(&["upgrade", &target.release]);
    upgrade.arg(crate::paths::chart()).args(["--reuse-values", "--wait", "--timeout=10s"]);
    let complaint = process::output(&mut upgrade).err().context("helm found everything ready")?;
    let complaint = complaint.to_string();
    if helm::version()? < (4, 0) {
        return Ok(());
    }
    let (_command, complaint) = complaint.split_once('\n').context("helm gave no reason")?;
    says(complaint, &["backend"])?;
    ensure!(!complaint.contains("frontend"), "the frontend is ready:\n{complaint}");
    Ok(())
}

/// The first page, whatever its status.
fn page(url: &str) -> Result<String> {
    let host = url.trim_start_matches("http://");
    let request = Request::builder().uri("/").header(header::HOST, host).body(Body::empty())?;
    Builder::new_current_thread().enable_all().build()?.block_on(async {
        let answer = Http::new(url)?.send(request).await?;
        let body = answer.into_body().collect().await?.to_bytes();
        Ok(String::from_utf8_lossy(&body).into_owned())
    })
}

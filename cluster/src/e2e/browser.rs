//! Step 8.2 of the plan, in a real browser, from outside the cluster.

use super::world::World;
use crate::{paths, process};
use anyhow::{Result, bail};
use std::process::{Command, Stdio};

const TEST: &str = "plan::the_application_works";

/// The browser's own test of the application, against this one; its restart deletes all pods.
pub fn works(world: &mut World) -> Result<String> {
    world.in_development()?;
    let url = world.url()?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut cargo_test = Command::new(cargo);
    // One feature set with `make test`, so that nothing is compiled twice: no `--package`.
    cargo_test
        .args(["test", "--workspace", "--test", "browser", "--", TEST])
        .current_dir(paths::root());
    cargo_test.env("APP_URL", &url).env("APP_RESTART", restart(world)).stdin(Stdio::null());
    let output = cargo_test.output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() || !text.contains(&format!("test {TEST} ... ok")) {
        bail!("{}\n{text}{}", process::line(&cargo_test), String::from_utf8_lossy(&output.stderr));
    }
    Ok(format!("{TEST} at {url}"))
}

/// The shell's words that end all pods, and wait until new ones serve.
fn restart(world: &World) -> String {
    let target = world.target();
    let selector = target.selector();
    let delete = target.kubectl(&["delete", "pods", "--selector", &selector]);
    let wait = |kind| target.kubectl(&["rollout", "status", kind, "--selector", &selector]);
    let commands = [delete, wait("statefulset"), wait("deployment")];
    commands.iter().map(process::line).collect::<Vec<_>>().join(" && ")
}

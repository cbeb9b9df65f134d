//! Step 8.2 of the plan, in a real browser, from outside the cluster.

use crate::{paths, process, target::Target};
use anyhow::{Result, bail};
use std::path::Path;
use std::process::{Command, Stdio};

/// The browser's own test of the application.
pub const TEST: &str = "plan::the_application_works";

/// Runs it against the application at `url`; its restart deletes all pods. Pictures go to that folder, if one is named.
///
/// # Errors
/// It fails; the message has what it printed.
pub fn visit(target: &Target, url: &str, pictures: Option<&Path>) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut test = Command::new(cargo);
    // One feature set with `make test`, so that nothing is compiled twice: no `--package`.
    test.args(["test", "--workspace", "--test", "browser", "--", TEST]);
    test.current_dir(paths::root()).stdin(Stdio::null());
    test.env("APP_URL", url).env("APP_RESTART", restart(target));
    match pictures {
        Some(folder) => test.env("SCREENSHOTS", std::path::absolute(folder)?),
        None => test.env_remove("SCREENSHOTS"),
    };
    let ended = test.output()?;
    let printed = String::from_utf8_lossy(&ended.stdout);
    if !ended.status.success() || !printed.contains(&format!("test {TEST} ... ok")) {
        bail!("{}\n{printed}{}", process::line(&test), String::from_utf8_lossy(&ended.stderr));
    }
    Ok(())
}

/// The shell's words that end all pods, and wait until new ones serve.
fn restart(target: &Target) -> String {
    let selector = target.selector();
    let delete = target.kubectl(&["delete", "pods", "--selector", &selector]);
    let wait = |kind| target.kubectl(&["rollout", "status", kind, "--selector", &selector]);
    let commands = [delete, wait("statefulset"), wait("deployment")];
    commands.iter().map(process::line).collect::<Vec<_>>().join(" && ")
}

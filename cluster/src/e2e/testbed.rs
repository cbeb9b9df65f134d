//! Without a cluster named by KUBECONFIG: the testbed, brought up for this run and taken down after it.

use crate::{paths, process};
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::Command;

/// Runs this program again with the testbed's cluster; the testbed goes down at the end if it came up here.
pub fn run_again(keep: bool) -> Result<bool> {
    let testbed = paths::testbed();
    if !testbed.join("up").is_file() {
        bail!(
            "there is no cluster to test on: KUBECONFIG is not set, and {} is no testbed.\nSet KUBECONFIG to a cluster that \
             may be changed, or TESTBED to the folder of the testbed.",
            testbed.display()
        );
    }
    if runs() {
        return run_in_testbed(&[]);
    }
    let passed = run_in_testbed(&[DISPOSABLE]);
    if !keep {
        process::run(Command::new("bash").arg(testbed.join("down")))?;
    }
    passed
}

/// The flag that says that nobody else's application can be in the cluster.
const DISPOSABLE: &str = "--disposable";

fn run_in_testbed(more: &[&str]) -> Result<bool> {
    let (kubeconfig, path) = up()?;
    let standins = paths::testbed().join("standins");
    process::run(Command::new("bash").arg(standins).env("PATH", &path))?;
    let mut again = Command::new(std::env::current_exe()?);
    again.args(std::env::args_os().skip(1)).args(more);
    Ok(again.env("KUBECONFIG", kubeconfig).env("PATH", &path).status()?.success())
}

/// Brings it up, and returns the KUBECONFIG and PATH it wants to be used with.
fn up() -> Result<(String, String)> {
    let script = r#"set -e; settings=$(bash "$1/up"); eval "$settings"; printf '%s\n' "$KUBECONFIG" "$PATH""#;
    let mut command = Command::new("bash");
    command.args(["-c", script, "testbed"]).arg(paths::testbed());
    let text = process::output(&mut command)?;
    let (kubeconfig, path) = text.trim().split_once('\n').context("the testbed set nothing")?;
    Ok((kubeconfig.to_owned(), path.to_owned()))
}

/// Whether it is up already: then somebody else needs it, too.
fn runs() -> bool {
    let Some(cache) = cache() else { return false };
    let mut ready = Command::new(cache.join("bin/kubectl"));
    ready.arg("--kubeconfig").arg(cache.join("kubeconfig"));
    process::succeeds(ready.args(["get", "--raw=/readyz", "--request-timeout=5s"]))
}

/// Where the testbed keeps its state.
fn cache() -> Option<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")))?;
    Some(cache.join("kube-testbed"))
}

//! Deleting pods, and waiting for those that take their place.

use crate::{process, progress::BETWEEN_LOOKS, target::Target};
use anyhow::{Result, bail};
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_mins(2);

/// Deletes the pods that hold or fetch data, and returns their names once they are gone.
pub fn delete_behind_the_pages(target: &Target) -> Result<Vec<String>> {
    let selector =
        format!("{},app.kubernetes.io/component in (backend, postgres)", target.selector());
    delete(target, &["--selector", &selector])
}

/// Deletes the pods that `which` selects.
pub fn delete(target: &Target, which: &[&str]) -> Result<Vec<String>> {
    let mut command = target.kubectl(&["delete", "pods", "--output=name"]);
    let names = process::output(command.args(which))?;
    let names: Vec<String> =
        names.lines().map(|line| line.trim_start_matches("pod/").to_owned()).collect();
    if names.is_empty() {
        bail!("there is no such pod");
    }
    Ok(names)
}

/// Waits until everything of the release serves again, and tells how long that took.
pub fn wait(target: &Target) -> Result<Duration> {
    let start = Instant::now();
    while !target.parts()?.is_rolled_out() {
        if start.elapsed() > LIMIT {
            bail!("the pods are not Ready after {} s", LIMIT.as_secs());
        }
        std::thread::sleep(BETWEEN_LOOKS);
    }
    Ok(start.elapsed())
}

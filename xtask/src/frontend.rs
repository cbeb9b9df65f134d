//! The frontend's packages, brought by npm when the lock file is another than at the last time.

use crate::{paths, step};
use anyhow::{Context, Result};
use std::fs;
use std::process::Command;

/// Installs what `frontend/package-lock.json` names, unless it is there already.
pub fn install() -> Result<()> {
    let folder = paths::root().join("frontend");
    let lock = fs::read(folder.join("package-lock.json")).context("frontend/package-lock.json")?;
    // A copy of the lock file that the folder was made from, written once it is complete.
    let made_from = folder.join("node_modules/.made-from-lock.json");
    if fs::read(&made_from).is_ok_and(|last| last == lock) {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&folder);
    step::run("Bringing the frontend's packages", npm)?;
    fs::write(made_from, lock)?;
    Ok(())
}

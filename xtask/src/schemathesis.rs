//! Schemathesis, which reads the API's description and looks for answers that are not in it.

use crate::{paths, step};
use anyhow::{Context, Result};
use std::fs;
use std::process::Command;

/// Installs what `xtask/schemathesis/requirements.txt` names into an environment of its own, unless it is there already.
/// The tests of the API run it.
pub fn install() -> Result<()> {
    let list = paths::root().join("xtask/schemathesis/requirements.txt");
    let wanted = fs::read(&list).with_context(|| list.display().to_string())?;
    let folder = paths::tools().join("schemathesis");
    // A copy of the list that the environment was made from, written once it is complete.
    let made_from = folder.join("made-from.txt");
    if fs::read(&made_from).is_ok_and(|last| last == wanted) {
        return Ok(());
    }
    let mut make = Command::new("python3");
    make.args(["-m", "venv", "--clear"]).arg(&folder);
    step::run("Making an environment for Schemathesis", make)?;
    let mut install = Command::new(folder.join("bin/python"));
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    install.args(["--only-binary=:all:", "--require-hashes", "--requirement"]).arg(&list);
    step::run("Installing Schemathesis", install)?;
    fs::write(made_from, wanted)?;
    Ok(())
}

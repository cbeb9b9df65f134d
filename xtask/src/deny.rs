//! Licences and sources of dependencies, by cargo-deny and `deny.toml`.

use crate::{paths, step};
use anyhow::Result;
use std::process::Command;

const VERSION: &str = "0.20.2";

/// Checks the whole lock file; brings cargo-deny when it is missing or of another version.
pub fn check() -> Result<()> {
    let program = paths::tools().join("bin/cargo-deny");
    let version = Command::new(&program).arg("--version").output();
    let wanted = format!("cargo-deny {VERSION}\n");
    if !version.is_ok_and(|output| output.stdout == wanted.as_bytes()) {
        install()?;
    }
    let mut deny = Command::new(program);
    deny.args(["check", "bans", "licenses", "sources"]);
    step::run("Dependencies", deny)
}

/// Compiles it for a short build: it runs for a second.
fn install() -> Result<()> {
    let mut install = step::cargo(&["install", "cargo-deny", "--version", VERSION, "--locked"]);
    install.arg("--root").arg(paths::tools());
    install.env("CARGO_PROFILE_RELEASE_LTO", "off");
    install.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
    install.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    step::run(&format!("Installing cargo-deny {VERSION} (two minutes, once)"), install)
}

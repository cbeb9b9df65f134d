//! Steps of a check: commands that are run, told of and timed.

use anyhow::{Context, Result, bail};
use std::process::Command;
use std::time::Instant;

/// Runs a command, its output as it comes, with a line before and a line after.
pub fn run(title: &str, mut command: Command) -> Result<()> {
    timed(title, || {
        let status = command.status().with_context(|| format!("cannot run {command:?}"))?;
        if !status.success() {
            bail!("{title} failed: {command:?}");
        }
        Ok(())
    })
}

/// Tells what happens and how long it took.
pub fn timed<T>(title: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("==> {title}");
    let start = Instant::now();
    let result = work()?;
    if start.elapsed().as_secs() >= 2 {
        println!("    {title}: {} s", start.elapsed().as_secs());
    }
    Ok(result)
}

/// Cargo. What it compiles in CI is what the committed lock file says.
pub fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    let (name, rest) = arguments.split_first().expect("a command of cargo's");
    command.arg(name);
    let compiles = *name != "fmt" && !rest.contains(&"--locked");
    if compiles && std::env::var_os("CI").is_some() {
        command.arg("--locked");
    }
    command.args(rest);
    command
}

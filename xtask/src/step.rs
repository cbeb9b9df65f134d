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

/// Cargo on this workspace. In CI the lock file must be what was committed; `fmt` has none, `install` has its own.
pub fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments.iter().take(1));
    let reads_lock = !["fmt", "install"].contains(&arguments[0]);
    if std::env::var_os("CI").is_some() && reads_lock {
        command.arg("--locked");
    }
    command.args(arguments.iter().skip(1));
    command
}

//! A release whose last command was interrupted: Helm refuses to touch it until somebody puts it right.

use crate::{helm::Revision, process, target::Target};
use anyhow::Result;
use std::time::Duration;

/// How to free it.
#[derive(Debug, PartialEq, Eq)]
enum Way {
    /// Back to the last revision that was installed.
    RollBack(u32),
    /// There was never one; volumes stay.
    Remove,
}

/// How long another command may still be at work.
const PATIENCE: Duration = Duration::from_secs(20);

/// Frees the release when an earlier command was interrupted.
pub fn free(target: &Target) -> Result<()> {
    let Some(state) = pending(target)? else { return Ok(()) };
    println!("    the release is in state {state}: waiting up to {} s", PATIENCE.as_secs());
    let start = std::time::Instant::now();
    while start.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_secs(2));
        if pending(target)?.is_none() {
            return Ok(());
        }
    }
    match way(&target.history()?) {
        Way::RollBack(revision) => {
            println!("    an earlier command was interrupted: back to revision {revision}");
            let revision = revision.to_string();
            process::output(&mut target.helm(&["rollback", &target.release, &revision]))?;
        }
        Way::Remove => {
            println!("    the first install was interrupted: removing what it left; volumes stay");
            process::output(&mut target.helm(&["uninstall", &target.release, "--wait"]))?;
        }
    }
    Ok(())
}

/// The state, when it says that a command runs or was interrupted.
pub fn pending(target: &Target) -> Result<Option<String>> {
    let status = target.release_status()?.map(|status| status.info.status);
    Ok(status.filter(|status| status.starts_with("pending-") || status == "uninstalling"))
}

fn way(history: &[Revision]) -> Way {
    let installed =
        |revision: &&Revision| matches!(revision.status.as_str(), "deployed" | "superseded");
    let deployed = history.iter().rev().find(|revision| revision.status == "deployed");
    let last = deployed.or_else(|| history.iter().rev().find(installed));
    last.map_or(Way::Remove, |revision| Way::RollBack(revision.revision))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(states: &[&str]) -> Vec<Revision> {
        let revision =
            |(revision, status): (u32, &&str)| Revision { revision, status: (*status).to_owned() };
        (1..).zip(states).map(revision).collect()
    }

    #[test]
    fn goes_back_to_what_was_installed_last() {
        let upgrade = history(&["superseded", "deployed", "failed", "pending-upgrade"]);
        assert_eq!(way(&upgrade), Way::RollBack(2));
        assert_eq!(way(&history(&["superseded", "pending-rollback"])), Way::RollBack(1));
        assert_eq!(way(&history(&["pending-install"])), Way::Remove);
        assert_eq!(way(&history(&["uninstalling"])), Way::Remove);
    }
}

//! A release whose last command was interrupted: Helm refuses to touch it until somebody puts it right.

use crate::{
    helm::{Info, Revision},
    process,
    target::Target,
};
use anyhow::{Result, bail};
use domain::{Clock, SystemClock};
use jiff::{SignedDuration, Timestamp};
use std::time::{Duration, Instant};

/// How to free it.
#[derive(Debug, PartialEq, Eq)]
enum Way {
    /// Back to the last revision that was installed.
    RollBack(u32),
    /// There was never one; volumes stay.
    Remove,
}

/// How long another command is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// No command is still at work that began longer ago: Helm's own limit is five minutes.
const LONG: SignedDuration = SignedDuration::from_mins(10);

/// Frees the release when an earlier command was interrupted: one that began long ago, or any with `take_over`.
///
/// # Errors
/// Another command may still be at work.
pub fn free(target: &Target, take_over: bool) -> Result<()> {
    let Some(held) = pending(target)? else { return Ok(()) };
    if take_over || began_long_ago(&held, SystemClock.now()) {
        return put_right(target);
    }
    let state = held.status;
    println!("    the release is in state {state}: waiting up to {} s", PATIENCE.as_secs());
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_secs(2));
        if pending(target)?.is_none() {
            return Ok(());
        }
    }
    bail!(
        "Another command of Helm's holds the release {} ({state}), and began less than {} minutes ago. When it has ended, \
         run this again. If it was interrupted:\n  make deploy ARGS=--take-over",
        target.release,
        LONG.as_mins()
    )
}

/// What is known of the release, when it says that a command runs or was interrupted.
pub fn pending(target: &Target) -> Result<Option<Info>> {
    let info = target.release_status()?.map(|status| status.info);
    Ok(info.filter(|info| info.status.starts_with("pending-") || info.status == "uninstalling"))
}

/// A time that cannot be read is no reason to take over.
fn began_long_ago(held: &Info, now: Timestamp) -> bool {
    let times = [&held.last_deployed, &held.deleted].into_iter();
    let began: Option<Timestamp> = times.filter_map(|time| time.parse().ok()).max();
    began.is_some_and(|began| now.duration_since(began) > LONG)
}

fn put_right(target: &Target) -> Result<()> {
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
    use rstest::rstest;

    #[rstest]
    #[case::just_now("2026-11-23T10:55:00.123+01:00", "", false)]
    #[case::long_ago("2026-11-23T10:45:00.123+01:00", "", true)]
    #[case::an_old_release_being_removed("2026-11-22T10:00:00Z", "2026-11-23T09:59:00Z", false)]
    #[case::unknown("", "", false)]
    fn a_command_of_lately_may_still_run(
        #[case] last_deployed: &str,
        #[case] deleted: &str,
        #[case] expected: bool,
    ) {
        let held = Info {
            status: "pending-upgrade".to_owned(),
            last_deployed: last_deployed.to_owned(),
            deleted: deleted.to_owned(),
        };
        let now = "2026-11-23T10:00:00Z".parse().unwrap();
        assert_eq!(began_long_ago(&held, now), expected);
    }

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

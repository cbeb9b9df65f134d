//! All tests in one run of cargo, and a look at what ran: nothing may be left out.

use crate::step;
use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Stdio};

/// The application as its first plan tests it, in a real browser. Without it nothing is shown to work.
const BROWSER_TEST: &str = "plan::the_application_works";

/// Runs every test of the workspace.
///
/// # Errors
/// One failed or was ignored, ran on one database alone, or the browser test was not there.
pub fn run() -> Result<()> {
    step::timed("Tests", || {
        // One feature set: with `--package` cargo would settle features anew and compile again.
        let mut command = step::cargo(&["test", "--workspace", "--no-fail-fast"]);
        let mut child = command.stdout(Stdio::piped()).spawn().context("cannot run cargo")?;
        let seen = watch(&mut child)?;
        let status = child.wait()?;
        println!("tests: {} passed, {} failed", seen.passed, seen.failed);
        if !status.success() {
            bail!("the tests failed");
        }
        match seen.gaps().as_slice() {
            [] => Ok(()),
            gaps => bail!("what ran passed, but not everything ran:\n{}", gaps.join("\n")),
        }
    })
}

/// Passes on what the tests print, and keeps what matters.
fn watch(child: &mut Child) -> Result<Seen> {
    let output = child.stdout.take().context("the tests' output is a pipe")?;
    let mut seen = Seen::default();
    for line in BufReader::new(output).split(b'\n') {
        let line = line?;
        let mut out = std::io::stdout().lock();
        out.write_all(&line)?;
        out.write_all(b"\n")?;
        seen.read(&String::from_utf8_lossy(&line));
    }
    Ok(seen)
}

/// What the lines of cargo's test runner told.
#[derive(Default)]
struct Seen {
    passed: u32,
    failed: u32,
    names: BTreeSet<String>,
    ignored: Vec<String>,
}

impl Seen {
    /// Reads `test tasks::create::case_1_sqlite ... ok` and
    /// `test result: ok. 5 passed; 0 failed; …`; other lines say nothing.
    fn read(&mut self, line: &str) {
        if let Some(counts) = line.strip_prefix("test result: ") {
            self.passed += count(counts, " passed");
            self.failed += count(counts, " failed");
        } else if let Some((name, outcome)) =
            line.strip_prefix("test ").and_then(|rest| rest.rsplit_once(" ... "))
        {
            if outcome.starts_with("ignored") {
                self.ignored.push(name.to_owned());
            }
            self.names.insert(name.to_owned());
        }
    }

    /// What was left out, a line each.
    fn gaps(&self) -> Vec<String> {
        let (sqlite, postgres) = (self.on("sqlite"), self.on("postgres"));
        let mut gaps: Vec<String> =
            self.ignored.iter().map(|name| format!("{name} is ignored")).collect();
        gaps.extend(sqlite.difference(&postgres).map(|name| format!("{name}: not on Postgres")));
        gaps.extend(postgres.difference(&sqlite).map(|name| format!("{name}: not on SQLite")));
        if postgres.is_empty() {
            gaps.push("no test on Postgres".to_owned());
        }
        if !self.names.contains(BROWSER_TEST) {
            gaps.push(format!("{BROWSER_TEST}, in the browser"));
        }
        gaps
    }

    /// Tests that have a case named after this database: `create` of `create::case_1_sqlite`.
    fn on(&self, database: &str) -> BTreeSet<&str> {
        let test = |name: &'_ String| {
            let (test, case) = name.rsplit_once("::case_")?;
            let named = case.trim_start_matches(|c: char| c.is_ascii_digit());
            (named.strip_prefix('_') == Some(database)).then_some(test.len())
        };
        self.names.iter().filter_map(|name| Some(&name[..test(name)?])).collect()
    }
}

/// The number before a word: 5 of `ok. 5 passed; 0 failed`.
fn count(text: &str, word: &str) -> u32 {
    let before = text.split(word).next().unwrap_or_default();
    before.rsplit(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod test {
    use super::*;

    fn seen(lines: &[&str]) -> Seen {
        let mut seen = Seen::default();
        for line in lines {
            seen.read(line);
        }
        seen
    }

    #[test]
    fn reads_what_the_test_runner_prints() {
        let seen = seen(&[
            "running 3 tests",
            "test a::create::case_1_sqlite ... ok",
            "test a::create::case_2_postgres ... FAILED",
            "test result: FAILED. 12 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out",
            "test result: ok. 30 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out",
        ]);
        assert_eq!((seen.passed, seen.failed, seen.names.len()), (42, 1, 2));
    }

    #[test]
    fn finds_nothing_where_all_ran() {
        let browser = format!("test {BROWSER_TEST} ... ok");
        let all = ["test a::case_1_sqlite ... ok", "test a::case_2_postgres ... ok", &browser];
        assert!(seen(&all).gaps().is_empty());
    }

    #[test]
    fn finds_what_was_left_out() {
        let seen = seen(&["test a::case_1_sqlite ... ok", "test b ... ignored, slow"]);
        let gaps = [
            "b is ignored".to_owned(),
            "a: not on Postgres".to_owned(),
            "no test on Postgres".to_owned(),
            format!("{BROWSER_TEST}, in the browser"),
        ];
        assert_eq!(seen.gaps(), gaps);
    }
}

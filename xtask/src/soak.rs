//! What wears the application down, for longer than a test may take. Run by hand, before something is released.

use crate::system::{self, Need};
use crate::{frontend, fuzz, paths, step};
use anyhow::{Context, Result, bail};
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// How much of it.
#[derive(Debug, PartialEq)]
struct Size {
    /// Of the crash loop, on each database.
    rounds: u32,
    /// For each fuzz target.
    minutes: u64,
}

/// A line of the table at the end.
struct Row {
    what: String,
    took: Duration,
    /// What it told of itself.
    figures: Vec<String>,
    /// How to try it again, when it failed.
    failure: Option<String>,
}

/// Runs all of it, whatever fails, and shows a table.
///
/// # Errors
/// Something failed; the text says how to try it again.
pub fn run(arguments: &[String]) -> Result<()> {
    let size = Size::read(arguments)?;
    system::provide(&[Need::Node, Need::Postgres, Need::Cxx])?;
    frontend::install()?;
    let tests = ["test", "--workspace", "--test", "processes", "--no-run"];
    step::run("Building the tests", step::cargo(&tests))?;
    let program = ["build", "--release", "--package", "backend"];
    step::run("Building the backend for production (many minutes)", step::cargo(&program))?;
    fuzz::build()?;

    let outages = (size.rounds / 20).max(1);
    let mut rows = vec![
        wear("kill -9 under writes", "killed::", &[("SOAK_ROUNDS", size.rounds)])?,
        wear("512 connections", "connections::", &[("SOAK_SECONDS", 30), ("SOAK_AT_ONCE", 512)])?,
        wear("Postgres stops and starts", "outages::", &[("SOAK_OUTAGES", outages)])?,
    ];
    for outcome in fuzz::run(Duration::from_secs(60 * size.minutes))? {
        let fuzz::Outcome { target, took, figures, failure } = outcome;
        rows.push(Row { what: format!("fuzzing {target}"), took, figures: vec![figures], failure });
    }
    show(&rows)
}

impl Size {
    fn read(arguments: &[String]) -> Result<Self> {
        let mut size = Self { rounds: 100, minutes: 10 };
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let number = || words.clone().next().and_then(|text| text.parse::<u32>().ok());
            let number = number().filter(|number| *number > 0);
            let number = number.with_context(|| format!("{word} needs a number from 1"));
            match &**word {
                "--rounds" => size.rounds = number?,
                "--minutes" => size.minutes = number?.into(),
                _ => bail!("make soak ARGS=\"--rounds 100 --minutes 10\", not {word}"),
            }
            words.next();
        }
        Ok(size)
    }
}

/// Runs tests of `backend/tests/processes` in another size, on the program as it is deployed. Passes on what they print,
/// and keeps what they found out.
fn wear(what: &str, tests: &str, sizes: &[(&str, u32)]) -> Result<Row> {
    println!("==> {what}");
    let start = Instant::now();
    let words = ["test", "--workspace", "--test", "processes", "--", tests];
    let words = [&words[..], &["--nocapture", "--test-threads", "1"]].concat();
    let mut settings: Vec<_> = sizes.iter().map(|(name, size)| (*name, size.to_string())).collect();
    let program = paths::target().join("release/todo-backend");
    settings.push(("SOAK_PROGRAM", program.display().to_string()));
    let mut command = step::cargo(&words);
    command.envs(settings.iter().map(|(name, value)| (name, value)));
    command.stderr(Stdio::piped());
    let mut child = command.spawn().context("cannot run cargo")?;
    let output = child.stderr.take().context("the tests' output is a pipe")?;
    let mut figures = Vec::new();
    for line in BufReader::new(output).lines() {
        let line = line?;
        eprintln!("    {line}");
        figures.extend(line.strip_prefix("found: ").map(str::to_owned));
    }
    let failed = !child.wait()?.success();
    let settings: Vec<_> = settings.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let again = || format!("try again: {} cargo {}", settings.join(" "), words.join(" "));
    let failure = failed.then(again);
    Ok(Row { what: what.to_owned(), took: start.elapsed(), figures, failure })
}

fn show(rows: &[Row]) -> Result<()> {
    println!();
    for row in rows {
        let outcome = if row.failure.is_none() { "ok" } else { "FAILED" };
        println!("{:<28}{outcome:<8}{:>6} s", row.what, row.took.as_secs());
        for line in &row.figures {
            println!("    {line}");
        }
    }
    let failures: Vec<_> = rows
        .iter()
        .filter_map(|row| Some(format!("{}: {}", row.what, row.failure.as_ref()?)))
        .collect();
    if !failures.is_empty() {
        bail!("\n{}", failures.join("\n"));
    }
    Ok(())
}

#[cfg(test)]
mod test {
    use super::*;

    fn read(words: &[&str]) -> Result<Size> {
        Size::read(&words.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn its_size_is_told_by_flags() {
        assert_eq!(read(&[]).unwrap(), Size { rounds: 100, minutes: 10 });
        let short = read(&["--rounds", "5", "--minutes", "1"]).unwrap();
        assert_eq!(short, Size { rounds: 5, minutes: 1 });
        for wrong in [&["--rounds"][..], &["--rounds", "0"], &["--rounds", "x"], &["--fast", "1"]] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }
}

//! The targets of `fuzz/`, by cargo-fuzz.

use crate::{paths, step};
use anyhow::{Context, Result};
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

const VERSION: &str = "0.13.2";

/// What stands in `fuzz/targets`.
const TARGETS: [&str; 6] = ["sentences", "rules", "calendars", "texts", "credentials", "bodies"];

/// Targets that run at once: one a processor would leave none for anybody else, and more would not be faster.
const AT_ONCE: usize = 2;

/// How often it is told how far they are.
const TELL: Duration = Duration::from_secs(30);

/// How a target ended.
pub struct Outcome {
    pub target: &'static str,
    pub took: Duration,
    /// Inputs tried, and places of the program that were reached.
    pub figures: String,
    /// What to do about it, when it failed.
    pub failure: Option<String>,
}

/// Finds out whether the targets still go with the code. Nothing is linked, so libFuzzer, which is compiled from C++, need
/// not be there.
pub fn clippy() -> Command {
    let clippy = ["clippy", "--locked", "--manifest-path", "fuzz/Cargo.toml", "--bins"];
    let mut clippy = step::cargo(&clippy);
    clippy.arg("--target-dir").arg(paths::target()).args(["--", "--deny", "warnings"]);
    clippy.env("CUSTOM_LIBFUZZER_PATH", "none/libfuzzer.a");
    clippy
}

/// Brings cargo-fuzz when it is missing or of another version, and builds all targets.
pub fn build() -> Result<()> {
    let version = cargo_fuzz().arg("--version").output();
    let wanted = format!("cargo-fuzz {VERSION}\n");
    if !version.is_ok_and(|output| output.stdout == wanted.as_bytes()) {
        install()?;
    }
    let mut build = cargo_fuzz();
    build.args(["build", "--sanitizer", "none"]);
    step::run("Building the fuzz targets (ten minutes the first time)", build)
}

/// Compiles it for a short build: the targets do the work.
fn install() -> Result<()> {
    let mut install = step::cargo(&["install", "cargo-fuzz", "--version", VERSION, "--locked"]);
    install.arg("--root").arg(paths::tools());
    install.env("CARGO_PROFILE_RELEASE_LTO", "off");
    install.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
    install.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    step::run(&format!("Installing cargo-fuzz {VERSION} (a minute, once)"), install)
}

/// The compiler is the stable one: it takes flags that are not settled only when it is told so by this variable. The
/// sanitizers would need a standard library of a nightly one; without `unsafe` they would find nothing of ours.
fn cargo_fuzz() -> Command {
    let mut command = Command::new(paths::tools().join("bin/cargo-fuzz"));
    command.env("RUSTC_BOOTSTRAP", "1");
    command
}

/// Runs every target for so long, two at a time.
pub fn run(each: Duration) -> Result<Vec<Outcome>> {
    let logs = paths::target().join("soak");
    fs::create_dir_all(&logs)?;
    let waiting = Mutex::new(TARGETS.into_iter());
    let outcomes = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                let next = || waiting.lock().expect("nobody panics with it").next();
                while let Some(target) = next() {
                    let outcome = one(target, each, &logs.join(target));
                    outcomes.lock().expect("nobody panics with it").push(outcome);
                }
            });
        }
    });
    outcomes.into_inner().expect("all have ended").into_iter().collect()
}

fn one(target: &'static str, each: Duration, folder: &Path) -> Result<Outcome> {
    let start = Instant::now();
    println!("==> Fuzzing {target}, {} s", each.as_secs());
    // The databases of a target lie in a folder of its own, which it cannot remove at its end.
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder)?;
    let log = folder.with_extension("log");
    let output = File::create(&log)?;
    let mut command = cargo_fuzz();
    command.args(["run", "--sanitizer", "none", target, "--"]);
    command.arg(format!("-max_total_time={}", each.as_secs()));
    command.args(["-timeout=20", "-rss_limit_mb=1024", "-print_final_stats=1"]);
    command.env("TMPDIR", folder).stdin(Stdio::null());
    command.stdout(output.try_clone()?).stderr(output);
    let mut child = command.spawn().context("cannot run cargo-fuzz")?;
    let mut told = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if told.elapsed() >= TELL {
            told = Instant::now();
            println!("    {target}: {} s, {}", start.elapsed().as_secs(), figures(&read(&log)));
        }
        thread::sleep(Duration::from_millis(200));
    };
    let text = read(&log);
    let _ = fs::remove_dir_all(folder);
    let failure = (!status.success()).then(|| failure(target, &text, &log.display().to_string()));
    let took = start.elapsed();
    println!("    {target}: {}", failure.as_deref().unwrap_or("nothing found"));
    Ok(Outcome { target, took, figures: figures(&text), failure })
}

fn read(log: &Path) -> String {
    String::from_utf8_lossy(&fs::read(log).unwrap_or_default()).into_owned()
}

/// What libFuzzer told last: `#1234  NEW    cov: 56 ft: 78 …`.
fn figures(log: &str) -> String {
    let told = log.lines().rev().find_map(|line| {
        let mut words = line.strip_prefix('#')?.split_whitespace();
        let inputs = words.next()?.trim_end_matches(':');
        let reached = words.skip_while(|word| *word != "cov:").nth(1)?;
        Some(format!("{inputs} inputs, {reached} places reached"))
    });
    told.unwrap_or_else(|| "not begun".to_owned())
}

/// What failed, and the line that tries it again.
fn failure(target: &str, log: &str, path: &str) -> String {
    let panicked = log.lines().skip_while(|line| !line.contains("panicked at")).take(2);
    let said = panicked.collect::<Vec<_>>().join(" ");
    let written = log.lines().find_map(|line| line.split_once("Test unit written to "));
    match written {
        Some((_, input)) => format!(
            "{said}\n    try again: RUSTC_BOOTSTRAP=1 .tools/bin/cargo-fuzz run --sanitizer none {target} {input}"
        ),
        None => format!("ended without an input that fails; see {path}"),
    }
}

#[cfg(test)]
mod test {
    use super::*;

    #[test]
    fn reads_what_libfuzzer_tells() {
        let log = "INFO: seed corpus\n#2\tINITED cov: 5 ft: 6\n#4096\tpulse  cov: 78 ft: 9 corp: 3/4b\nother";
        assert_eq!(figures(log), "4096 inputs, 78 places reached");
        assert_eq!(figures(""), "not begun");
    }

    #[test]
    fn a_failure_says_how_to_try_it_again() {
        let log = "thread '<unnamed>' panicked at targets/texts.rs:9:5:\nno title\nmore\n\
            artifact_prefix='a/'; Test unit written to fuzz/artifacts/texts/crash-1\n";
        let said = failure("texts", log, "log");
        assert!(
            said.starts_with("thread '<unnamed>' panicked at targets/texts.rs:9:5: no title\n")
        );
        assert!(said.ends_with("none texts fuzz/artifacts/texts/crash-1"), "{said}");
        assert!(failure("texts", "killed", "log").ends_with("see log"));
    }

    #[test]
    fn every_target_is_run() {
        let manifest = fs::read_to_string(paths::root().join("fuzz/Cargo.toml")).unwrap();
        let mut names: Vec<_> =
            manifest.lines().filter_map(|line| line.strip_prefix("path = \"targets/")).collect();
        names.sort_unstable();
        let mut targets = TARGETS.map(|target| format!("{target}.rs\""));
        targets.sort_unstable();
        assert_eq!(names, targets);
    }
}

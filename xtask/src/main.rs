//! The project's commands. The Makefile is the menu, this is what its lines do.
#![expect(clippy::print_stdout, reason = "a command-line program")]

mod deny;
mod frontend;
mod fuzz;
mod images;
mod paths;
mod schemathesis;
mod soak;
mod step;
mod system;
mod tests;

use anyhow::{Result, bail};
use std::os::unix::process::CommandExt;
use std::process::ExitCode;
use system::Need;

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let command = words.next().unwrap_or_default();
    let rest: Vec<String> = words.collect();
    let result = std::env::set_current_dir(paths::root())
        .map_err(Into::into)
        .and_then(|()| carry_out(&command, &rest));
    if let Err(error) = result {
        eprintln!("{error:#}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

const COMMANDS: [&str; 12] = [
    "run",
    "lint",
    "test",
    "soak",
    "release",
    "bench",
    "images",
    "screenshots",
    "deploy",
    "undeploy",
    "verify",
    "e2e-cluster",
];

fn carry_out(command: &str, rest: &[String]) -> Result<()> {
    match command {
        "run" => run(rest),
        "lint" => lint(),
        "test" => test(),
        "soak" => soak::run(rest),
        "release" => release(),
        "bench" => bench(rest),
        "images" => images::build(rest),
        "screenshots" => screenshots(),
        "deploy" | "undeploy" | "verify" => cluster(command, rest),
        "e2e-cluster" => e2e_cluster(rest),
        _ => bail!("cargo xtask {}; see `make help`", COMMANDS.join(" | ")),
    }
}

/// Builds the app and becomes it.
fn run(arguments: &[String]) -> Result<()> {
    system::provide(&[Need::Node])?;
    frontend::install()?;
    let build = ["build", "--profile", "quick", "--package", "todo"];
    step::run("Building (some minutes the first time)", step::cargo(&build))?;
    let app = paths::target().join("quick/todo");
    let error = std::process::Command::new(&app).arg("serve").args(arguments).exec();
    bail!("{} does not start: {error}", app.display())
}

/// Becomes the program for Kubernetes: a crate of its own, so that this one compiles in seconds.
fn cluster(command: &str, rest: &[String]) -> Result<()> {
    if !paths::target().join("debug/cluster").is_file() {
        println!("Compiling the tool for clusters (a minute or two, once)");
    }
    let mut program = step::cargo(&["run", "--quiet", "--package", "cluster", "--", command]);
    let error = program.args(rest).exec();
    bail!("{program:?} does not start: {error}")
}

/// Tries everything on a cluster, in a browser too.
fn e2e_cluster(arguments: &[String]) -> Result<()> {
    system::provide(&[Need::Node, Need::Browser])?;
    frontend::install()?;
    cluster("e2e", arguments)
}

/// All checks that run nothing of ours.
fn lint() -> Result<()> {
    system::provide(&[Need::Node])?;
    frontend::install()?;
    step::run("Format", step::cargo(&["fmt", "--all", "--check"]))?;
    let fuzz = ["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"];
    step::run("Format of the fuzz targets", step::cargo(&fuzz))?;
    let clippy = ["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"];
    step::run("Clippy", step::cargo(&clippy))?;
    step::run("Clippy of the fuzz targets", fuzz::clippy())?;
    deny::check()
}

/// Everything that must hold.
fn test() -> Result<()> {
    system::provide(&[Need::Node, Need::Postgres, Need::Browser, Need::Python, Need::Curl])?;
    schemathesis::install()?;
    lint()?;
    tests::run()
}

/// Builds the programs as they are deployed.
fn release() -> Result<()> {
    system::provide(&[Need::Node])?;
    frontend::install()?;
    let programs = ["--package", "todo", "--package", "backend", "--package", "frontend"];
    let build = [&["build", "--release"], &programs[..]].concat();
    step::run("Building for production (many minutes)", step::cargo(&build))?;
    println!("The programs are in {}", paths::target().join("release").display());
    Ok(())
}

/// Measures the programs as they are deployed, and writes `docs/performance.md`.
fn bench(arguments: &[String]) -> Result<()> {
    system::provide(&[Need::Postgres, Need::Load])?;
    release()?;
    let mut measure = step::cargo(&["run", "--quiet", "--release", "--package", "bench", "--"]);
    measure.args(arguments);
    step::run("Measuring (some ten minutes; leave the machine alone)", measure)
}

/// Takes the pictures of the documentation: by the browser test that visits every page, and from the cluster.
fn screenshots() -> Result<()> {
    system::provide(&[Need::Node, Need::Browser])?;
    frontend::install()?;
    let folder = paths::root().join("docs/screenshots");
    // One feature set with `make test`, so that nothing is compiled twice: no `--package`.
    let mut command =
        step::cargo(&["test", "--workspace", "--test", "browser", "--", "every_page"]);
    command.env("SCREENSHOTS", &folder);
    step::run("Visiting every page", command)?;
    println!("The pictures are in {}", folder.display());
    cluster("pictures", &["--folder".to_owned(), folder.display().to_string()])
}

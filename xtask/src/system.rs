//! What the system must have: looked for first, installed by the package manager only when missing.

use crate::step;
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A program of the system that a command needs.
#[derive(Clone, Copy)]
pub enum Need {
    /// Brings the frontend's styles and scripts.
    Node,
    /// The database of the tests; they start their own server.
    Postgres,
    /// The browser of the tests, and what drives it.
    Browser,
    /// Runs Schemathesis, in an environment of its own.
    Python,
    /// Runs the examples of `docs/api.md`, by bash.
    Curl,
    /// Sends the requests of `make bench`.
    Load,
    /// Compiles libFuzzer.
    Cxx,
}

impl Need {
    fn title(self) -> &'static str {
        match self {
            Self::Node => "Node.js with npm",
            Self::Postgres => "the Postgres server",
            Self::Browser => "Chromium and its driver",
            Self::Python => "Python 3 with venv",
            Self::Curl => "curl and bash",
            Self::Load => "wrk",
            Self::Cxx => "a C++ compiler",
        }
    }

    /// Names in Debian and its kin.
    fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Node => &["nodejs", "npm"],
            Self::Postgres => &["postgresql"],
            Self::Browser => &["chromium", "chromium-driver"],
            Self::Python => &["python3", "python3-venv"],
            Self::Curl => &["curl", "bash", "ca-certificates"],
            Self::Load => &["wrk"],
            Self::Cxx => &["g++"],
        }
    }

    fn is_there(self) -> bool {
        match self {
            Self::Node => on_path("node") && on_path("npm"),
            Self::Postgres => search_path().into_iter().chain(postgres_folders()).any(|folder| {
                ["initdb", "postgres"].iter().all(|name| folder.join(name).is_file())
            }),
            Self::Browser => on_path("chromium") && on_path("chromedriver"),
            Self::Python => makes_environments(),
            Self::Curl => on_path("curl") && on_path("bash"),
            Self::Load => on_path("wrk"),
            Self::Cxx => on_path("c++"),
        }
    }
}

/// Sees to it that everything needed is there.
///
/// # Errors
/// Something is missing and cannot be installed from here; the message says what to install.
pub fn provide(needs: &[Need]) -> Result<()> {
    let missing: Vec<Need> = needs.iter().copied().filter(|need| !need.is_there()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let titles = missing.iter().map(|need| need.title()).collect::<Vec<_>>().join(", ");
    let packages: Vec<&str> = missing.iter().flat_map(|need| need.packages()).copied().collect();
    if !(on_path("apt-get") && is_root()) {
        bail!(
            "missing: {titles}. Install it and run this again; on Debian: apt-get install {}",
            packages.join(" ")
        );
    }
    println!("Missing: {titles}");
    let update = apt_get(&["update"]);
    step::run("Reading the lists of packages", update)?;
    let mut install = apt_get(&["install", "--yes", "--no-install-recommends"]);
    install.args(&packages);
    step::run(&format!("Installing {}", packages.join(" ")), install)?;
    if let Some(need) = missing.iter().find(|need| !need.is_there()) {
        bail!("{} is still missing after installing its packages", need.title());
    }
    Ok(())
}

/// Waits for another apt-get instead of failing beside it.
fn apt_get(arguments: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command.args(["--quiet", "--option", "DPkg::Lock::Timeout=300"]).args(arguments);
    command.env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
    command
}

/// Debian's Python has `venv` without what it needs, unless one more package is there.
fn makes_environments() -> bool {
    let mut python = Command::new("python3");
    python.args(["-c", "import venv, ensurepip"]).stderr(Stdio::null());
    python.status().is_ok_and(|status| status.success())
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}

fn on_path(program: &str) -> bool {
    search_path().iter().any(|folder| folder.join(program).is_file())
}

fn search_path() -> Vec<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect()
}

/// Debian keeps the server's programs in a folder per version, off the search path.
fn postgres_folders() -> Vec<PathBuf> {
    let Ok(versions) = Path::new("/usr/lib/postgresql").read_dir() else { return Vec::new() };
    versions.flatten().map(|version| version.path().join("bin")).collect()
}

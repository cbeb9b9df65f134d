//! Load from wrk: as many requests as a number of connections carries, one after the other on each.

use std::{
    fs::File,
    io::{BufWriter, Write},
    process::Command,
};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// What wrk runs for each request.
const SCRIPT: &str = include_str!("load.lua");

/// How one load went.
#[derive(Debug, Clone, Copy)]
pub struct Outcome {
    /// Answers of success a second.
    pub rate: f64,
    /// Milliseconds within which half of all answers came.
    pub median: f64,
    /// Milliseconds within which 99 of 100 answers came.
    pub p99: f64,
    /// Connections that broke, and answers that did not come within 10 s.
    pub broken: u64,
    /// Answers with a status of 400 and above.
    pub refused: u64,
}

#[derive(Deserialize)]
struct Told {
    requests: u64,
    micros: u64,
    broken: u64,
    refused: u64,
    p50: u64,
    p99: u64,
}

/// Sends `requests` in turn over so many connections, for so many seconds.
///
/// # Errors
/// wrk does not run, or it ran out of requests that can be sent but once.
pub fn load(
    base: &str,
    connections: u32,
    seconds: u32,
    requests: &[String],
    each_once: bool,
) -> Result<Outcome> {
    let folder = tempfile::tempdir()?;
    let [script, file] = ["load.lua", "requests"].map(|name| folder.path().join(name));
    std::fs::write(&script, SCRIPT)?;
    let mut out = BufWriter::new(File::create(&file)?);
    for request in requests {
        write!(out, "{request}\n--\n")?;
    }
    out.flush()?;
    let mut wrk = Command::new("wrk");
    wrk.args(["--threads", "1", "--timeout", "10s", "--latency"])
        .args(["--connections", &connections.to_string()])
        .args(["--duration", &format!("{seconds}s")])
        .arg("--script")
        .arg(&script)
        .args([base, "--"])
        .arg(&file);
    let output = wrk.output().context("cannot run wrk; `make bench` installs it")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let told = text.lines().find(|line| line.starts_with('{')).with_context(|| {
        format!("wrk said nothing: {text}{}", String::from_utf8_lossy(&output.stderr))
    })?;
    let told: Told = serde_json::from_str(told)?;
    if each_once && told.requests > requests.len() as u64 {
        bail!("{} requests were prepared and {} sent", requests.len(), told.requests);
    }
    Ok(outcome(&told))
}

#[expect(clippy::cast_precision_loss, reason = "figures of a few seconds")]
fn outcome(told: &Told) -> Outcome {
    let successes = told.requests.saturating_sub(told.refused);
    Outcome {
        rate: successes as f64 / (told.micros as f64 / 1e6),
        median: told.p50 as f64 / 1e3,
        p99: told.p99 as f64 / 1e3,
        broken: told.broken,
        refused: told.refused,
    }
}

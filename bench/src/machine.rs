//! What the figures were taken on.

use std::{fs, process::Command};

/// Lines that say what machine this is and which versions took part.
pub fn describe() -> Vec<(&'static str, String)> {
    let processor = first("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".to_owned());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = first("/proc/meminfo", "MemTotal").unwrap_or_default();
    let kib: u64 = memory.trim_end_matches(" kB").parse().unwrap_or(0);
    vec![
        ("processor", format!("{cores} cores of {processor}")),
        ("memory", format!("{} GiB", (kib + (1 << 19)) >> 20)),
        ("system", says("uname", &["-sr"])),
        ("compiler", says("rustc", &["--version"])),
        ("database", says("psql", &["--version"])),
        ("load", says("wrk", &["--version"]).split(" [").next().unwrap_or_default().to_owned()),
    ]
}

/// The value of the first line of that name.
fn first(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// The first line that a program prints.
fn says(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    text.ok().and_then(|text| text.lines().next().map(str::to_owned)).unwrap_or_default()
}

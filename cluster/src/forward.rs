//! A port of this machine that leads to the frontend, as long as it is held.

use crate::target::Target;
use anyhow::{Context, Result};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread;

/// `kubectl port-forward`, running.
pub struct Forward {
    process: Child,
    port: u16,
}

impl Forward {
    /// Opens it on a free port.
    pub fn open(target: &Target) -> Result<Self> {
        let service = target.frontend_service()?.context("the release has no frontend")?;
        let port = service.spec.ports.iter().find(|port| port.name == "http");
        let port = port.context("the frontend's Service has no port named http")?.port;
        let name = format!("service/{}", service.metadata.name);
        let mut command = target.kubectl(&["port-forward", &name, &format!(":{port}")]);
        Self::by(command.arg("--pod-running-timeout=10s"))
    }

    fn by(command: &mut Command) -> Result<Self> {
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let stdout = process.stdout.take().context("its output is a pipe")?;
        let mut forward = Self { process, port: 0 };
        let mut stdout = BufReader::new(stdout);
        let mut line = String::new();
        stdout.read_line(&mut line)?;
        forward.port =
            local_port(&line).with_context(|| format!("kubectl port-forward: {line}"))?;
        // It prints a line per connection, and would die of a pipe that nobody reads.
        thread::spawn(move || std::io::copy(&mut stdout, &mut std::io::sink()));
        Ok(forward)
    }

    /// Where it is open.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Forward {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// 40123 of `Forwarding from 127.0.0.1:40123 -> 3000`.
fn local_port(line: &str) -> Option<u16> {
    let (before, _) = line.split_once(" -> ")?;
    before.rsplit_once(':')?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_port_that_was_free() {
        assert_eq!(local_port("Forwarding from 127.0.0.1:40123 -> 3000\n"), Some(40123));
        assert_eq!(local_port("error: no pod"), None);
    }

    #[test]
    fn what_is_printed_later_does_not_end_it() {
        let folder = tempfile::TempDir::new().unwrap();
        let connected = folder.path().join("connected");
        let mut kubectl = Command::new("sh");
        let lines = "echo 'Forwarding from 127.0.0.1:1 -> 3000'\n\
            yes 'Handling connection' | head -c 200000 && touch \"$0\" && exec sleep 60";
        kubectl.args(["-c", lines]).arg(&connected);
        let mut forward = Forward::by(&mut kubectl).unwrap();
        while !connected.exists() {
            assert_eq!(forward.process.try_wait().unwrap(), None, "it ended");
            thread::yield_now();
        }
        assert_eq!(forward.url(), "http://127.0.0.1:1");
    }
}

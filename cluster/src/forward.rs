//! A port of this machine that leads to the frontend, as long as it is held.

use crate::target::Target;
use anyhow::{Context, Result};
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

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
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let stdout = process.stdout.take().context("its output is a pipe")?;
        let mut forward = Self { process, port: 0 };
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        forward.port =
            local_port(&line).with_context(|| format!("kubectl port-forward: {line}"))?;
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
}

//! The programs under test: built for production, started as on a machine of their own.

use std::{
    fs::{self, File},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::client::Client;

/// How long a program may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running program. Ends when dropped.
pub struct Server {
    child: Child,
    /// `http://address:port`.
    pub base: String,
    /// From its start to its first answer.
    pub started: Duration,
    folder: TempDir,
}

impl Server {
    /// Starts a program and waits for its first answer.
    pub async fn start(
        program: &Path,
        arguments: &[&str],
        settings: &[(&str, &str)],
    ) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let listen = format!("127.0.0.1:{port}");
        let base = format!("http://{listen}");
        // Its log goes to a file, as a container's does. Nobody reads it beside the load.
        let log = File::create(folder.path().join("log"))?;
        let start = Instant::now();
        let child = Command::new(program)
            .args(arguments)
            .env_clear()
            .env("HOME", folder.path())
            .env("LISTEN", &listen)
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .with_context(|| format!("{} does not start", program.display()))?;
        let mut server = Self { child, base, started: Duration::ZERO, folder };
        let client = Client::new(&server.base);
        while client.get("/healthz", "").await.is_err() {
            if start.elapsed() > PATIENCE || server.child.try_wait()?.is_some() {
                bail!("{} does not answer: {}", program.display(), server.log());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        server.started = start.elapsed();
        Ok(server)
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// MiB of memory it holds now.
    pub fn memory(&self) -> Result<f64> {
        self.status("VmRSS:")
    }

    /// Forgets the most memory it has held until now.
    pub fn forget_most_memory(&self) -> Result<()> {
        Ok(fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5")?)
    }

    /// The most MiB of memory it has held since.
    pub fn most_memory(&self) -> Result<f64> {
        self.status("VmHWM:")
    }

    fn status(&self, name: &str) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line =
            status.lines().find_map(|line| line.strip_prefix(name)).context("no such line")?;
        let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kib / 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where the programs for production lie.
pub fn program(name: &str) -> Result<PathBuf> {
    let target = std::env::current_exe()?;
    let target = target.ancestors().nth(2).context("the program lies in a folder of cargo's")?;
    let path = target.join("release").join(name);
    if !path.is_file() {
        bail!("{} is not built: run `make bench`", path.display());
    }
    Ok(path)
}

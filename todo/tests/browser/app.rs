//! The application under test: the program itself, started as a person starts it, or one that was deployed.

use std::{
    env,
    fs::{self, File},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

use crate::browser::Browser;

/// An application that a browser can visit.
pub enum App {
    /// Started by the test.
    Own(OwnApp),
    /// Running somewhere, over data that others use too.
    Deployed {
        url: String,
        /// A command for the shell that ends all its processes, and waits until new ones serve.
        restart: String,
    },
}

impl App {
    pub fn start() -> Result<Self> {
        OwnApp::start().map(Self::Own)
    }

    /// The application at `APP_URL`, restarted by `APP_RESTART`; one of our own where they are not set.
    pub fn deployed_or_own() -> Result<Self> {
        match (env::var("APP_URL"), env::var("APP_RESTART")) {
            (Ok(url), Ok(restart)) => Ok(Self::Deployed { url, restart }),
            (Err(_), Err(_)) => Self::start(),
            _ => bail!("APP_URL and APP_RESTART go together"),
        }
    }

    pub fn url(&self) -> String {
        match self {
            Self::Own(app) => app.url(),
            Self::Deployed { url, .. } => url.clone(),
        }
    }

    pub fn restart(&mut self) -> Result<()> {
        match self {
            Self::Own(app) => app.restart(),
            Self::Deployed { restart, .. } => {
                let status = Command::new("sh").args(["-c", restart]).status()?;
                ensure!(status.success(), "{restart}: {status}");
                Ok(())
            }
        }
    }

    /// A picture of a deployed application, for the documentation.
    pub async fn keep_picture(&self, browser: &Browser, name: &str) -> Result<()> {
        match self {
            Self::Own(_) => Ok(()),
            Self::Deployed { .. } => browser.keep_picture(name).await,
        }
    }
}

/// The program as a user starts it, over an empty folder for its data, on a port of its own.
pub struct OwnApp {
    folder: TempDir,
    port: u16,
    process: Option<Child>,
}

impl OwnApp {
    fn start() -> Result<Self> {
        let folder = TempDir::new()?;
        let port = free_port()?;
        let mut app = Self { folder, port, process: None };
        app.run()?;
        Ok(app)
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Ends the program as a service manager does, and starts it over the same data.
    fn restart(&mut self) -> Result<()> {
        let mut process = self.process.take().context("the app runs")?;
        Command::new("kill").args(["-TERM", &process.id().to_string()]).status()?;
        let status = process.wait()?;
        if !status.success() {
            bail!("told to end, the app ended with {status}\n{}", self.log());
        }
        self.run()
    }

    fn run(&mut self) -> Result<()> {
        let log = File::options().create(true).append(true).open(self.log_file())?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_todo"));
        command
            .arg("serve")
            .arg(format!("--listen=127.0.0.1:{}", self.port))
            .arg("--data-dir")
            .arg(self.folder.path().join("data"))
            // Nothing of the developer's own settings: with a key for a model, a model would answer the chat.
            .env_clear()
            // Many people sign up here, all from this machine.
            .env("AUTH_RATE_LIMITS", "off")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        self.process = Some(command.spawn().context("the app does not start")?);
        self.wait_until_it_listens()
    }

    fn wait_until_it_listens(&mut self) -> Result<()> {
        let process = self.process.as_mut().context("the app was started")?;
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let ended = process.try_wait()?;
            if ended.is_some() || start.elapsed() > Duration::from_secs(20) {
                bail!("the app does not listen on port {}: {ended:?}\n{}", self.port, self.log());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    /// What the program printed.
    fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("log")
    }
}

impl Drop for OwnApp {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().ok();
            process.wait().ok();
        }
        if std::thread::panicking() {
            eprintln!("--- what the app printed\n{}", self.log());
        }
    }
}

/// A port that nobody listens on now.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

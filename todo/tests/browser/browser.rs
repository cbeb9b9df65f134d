//! A browser of its own for each test, and what it complains of.

use std::{
    env, fs,
    net::TcpStream,
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::json;
use tempfile::TempDir;
use thirtyfour::{
    By, ChromeCapabilities, ChromiumLikeCapabilities, DesiredCapabilities, LoggingPrefsLogLevel,
    WebDriver, WebElement,
    extensions::query::{ElementPollerWithTimeout, ElementQueryable},
};

use crate::{
    app::{App, free_port},
    find,
};

const DRIVER: &str = "/usr/bin/chromedriver";
const CHROMIUM: &str = "/usr/bin/chromium";

/// How long to wait for what a page should show. Looked at often, so that a wait costs little.
const PATIENCE: Duration = Duration::from_secs(20);
const GLANCE: Duration = Duration::from_millis(20);

/// One person's browser: its own profile, so its own cookies. Dropped, it ends with all its processes.
pub struct Browser {
    url: String,
    driver: WebDriver,
    _process: Driver,
}

/// What differs between browsers of the tests.
#[derive(Clone, Copy)]
pub struct Setting {
    pub zone: &'static str,
    pub scripts: bool,
    pub size: (u32, u32),
    pub dark: bool,
}

impl Default for Setting {
    fn default() -> Self {
        Self { zone: "Asia/Tokyo", scripts: true, size: (1280, 800), dark: false }
    }
}

impl Browser {
    /// A desktop browser somewhere far from UTC.
    pub async fn open(app: &App) -> Result<Self> {
        Self::open_as(app, Setting::default()).await
    }

    pub async fn open_as(app: &App, setting: Setting) -> Result<Self> {
        let process = Driver::start()?;
        let capabilities = capabilities(process.profile.path(), setting)?;
        let poller = ElementPollerWithTimeout::new(PATIENCE, GLANCE);
        let driver = WebDriver::builder(process.url(), capabilities)
            .poller(Arc::new(poller))
            .connect()
            .await
            .context("Chromium does not start")?;
        // The session ends with its process. Told to when dropped, it would block this thread for minutes.
        driver.clone().leak().ok();
        let browser = Self { url: app.url(), driver, _process: process };
        browser.emulate(setting).await?;
        Ok(browser)
    }

    pub async fn emulate(&self, setting: Setting) -> Result<()> {
        let (width, height) = setting.size;
        let scheme = if setting.dark { "dark" } else { "light" };
        let cdp = self.driver.cdp();
        cdp.send_raw("Emulation.setTimezoneOverride", json!({ "timezoneId": setting.zone }))
            .await?;
        cdp.send_raw(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 700 }),
        )
        .await?;
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        cdp.send_raw("Emulation.setEmulatedMedia", json!({ "features": features })).await?;
        Ok(())
    }

    pub async fn goto(&self, path: &str) -> Result<()> {
        Ok(self.driver.goto(format!("{}{path}", self.url)).await?)
    }

    /// The path of the page that is shown.
    pub async fn path(&self) -> Result<String> {
        Ok(self.driver.current_url().await?.path().to_owned())
    }

    /// The element, once it is shown.
    pub async fn element(&self, by: By) -> Result<WebElement> {
        let found = self.driver.query(by.clone()).and_displayed().first().await;
        match found {
            Ok(element) => Ok(element),
            Err(_) => bail!("no {by} on\n{}", self.page().await),
        }
    }

    /// Types into the field with this label, over what was in it.
    pub async fn fill(&self, label: &str, text: &str) -> Result<()> {
        let by = find::field(label);
        let type_into = async || {
            let field = self.driver.find(by.clone()).await?;
            field.clear().await?;
            field.send_keys(text).await?;
            Ok(true)
        };
        self.eventually(&format!("a field {label:?}"), type_into).await
    }

    /// Clicks once it can be clicked: a list that is just being redrawn takes its buttons away.
    pub async fn click(&self, by: By) -> Result<()> {
        let click = async || {
            self.driver.find(by.clone()).await?.click().await?;
            Ok(true)
        };
        self.eventually(&format!("something to click at {by}"), click).await
    }

    pub async fn press(&self, button: &str) -> Result<()> {
        self.click(find::button(button)).await
    }

    pub async fn follow(&self, link: &str) -> Result<()> {
        self.click(find::link(link)).await
    }

    /// The texts of all such elements, as they are now.
    pub async fn texts(&self, by: By) -> Result<Vec<String>> {
        let mut texts = Vec::new();
        for element in self.driver.find_all(by).await? {
            texts.push(element.text().await?);
        }
        Ok(texts)
    }

    pub async fn shows(&self, by: By) -> Result<()> {
        self.element(by).await.map(|_| ())
    }

    /// Waits until it is gone.
    pub async fn hides(&self, by: By) -> Result<()> {
        let gone = async || Ok(self.driver.find_all(by.clone()).await?.is_empty());
        self.eventually(&format!("no {by}"), gone).await
    }

    /// Asks until it holds. A page that changes meanwhile makes errors, which do not count.
    pub async fn eventually(
        &self,
        what: &str,
        holds: impl AsyncFn() -> Result<bool>,
    ) -> Result<()> {
        let start = Instant::now();
        loop {
            let answer = holds().await;
            if matches!(answer, Ok(true)) {
                return Ok(());
            }
            if start.elapsed() > PATIENCE {
                bail!("waited for {what} ({answer:?}) on\n{}", self.page().await);
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// What a script of the page's would say.
    pub async fn script<T: serde::de::DeserializeOwned>(&self, script: &str) -> Result<T> {
        Ok(self.driver.execute(script, vec![]).await?.convert()?)
    }

    /// What is shown, for a message.
    async fn page(&self) -> String {
        let path = self.path().await.unwrap_or_default();
        let texts = self.texts(By::Tag("body")).await.unwrap_or_default();
        format!("{path}\n{}", texts.join("\n"))
    }

    /// Scripts that failed, what the Content-Security-Policy refused, files that were not there.
    pub async fn no_complaints(&self) -> Result<()> {
        let complaints = self.complaints().await?;
        ensure!(complaints.is_empty(), "the browser complains:\n{complaints:#?}");
        Ok(())
    }

    /// What the browser wrote to its console as an error since the last look.
    async fn complaints(&self) -> Result<Vec<String>> {
        let log = self.driver.browser_log().await?;
        let bad = log
            .into_iter()
            .filter(|entry| entry.level == "SEVERE" || entry.source.as_deref() == Some("security"));
        Ok(bad.map(|entry| entry.message).collect())
    }

    /// Takes note that the server refused something, as it should have. Nothing else may be wrong.
    pub async fn forgive_refusals(&self) -> Result<()> {
        let complaints = self.complaints().await?;
        let others: Vec<&String> = complaints
            .iter()
            .filter(|complaint| !complaint.contains("the server responded with a status of 4"))
            .collect();
        ensure!(others.is_empty(), "the browser complains:\n{others:#?}");
        Ok(())
    }

    /// Nothing reaches over the side of the window.
    pub async fn no_sideways_scrolling(&self) -> Result<()> {
        let script =
            "const page = document.documentElement; return [page.scrollWidth, page.clientWidth];";
        let (needed, there): (i64, i64) = self.script(script).await?;
        ensure!(needed <= there, "{} is {needed} wide in a window of {there}", self.path().await?);
        Ok(())
    }

    /// A picture of what the window shows, in the folder SCREENSHOTS, which `make screenshots` names. Without it, none.
    pub async fn keep_picture(&self, name: &str) -> Result<()> {
        let Some(folder) = env::var_os("SCREENSHOTS") else { return Ok(()) };
        fs::create_dir_all(&folder)?;
        let file = Path::new(&folder).join(format!("{name}.png"));
        Ok(self.driver.screenshot(&file).await?)
    }
}

fn capabilities(profile: &Path, setting: Setting) -> Result<ChromeCapabilities> {
    let mut capabilities = DesiredCapabilities::chrome();
    capabilities.set_binary(CHROMIUM)?;
    for argument in [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
    ] {
        capabilities.add_arg(argument)?;
    }
    capabilities.add_arg(&format!("--user-data-dir={}", profile.display()))?;
    if !setting.scripts {
        let off = json!({ "profile.managed_default_content_settings.javascript": 2 });
        capabilities.add_experimental_option("prefs", off)?;
    }
    capabilities.set_browser_log_level(LoggingPrefsLogLevel::All)?;
    Ok(capabilities)
}

/// The process that drives one Chromium, and all processes of that Chromium.
struct Driver {
    process: Child,
    port: u16,
    profile: TempDir,
}

impl Driver {
    fn start() -> Result<Self> {
        for program in [DRIVER, CHROMIUM] {
            if !Path::new(program).exists() {
                bail!("Chromium is not installed ({program}); `make test` installs it");
            }
        }
        let port = free_port()?;
        let profile = TempDir::new()?;
        let process = Command::new(DRIVER)
            .arg(format!("--port={port}"))
            // What it leaves behind goes with the profile.
            .env("TMPDIR", profile.path())
            // A group of its own: its Chromium's processes are in it and end with it.
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let driver = Self { process, port, profile };
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            ensure!(start.elapsed() < PATIENCE, "chromedriver does not listen on port {port}");
            std::thread::sleep(GLANCE);
        }
        Ok(driver)
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let group = format!("-{}", self.process.id());
        Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status().ok();
        self.process.wait().ok();
    }
}

//! The documentation's pictures of the application on a cluster: what the browser sees, and a terminal.

use crate::{
    address::Address,
    browser, process,
    target::{Target, TargetArguments},
    tools,
};
use anyhow::{Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the command can be told.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    target: TargetArguments,
    /// Where the pictures go.
    #[arg(long)]
    folder: PathBuf,
}

/// Takes them from the application that is deployed. Where none is, those that there are stay.
///
/// # Errors
/// The application does not work, or Chromium fails.
pub fn run(arguments: &Arguments) -> Result<()> {
    let deployed = tools::find(&arguments.target, tools::Images::Untouched)
        .ok()
        .filter(|found| matches!(found.target.release_status(), Ok(Some(_))));
    let Some(found) = deployed else {
        println!("No application on a cluster (`make deploy`): its pictures stay as they are.");
        return Ok(());
    };
    let Address::Url(url) = Address::find(&found.target, &found.kind, &found.nodes)? else {
        bail!("the application has no address on this machine for a browser");
    };
    fs::create_dir_all(&arguments.folder)?;
    println!("==> Visiting {url}");
    browser::visit(&found.target, &url, Some(&arguments.folder))?;
    println!("==> A terminal");
    photograph(&terminal(&found.target)?, &arguments.folder.join("kubernetes-pods.png"))
}

/// What somebody sees who looks at the cluster, and lets everything be checked.
fn terminal(target: &Target) -> Result<String> {
    let mut verify = Command::new(std::env::current_exe()?);
    verify.args(["verify", "--context", &target.context]);
    verify.args(["--namespace", &target.namespace, "--release", &target.release]);
    let namespace = &target.namespace;
    let pods = target.kubectl(&["get", "pods"]);
    let services = target.kubectl(&["get", "services"]);
    let screens = [
        (format!("kubectl get pods -n {namespace}"), pods),
        (format!("kubectl get services -n {namespace}"), services),
        ("make verify".to_owned(), verify),
    ];
    let screens = screens.into_iter().map(|(typed, mut command)| {
        let printed = process::output(&mut command)?;
        Ok(format!("$ {typed}\n{}", printed.trim_end()))
    });
    Ok(screens.collect::<Result<Vec<_>>>()?.join("\n\n"))
}

/// A terminal's window with this text in it, as a picture.
fn photograph(text: &str, picture: &Path) -> Result<()> {
    let page = tempfile::Builder::new().suffix(".html").tempfile()?;
    fs::write(page.path(), window(text))?;
    let profile = tempfile::tempdir()?;
    // In pixels, of a letter as wide and high as the style below makes it, with the margins.
    let width = text.lines().map(|line| line.chars().count()).max().unwrap_or(0) * 8 + 56;
    let height = text.lines().count() * 20 + 56;
    let mut chromium = Command::new("chromium");
    chromium
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"])
        .args(["--no-first-run", "--disable-background-networking"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("--window-size={width},{height}"))
        .arg(format!("--screenshot={}", std::path::absolute(picture)?.display()))
        .arg(format!("file://{}", page.path().display()));
    process::output(&mut chromium).map(drop)
}

fn window(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
    let lines = escaped.lines().map(|line| match line.strip_prefix("$ ") {
        Some(typed) => format!("<b>$ {typed}</b>\n"),
        None => format!("{line}\n"),
    });
    let style = "body { margin: 0; background: #10161d } \
        pre { margin: 28px; font: 13.3px/20px 'DejaVu Sans Mono', monospace; color: #d5dde5 } \
        b { color: #8fd19e }";
    format!(
        "<!doctype html><meta charset=utf-8><style>{style}</style><pre>{}</pre>",
        lines.collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_stands_out_and_all_is_text() {
        let page = window("$ a <b> & c\nx < y");
        assert!(page.contains("<b>$ a &lt;b> &amp; c</b>\nx &lt; y\n"), "{page}");
    }
}

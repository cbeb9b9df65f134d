//! Programs that are run for what they print.

use anyhow::{Context, Result, bail};
use serde::de::DeserializeOwned;
use std::io::Write;
use std::process::{Command, Stdio};

/// What the program printed.
///
/// # Errors
/// It cannot be started or fails; the message carries what it complained of.
pub fn output(command: &mut Command) -> Result<String> {
    output_of_input(command, "")
}

/// What the program made of this on its standard input: the way for what must not stand on a command line.
pub fn output_of_input(command: &mut Command, input: &str) -> Result<String> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("cannot run {}", line(command)))?;
    let mut stdin = child.stdin.take().context("its standard input is a pipe")?;
    // A program that ends without reading says itself why.
    stdin.write_all(input.as_bytes()).ok();
    drop(stdin);
    let output = child.wait_with_output()?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!("{} failed:\n{}", line(command), complaint.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What the program printed, read as JSON.
pub fn json<T: DeserializeOwned>(command: &mut Command) -> Result<T> {
    let text = output(command)?;
    serde_json::from_str(&text).with_context(|| format!("{} printed other JSON", line(command)))
}

/// Whether it ran and succeeded; what it prints is not shown.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Whether it succeeded and all that it printed, where standard error or the exit code do not tell enough.
pub fn attempt(command: &mut Command) -> Result<(bool, String)> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot run {}", line(command)))?;
    let text = [output.stdout, output.stderr].concat();
    Ok((output.status.success(), String::from_utf8_lossy(&text).trim().to_owned()))
}

/// Runs it with its output as it comes.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot run {}", line(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", line(command));
    }
    Ok(())
}

/// The command as one would type it.
pub fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| quoted(&word.to_string_lossy())).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_a_command_as_it_is_typed() {
        let mut command = Command::new("kubectl");
        command.args(["get", "pods", "-l", "a=b", "-o", "{.a b}", "it's", ""]);
        assert_eq!(line(&command), r"kubectl get pods -l a=b -o '{.a b}' 'it'\''s' ''");
    }

    #[test]
    fn carries_the_complaint_and_passes_input() {
        let mut cat = Command::new("cat");
        assert_eq!(output_of_input(&mut cat, "hidden").unwrap(), "hidden");
        let mut fails = Command::new("sh");
        fails.args(["-c", "echo no such pod >&2; exit 1"]);
        assert!(output(&mut fails).unwrap_err().to_string().ends_with("failed:\nno such pod"));
        let mut says = Command::new("sh");
        says.args(["-c", "echo out; echo err >&2; exit 1"]);
        assert_eq!(attempt(&mut says).unwrap(), (false, "out\nerr".to_owned()));
    }
}

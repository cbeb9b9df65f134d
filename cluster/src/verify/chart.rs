//! "Helm lint passes": the chart as it lies here.

use crate::{paths, process};
use anyhow::{Result, bail};
use std::process::Command;

/// `helm lint --strict` has nothing to say.
pub fn lints() -> Result<String> {
    let mut command = Command::new("helm");
    command.args(["lint", "--strict"]).arg(paths::chart());
    let (succeeded, text) = process::attempt(&mut command)?;
    judged(succeeded, &text)
}

/// What is wrong stands on standard output, as `[WARNING]` and `[ERROR]` do.
fn judged(succeeded: bool, text: &str) -> Result<String> {
    match (succeeded, messages(text).as_slice()) {
        (true, []) => Ok("helm lint --strict ./helm/todo-chatbot: no warning".to_owned()),
        (false, []) => bail!("helm lint failed:\n{text}"),
        (_, messages) => bail!("{}", messages.join("\n")),
    }
}

fn messages(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.starts_with('[')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_information_is_a_message_too() {
        let text = "==> Linting .\n[INFO] Chart.yaml: icon is recommended\n\n1 chart(s) linted";
        assert_eq!(messages(text), ["[INFO] Chart.yaml: icon is recommended"]);
    }

    #[test]
    fn a_failure_tells_why() {
        let error = "==> Linting .\n[ERROR] templates/: parse error\n\nError: 1 chart(s) failed";
        let told = judged(false, error).unwrap_err().to_string();
        assert_eq!(told, "[ERROR] templates/: parse error");
        let unknown = judged(false, "Error: unknown flag").unwrap_err().to_string();
        assert_eq!(unknown, "helm lint failed:\nError: unknown flag");
        assert!(judged(true, "==> Linting .").unwrap().ends_with("no warning"));
    }
}

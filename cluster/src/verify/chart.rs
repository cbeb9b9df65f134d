//! "Helm lint passes": the chart as it lies here.

use crate::{paths, process};
use anyhow::{Result, bail};
use std::process::Command;

/// `helm lint --strict` has nothing to say.
pub fn lints() -> Result<String> {
    let mut command = Command::new("helm");
    command.args(["lint", "--strict"]).arg(paths::chart());
    let text = process::output(&mut command)?;
    match messages(&text).as_slice() {
        [] => Ok("helm lint --strict ./helm/todo-chatbot: no message".to_owned()),
        messages => bail!("{}", messages.join("\n")),
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
}

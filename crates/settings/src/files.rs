//! Settings out of files, as defaults of what clap reads.

use std::{collections::BTreeMap, env, ffi::OsString, fs, path::Path};

use clap::{Arg, ArgMatches, Command, CommandFactory, FromArgMatches};
use serde_json::Value;

use crate::Mistakes;

/// Reads a variable of the environment; a test passes a map.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The settings that stand in files: by variable name.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Files {
    values: BTreeMap<String, String>,
}

impl Files {
    /// Reads the files that `CREDENTIALS_DIRECTORY` and `TODO_CONFIG` name. Empty when neither is set.
    pub fn read(environment: Environment<'_>, mistakes: &mut Mistakes) -> Self {
        let mut values = BTreeMap::new();
        if let Some(path) = environment("TODO_CONFIG") {
            let members = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"));
            let members = members.and_then(|text| members_of(&text));
            values.extend(mistakes.check("TODO_CONFIG", members).unwrap_or_default());
        }
        if let Some(folder) = environment("CREDENTIALS_DIRECTORY") {
            let secrets = secrets_in(Path::new(&folder));
            values.extend(mistakes.check("CREDENTIALS_DIRECTORY", secrets).unwrap_or_default());
        }
        Self { values }
    }

    /// The value of a variable.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    fn fill(&self, command: Command) -> Command {
        let fill = |arg: Arg| {
            let value = arg.get_env().and_then(|name| self.get(name.to_str()?)).map(str::to_owned);
            match value {
                Some(value) => arg.default_value(value),
                None => arg,
            }
        };
        let names: Vec<_> =
            command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
        let command = command.mut_args(fill);
        names
            .into_iter()
            .fold(command, |command, name| command.mut_subcommand(name, |sub| sub.mut_args(fill)))
    }
}

fn members_of(text: &str) -> Result<Vec<(String, String)>, String> {
    let members: BTreeMap<String, Value> =
        serde_json::from_str(text).map_err(|error| format!("not a JSON object: {error}"))?;
    let text = |(name, value)| match value {
        Value::String(text) => Ok((name, text)),
        Value::Number(_) | Value::Bool(_) => Ok((name, value.to_string())),
        _ => Err(format!("{name} must be text, a number or a boolean")),
    };
    members.into_iter().map(text).collect()
}

/// One secret a file; the line end that editors leave is not part of it.
fn secrets_in(folder: &Path) -> Result<Vec<(String, String)>, String> {
    let wrong = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut secrets = Vec::new();
    for entry in fs::read_dir(folder).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        // Kubernetes keeps the real files behind links whose names begin with two dots.
        let name = path.file_name().and_then(|name| name.to_str());
        if let Some(name) = name.filter(|name| !name.starts_with('.') && path.is_file()) {
            let text = fs::read_to_string(&path).map_err(wrong)?;
            secrets.push((name.to_owned(), text.trim_end_matches(['\r', '\n']).to_owned()));
        }
    }
    Ok(secrets)
}

/// Reads a program's settings. A wrong flag, `--help` and `--version` end the program as usual.
#[must_use]
pub fn parse<C: CommandFactory + FromArgMatches>(mistakes: &mut Mistakes) -> C {
    let files = Files::read(&|name| env::var(name).ok(), mistakes);
    let matches = matches(&files, C::command(), env::args_os());
    C::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
}

fn matches(
    files: &Files,
    command: Command,
    arguments: impl IntoIterator<Item = OsString>,
) -> ArgMatches {
    files.fill(command).get_matches_from(arguments)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Sample {
        #[arg(long, env = "SETTINGS_TEST_KEY", default_value = "default")]
        key: String,
        #[arg(long, env = "SETTINGS_TEST_PORT")]
        port: Option<String>,
    }

    fn sample(files: &Files, arguments: &[&str]) -> Sample {
        let arguments = [&["sample"], arguments].concat();
        let matches = matches(files, Sample::command(), arguments.iter().map(OsString::from));
        Sample::from_arg_matches(&matches).unwrap()
    }

    #[test]
    fn flag_then_credential_then_config_then_default() {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("todo.json");
        let text = r#"{"SETTINGS_TEST_KEY": "config", "SETTINGS_TEST_PORT": 8000}"#;
        fs::write(&config, text).unwrap();
        let secrets = folder.path().join("secrets");
        fs::create_dir(&secrets).unwrap();
        fs::write(secrets.join("SETTINGS_TEST_KEY"), "credential\n").unwrap();
        let read = |names: &[&str]| {
            let mut mistakes = Mistakes::default();
            let environment = |name: &str| match name {
                _ if !names.contains(&name) => None,
                "TODO_CONFIG" => Some(config.display().to_string()),
                _ => Some(secrets.display().to_string()),
            };
            let files = Files::read(&environment, &mut mistakes);
            assert_eq!(mistakes, Mistakes::default());
            files
        };

        assert_eq!(sample(&read(&[]), &[]).key, "default");
        assert_eq!(sample(&read(&[]), &[]).port, None);
        assert_eq!(sample(&read(&["TODO_CONFIG"]), &[]).key, "config");
        assert_eq!(sample(&read(&["TODO_CONFIG"]), &[]).port.unwrap(), "8000");
        let both = read(&["TODO_CONFIG", "CREDENTIALS_DIRECTORY"]);
        assert_eq!(sample(&both, &[]).key, "credential");
        assert_eq!(sample(&both, &["--key", "flag"]).key, "flag");
    }

    #[test]
    fn files_that_cannot_be_read_are_told() {
        let mut mistakes = Mistakes::default();
        Files::read(&|_| Some("/nowhere/at/all".to_owned()), &mut mistakes);
        let message = mistakes.message("todo");
        assert!(message.contains("TODO_CONFIG: "), "{message}");
        assert!(message.contains("CREDENTIALS_DIRECTORY: "), "{message}");
    }
}

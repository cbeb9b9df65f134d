//! Settings out of files, as defaults of what clap reads.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    ffi::OsString,
    fs,
    path::Path,
};

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
    /// Reads the files that `CREDENTIALS_DIRECTORY` and `TODO_CONFIG` name, for a program with the variables `known`. Empty
    /// when neither is set.
    ///
    /// `database-url` and `database_url` mean `DATABASE_URL`. The folder of credentials may be shared with other programs;
    /// the configuration is this program's, so that a member it does not know is a mistake.
    pub fn read(
        environment: Environment<'_>,
        known: &BTreeSet<String>,
        mistakes: &mut Mistakes,
    ) -> Self {
        let mut values = BTreeMap::new();
        if let Some(path) = environment("TODO_CONFIG") {
            let told = |mistake: String| format!("{path}: {mistake}");
            let text = fs::read_to_string(&path).map_err(|error| error.to_string());
            let members = text.and_then(|text| members_of(&text)).map_err(&told);
            for (name, value) in mistakes.check("TODO_CONFIG", members).unwrap_or_default() {
                let read = variable(&name, known).and_then(|variable| {
                    let value = text_of(value).ok_or("must be text, a number or a boolean");
                    insert(&mut values, variable, value?)
                });
                let read = read.map_err(|mistake| told(format!("{name} {mistake}")));
                mistakes.check("TODO_CONFIG", read);
            }
        }
        if let Some(folder) = environment("CREDENTIALS_DIRECTORY") {
            let secrets = secrets_in(Path::new(&folder), known, mistakes);
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
                Some(value) => arg.default_value(value).hide_default_value(true), // it may be a secret
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

/// The variables of a program, those of all its commands: one file of settings serves them all.
fn variables(command: &Command) -> BTreeSet<String> {
    let commands = command.get_subcommands().chain([command]);
    let names = commands.flat_map(Command::get_arguments).filter_map(|arg| arg.get_env()?.to_str());
    names.map(str::to_owned).collect()
}

/// The variable that a file or a member means.
fn variable(name: &str, known: &BTreeSet<String>) -> Result<String, &'static str> {
    let variable = name.to_ascii_uppercase().replace('-', "_");
    if known.contains(&variable) { Ok(variable) } else { Err("is no setting of this program") }
}

fn insert(
    values: &mut BTreeMap<String, String>,
    variable: String,
    value: String,
) -> Result<(), &'static str> {
    match values.insert(variable, value) {
        None => Ok(()),
        Some(_) => Err("stands there twice"),
    }
}

fn members_of(text: &str) -> Result<BTreeMap<String, Value>, String> {
    serde_json::from_str(text).map_err(|error| format!("not a JSON object: {error}"))
}

fn text_of(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// One secret a file. Files that mean nothing here are not opened: they may be another program's. One that cannot be read
/// does not hide the others.
fn secrets_in(
    folder: &Path,
    known: &BTreeSet<String>,
    mistakes: &mut Mistakes,
) -> Result<BTreeMap<String, String>, String> {
    let wrong = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut secrets = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        // Kubernetes keeps the real files behind links whose names begin with two dots.
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.starts_with('.') || path.is_dir() {
            continue;
        }
        if let Ok(variable) = variable(name, known) {
            let secret = secret(&path).and_then(|secret| {
                let inserted = insert(&mut secrets, variable, secret);
                inserted.map_err(|mistake| format!("{} {mistake}", path.display()))
            });
            mistakes.check("CREDENTIALS_DIRECTORY", secret);
        }
    }
    Ok(secrets)
}

/// The file's text; the line end that editors leave is not part of it.
fn secret(path: &Path) -> Result<String, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// Reads a program's settings. A wrong flag, `--help` and `--version` end the program as usual.
#[must_use]
pub fn parse<C: CommandFactory + FromArgMatches>(mistakes: &mut Mistakes) -> C {
    let command = C::command();
    let known = variables(&command);
    let files = Files::read(&|name| env::var(name).ok(), &known, mistakes);
    let matches = matches(&files, command, env::args_os());
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
    use clap::{Parser, Subcommand};

    use super::*;

    #[derive(Debug, Parser)]
    struct Sample {
        #[arg(long, env = "SETTINGS_TEST_KEY", default_value = "default")]
        key: String,
        #[arg(long, env = "SETTINGS_TEST_PORT")]
        port: Option<String>,
        #[command(subcommand)]
        command: Option<Later>,
    }

    #[derive(Debug, Subcommand)]
    enum Later {
        Late {
            #[arg(long, env = "SETTINGS_TEST_LATE")]
            late: Option<String>,
        },
    }

    fn sample(files: &Files, arguments: &[&str]) -> Sample {
        let arguments = [&["sample"], arguments].concat();
        let matches = matches(files, Sample::command(), arguments.iter().map(OsString::from));
        Sample::from_arg_matches(&matches).unwrap()
    }

    /// A folder with `todo.json` and a folder `secrets`, read as an environment that names both, or one of them.
    struct Folder(tempfile::TempDir);

    impl Folder {
        fn with(config: &str, secrets: &[(&str, &str)]) -> Self {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join("todo.json"), config).unwrap();
            fs::create_dir(folder.path().join("secrets")).unwrap();
            for (name, secret) in secrets {
                fs::write(folder.path().join("secrets").join(name), secret).unwrap();
            }
            Self(folder)
        }

        fn read(&self, names: &[&str]) -> (Files, Mistakes) {
            let mut mistakes = Mistakes::default();
            let environment = |name: &str| {
                let file = if name == "TODO_CONFIG" { "todo.json" } else { "secrets" };
                names.contains(&name).then(|| self.0.path().join(file).display().to_string())
            };
            let known = variables(&Sample::command());
            let files = Files::read(&environment, &known, &mut mistakes);
            (files, mistakes)
        }
    }

    const BOTH: &[&str] = &["TODO_CONFIG", "CREDENTIALS_DIRECTORY"];

    #[test]
    fn flag_then_credential_then_config_then_default() {
        let config = r#"{"SETTINGS_TEST_KEY": "config", "SETTINGS_TEST_PORT": 8000}"#;
        let folder = Folder::with(config, &[("SETTINGS_TEST_KEY", "credential\n")]);
        let read = |names: &[&str]| {
            let (files, mistakes) = folder.read(names);
            assert_eq!(mistakes, Mistakes::default());
            files
        };

        assert_eq!(sample(&read(&[]), &[]).key, "default");
        assert_eq!(sample(&read(&[]), &[]).port, None);
        assert_eq!(sample(&read(&["TODO_CONFIG"]), &[]).key, "config");
        assert_eq!(sample(&read(&["TODO_CONFIG"]), &[]).port.unwrap(), "8000");
        assert_eq!(sample(&read(BOTH), &[]).key, "credential");
        assert_eq!(sample(&read(BOTH), &["--key", "flag"]).key, "flag");
    }

    #[test]
    fn names_in_files_are_lower_case_with_hyphens_or_underscores() {
        let config = r#"{"settings_test_port": 8000, "settings_test_late": true}"#;
        let folder = Folder::with(config, &[("settings-test-key", "credential")]);
        let (files, mistakes) = folder.read(BOTH);
        assert_eq!(mistakes, Mistakes::default(), "another command's variable is known too");
        let Sample { key, port, .. } = sample(&files, &[]);
        assert_eq!((&*key, port.as_deref()), ("credential", Some("8000")));
    }

    #[test]
    fn unknown_members_are_told_by_name_and_unknown_credentials_are_not_read() {
        let config = r#"{"colour": "red", "Settings-Test-Size": 1, "settings_test_key": []}"#;
        let folder = Folder::with(config, &[("openai-api-key", "x")]);
        fs::write(folder.0.path().join("secrets/image"), [0xff]).unwrap();
        let message = folder.read(BOTH).1.message("todo");
        assert!(message.contains("3 settings are wrong"), "{message}");
        for part in [
            "todo.json: colour is no setting of this program",
            "todo.json: Settings-Test-Size is no setting of this program",
            "todo.json: settings_test_key must be text, a number or a boolean",
        ] {
            assert!(message.contains(part), "{message}");
        }
    }

    #[test]
    fn help_does_not_show_what_stands_in_files() {
        let (files, _) = Folder::with("{}", &[("settings-test-key", "geheim")]).read(BOTH);
        let help = files.fill(Sample::command()).render_long_help().to_string();
        assert!(help.contains("--key") && !help.contains("geheim"), "{help}");
    }

    #[test]
    fn a_setting_that_stands_twice_is_told() {
        let config = r#"{"settings_test_key": "a", "SETTINGS_TEST_KEY": "b"}"#;
        let secrets = [("settings-test-port", "a"), ("settings_test_port", "b")];
        let message = Folder::with(config, &secrets).read(BOTH).1.message("todo");
        assert!(message.contains("settings_test_key stands there twice"), "{message}");
        assert!(message.contains("port stands there twice"), "{message}");
    }

    #[test]
    fn a_credential_that_cannot_be_read_does_not_hide_the_others() {
        let folder = Folder::with("{}", &[("settings-test-key", "geheim")]);
        fs::write(folder.0.path().join("secrets/settings-test-port"), [0xff]).unwrap();
        let (files, mistakes) = folder.read(BOTH);
        assert_eq!(files.get("SETTINGS_TEST_KEY"), Some("geheim"));
        let message = mistakes.message("todo");
        assert!(message.contains("settings-test-port: stream did not contain"), "{message}");
    }

    #[test]
    fn files_that_cannot_be_read_are_told() {
        let mut mistakes = Mistakes::default();
        let nowhere = |_: &str| Some("/nowhere/at/all".to_owned());
        Files::read(&nowhere, &BTreeSet::new(), &mut mistakes);
        let message = mistakes.message("todo");
        assert!(message.contains("TODO_CONFIG: /nowhere/at/all: "), "{message}");
        assert!(message.contains("CREDENTIALS_DIRECTORY: /nowhere/at/all: "), "{message}");
    }
}

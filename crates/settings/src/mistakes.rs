//! Mistakes in settings, all told at once.

use std::fmt::Display;

/// What is wrong with the settings of a start.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Mistakes {
    lines: Vec<String>,
}

impl Mistakes {
    /// Notes a mistake of the setting `name`.
    pub fn note(&mut self, name: &str, mistake: impl Display) {
        self.lines.push(format!("{name}: {mistake}"));
    }

    /// The value, or a note about it.
    pub fn check<T, E: Display>(&mut self, name: &str, value: Result<T, E>) -> Option<T> {
        value.map_err(|mistake| self.note(name, mistake)).ok()
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// One message for all of them.
    #[must_use]
    pub fn message(&self, program: &str) -> String {
        let count = match self.lines.len() {
            1 => "1 setting is wrong".to_owned(),
            many => format!("{many} settings are wrong"),
        };
        let lines = self.lines.join("\n  ");
        format!("{program} cannot start, {count}:\n  {lines}\n\nSee `{program} --help`.")
    }

    /// All of them on one line.
    #[must_use]
    pub fn sentence(&self) -> String {
        self.lines.join("; ")
    }

    /// The settings that were read, if nothing is wrong; else ends the program with the message and exit code 2.
    pub fn settle<T>(self, program: &str, settings: Option<T>) -> T {
        match settings {
            Some(settings) if self.is_empty() => settings,
            _ => {
                eprintln!("{}", self.message(program));
                std::process::exit(2);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_is_told() {
        let mut mistakes = Mistakes::default();
        assert_eq!(mistakes.check("A", "1".parse::<u8>()), Some(1));
        assert!(mistakes.is_empty());
        assert_eq!(mistakes.check("B", "x".parse::<u8>()), None);
        mistakes.note("C", "is missing");
        let message = mistakes.message("todo");
        assert!(
            message.starts_with("todo cannot start, 2 settings are wrong:\n  B: "),
            "{message}"
        );
        assert!(message.contains("\n  C: is missing\n"), "{message}");
    }
}

//! Where log lines go, and in which form.

use std::io::{IsTerminal, stderr};

use settings::Mistakes;
use tracing_subscriber::{filter::Targets, fmt, prelude::*};

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for collectors.
    Json,
}

impl LogFormat {
    /// Text on a terminal, JSON elsewhere.
    fn fitting() -> Self {
        if stderr().is_terminal() { Self::Text } else { Self::Json }
    }
}

/// What to log, and how.
#[derive(Debug, Clone, clap::Args)]
pub struct LogArguments {
    /// What to log: error, warn, info, debug or trace, or directives such as info,storage=debug.
    #[arg(long = "log", env = "LOG", default_value = "info")]
    pub filter: String,
    /// The form of log lines: text or json; text on a terminal and JSON elsewhere if absent.
    #[arg(long = "log-format", env = "LOG_FORMAT")]
    pub format: Option<String>,
}

impl LogArguments {
    /// Begins to log to standard error, if the settings make sense.
    pub fn begin(&self, mistakes: &mut Mistakes) {
        let filter = mistakes.check("LOG", self.filter.parse::<Targets>());
        let format = match self.format.as_deref().unwrap_or_default() {
            "" => Ok(LogFormat::fitting()),
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err("must be text or json"),
        };
        let format = mistakes.check("LOG_FORMAT", format);
        if let (Some(filter), Some(format)) = (filter, format) {
            begin(filter, format);
        }
    }
}

fn begin(filter: Targets, format: LogFormat) {
    let lines = fmt::layer().with_writer(stderr);
    let lines = match format {
        LogFormat::Text => lines.with_ansi(stderr().is_terminal()).with_target(false).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
    };
    tracing_subscriber::registry().with(filter).with(lines).init();
}

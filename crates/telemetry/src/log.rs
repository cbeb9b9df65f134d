//! Where log lines go, and in which form.

use std::io::{IsTerminal, stderr};

use tracing_subscriber::{EnvFilter, filter::ParseError, fmt, prelude::*};

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for collectors.
    Json,
}

impl LogFormat {
    /// Text on a terminal, JSON elsewhere.
    #[must_use]
    pub fn fitting() -> Self {
        if stderr().is_terminal() { Self::Text } else { Self::Json }
    }
}

/// Begins to log to standard error. `filter` is a level (`info`) or directives (`info,storage=debug`).
///
/// # Errors
/// The filter cannot be read.
pub fn init(filter: &str, format: LogFormat) -> Result<(), ParseError> {
    let filter = EnvFilter::builder().parse(filter)?;
    let lines = fmt::layer().with_writer(stderr);
    let lines = match format {
        LogFormat::Text => lines.with_ansi(stderr().is_terminal()).with_target(false).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
    };
    // A second call, in a test that starts two servers, keeps the first log.
    let _ = tracing_subscriber::registry().with(filter).with(lines).try_init();
    Ok(())
}

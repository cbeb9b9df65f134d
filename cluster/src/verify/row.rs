//! One criterion and what came of it.

use anyhow::Result;
use serde::Serialize;
use std::time::Instant;

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    Passed,
    Failed,
    /// Its part of the application is not built yet.
    Missing,
}

/// A row of the table.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    pub criterion: &'static str,
    pub outcome: Outcome,
    pub evidence: String,
    pub seconds: f64,
}

impl Row {
    /// Checks a criterion: its evidence, or why it does not hold.
    pub fn of(criterion: &'static str, check: impl FnOnce() -> Result<String>) -> Self {
        let start = Instant::now();
        let (outcome, evidence) = match check() {
            Ok(evidence) => (Outcome::Passed, evidence),
            Err(error) => (Outcome::Failed, format!("{error:#}")),
        };
        Self { criterion, outcome, evidence, seconds: start.elapsed().as_secs_f64() }
    }

    /// A criterion that cannot be checked yet.
    pub fn missing(criterion: &'static str, why: &str) -> Self {
        Self { criterion, outcome: Outcome::Missing, evidence: why.to_owned(), seconds: 0.0 }
    }
}

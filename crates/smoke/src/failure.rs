//! What went wrong, in words that say what to look for.

use crate::Step;

/// A step that did not go well.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {surprise}", .step.name())]
pub struct Failure {
    /// Which.
    pub step: Step,
    /// What was seen instead.
    pub surprise: Surprise,
}

/// What was asked, what was expected, what came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{asked} should give {expected}, gave {came}")]
pub struct Surprise {
    /// The request: method and path.
    pub asked: String,
    /// What should have come.
    pub expected: String,
    /// What came: status, id of the request, the beginning of the body; or why nothing came.
    pub came: String,
}

impl Failure {
    /// The same, with what failed after it.
    pub(crate) fn and_then(mut self, next: &Self) -> Self {
        self.surprise.came = format!("{}; then {next}", self.surprise.came);
        self
    }
}

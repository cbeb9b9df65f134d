//! Places in the order that a user makes by hand.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::TaskNumber;

/// A place in the order made by hand: a finite number, so that there is always room between two. In the log it is
/// written as text, whose digits every reader takes for the same number.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Position(f64);

/// A position that is no finite number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("position must be a finite number")]
pub struct NoPosition;

impl Position {
    /// # Errors
    /// Infinite, or not a number.
    pub fn new(value: f64) -> Result<Self, NoPosition> {
        // Adding zero makes one zero of the two.
        if value.is_finite() { Ok(Self(value + 0.0)) } else { Err(NoPosition) }
    }

    /// Where a task lies that was never moved.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "nobody has 2^53 tasks")]
    pub fn of(number: TaskNumber) -> Self {
        Self(number.0 as f64)
    }

    /// The number.
    #[must_use]
    pub fn value(self) -> f64 {
        self.0
    }
}

/// Finite numbers equal themselves.
impl Eq for Position {}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Position> for String {
    fn from(position: Position) -> Self {
        position.to_string()
    }
}

impl TryFrom<String> for Position {
    type Error = NoPosition;

    fn try_from(text: String) -> Result<Self, NoPosition> {
        text.parse().map_err(|_| NoPosition).and_then(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_number_survives_the_log(value in any::<f64>()) {
            if let Ok(position) = Position::new(value) {
                let json = serde_json::to_string(&position).unwrap();
                prop_assert_eq!(serde_json::from_str::<Position>(&json).unwrap(), position);
            } else {
                prop_assert!(!value.is_finite());
            }
        }
    }
}

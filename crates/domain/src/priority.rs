//! How important a task is.

use serde::{Deserialize, Serialize};

/// Importance, in the Phase III values 1, 2, 3. No priority is `None` of an `Option`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum Priority {
    /// 1
    High,
    /// 2
    Medium,
    /// 3
    Low,
}

impl From<Priority> for u8 {
    fn from(priority: Priority) -> Self {
        match priority {
            Priority::High => 1,
            Priority::Medium => 2,
            Priority::Low => 3,
        }
    }
}

/// A number that is no priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("priority is 1 (high), 2 (medium) or 3 (low)")]
pub struct NoPriority;

impl TryFrom<u8> for Priority {
    type Error = NoPriority;

    fn try_from(value: u8) -> Result<Self, NoPriority> {
        Ok(match value {
            1 => Self::High,
            2 => Self::Medium,
            3 => Self::Low,
            _ => return Err(NoPriority),
        })
    }
}

//! Errors on the wire (RFC 9457).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An error, `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// What kind of error it is: `/problems/` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status in words.
    pub title: String,
    /// The status code.
    pub status: u16,
    /// One sentence for the user.
    pub detail: String,
    /// Stable, snake case, for programs.
    pub code: String,
    /// Names the request in the log.
    pub request_id: String,
    /// For 422: which fields, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// For 409 of an undo: the numbers of the later changes that stand in the way, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<i64>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// The member of the body, or the query parameter.
    pub field: String,
    /// The rule it breaks.
    pub message: String,
}

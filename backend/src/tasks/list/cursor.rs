//! Cursors: opaque to callers, the sort keys of the last row of a page as JSON in base64url.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{Cursor, Task};

use crate::error::ApiError;

/// Where a page ends.
pub(super) fn encode(last: &Task) -> String {
    let keys = serde_json::to_vec(&Cursor::from(last)).expect("a cursor is made of plain values");
    URL_SAFE_NO_PAD.encode(keys)
}

/// Where a page begins. Anybody can write one, so what no task has is refused here: Postgres takes no NUL in a text.
pub(super) fn decode(text: &str) -> Result<Cursor, ApiError> {
    let keys = URL_SAFE_NO_PAD.decode(text).ok();
    let cursor = keys.and_then(|keys| serde_json::from_slice::<Cursor>(&keys).ok());
    let cursor = cursor.filter(|cursor| !cursor.title.as_str().contains(char::is_control));
    cursor.ok_or_else(|| ApiError::must("cursor", "be one that a list gave"))
}

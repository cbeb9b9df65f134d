//! What is done for nobody in particular: taking away what has had its time.

use domain::UserId;
use jiff::Timestamp;
use storage::{OldLog, OldLogs, Passing};

use crate::{Service, ServiceError};

/// Deletes up to `limit` rows whose time was before `before`; returns how many.
///
/// # Errors
/// The database's.
pub async fn sweep(
    app: &Service,
    what: Passing,
    before: Timestamp,
    limit: u16,
) -> Result<u64, ServiceError> {
    Ok(app.store.sweep(what, before, limit).await?)
}

/// The next users' logs, and which of them begin before `before`.
///
/// # Errors
/// The database's.
pub async fn old_logs(
    app: &Service,
    behind: Option<&UserId>,
    before: Timestamp,
    limit: u16,
) -> Result<OldLogs, ServiceError> {
    Ok(app.store.old_logs(behind, before, limit).await?)
}

/// Deletes up to `limit` entries from before `before` at the beginning of a log; returns how many. The counter stays:
/// no number is given again.
///
/// # Errors
/// The database's.
pub async fn shorten(
    app: &Service,
    log: &OldLog,
    before: Timestamp,
    limit: u16,
) -> Result<u64, ServiceError> {
    Ok(app.store.shorten(log, before, limit).await?)
}

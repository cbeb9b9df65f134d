//! Bringing the schema up to date, and asking whether it is.

use std::collections::BTreeSet;

use super::{Dialect, SqlStore};
use crate::StorageError;

/// All missing migrations in one transaction that begins by taking the lock. A process that had to wait finds them
/// applied: the lock is taken before the list of applied ones is read.
///
/// Has no time limit: an older process may rightly take long. Migrations marked `-- no-transaction` cannot run here.
pub(crate) async fn migrate<DB: Dialect>(url: &str) -> Result<(), StorageError> {
    let pools = DB::connect(url).await?;
    let mut tx = pools.writers.begin_with(DB::BEGIN_MIGRATION).await?;
    DB::apply_migrations(&mut tx).await?;
    tx.commit().await?;
    pools.readers.close().await;
    pools.writers.close().await;
    Ok(())
}

/// Compares what was applied with what this program knows. More is right: a newer program migrates first.
pub(super) async fn ready<DB: Dialect>(store: &SqlStore<DB>) -> Result<(), StorageError> {
    let applied = sqlx::query_as::<_, (i64,)>("select version from _sqlx_migrations where success");
    let applied = store.reader().await?.all(applied).await?;
    let applied = applied.into_iter().map(|(version,)| version).collect::<BTreeSet<_>>();
    let current = DB::migrator().iter().all(|known| applied.contains(&known.version));
    if current { Ok(()) } else { Err(StorageError::NotMigrated) }
}

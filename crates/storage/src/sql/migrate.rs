//! Bringing the schema up to date, and asking whether it is.

use std::collections::BTreeSet;

use sqlx::{Connection, SqlSafeStr};

use super::{Dialect, SqlStore};
use crate::{Address, StorageError, Store};

/// All missing migrations in one transaction that begins by taking the lock. A process that had to wait finds them
/// applied: the lock is taken before the list of applied ones is read.
///
/// Has no time limit: an older process may rightly take long. Migrations marked `-- no-transaction` cannot run here.
pub(crate) async fn migrate<DB: Dialect>(address: &Address) -> Result<(), StorageError> {
    let mut connection = DB::connect_alone(address).await?;
    let mut tx = connection.begin_with(DB::BEGIN_MIGRATION.into_sql_str()).await?;
    DB::apply_migrations(&mut tx).await?;
    tx.commit().await?;
    let _ = connection.close().await; // a goodbye that is not heard changes nothing
    Ok(())
}

/// First a connection that says why it is refused, then the question itself.
pub(crate) async fn probe<DB: Dialect>(address: &Address) -> Result<(), StorageError> {
    let _ = DB::connect_alone(address).await?.close().await;
    SqlStore::<DB>::open(address, None).await?.ready().await
}

/// Compares what was applied with what this program knows. More is right: a newer program migrates first.
pub(super) async fn ready<DB: Dialect>(store: &SqlStore<DB>) -> Result<(), StorageError> {
    let applied = sqlx::query_as::<_, (i64,)>("select version from _sqlx_migrations where success");
    let applied = store.reader().await?.all(applied).await?;
    let applied = applied.into_iter().map(|(version,)| version).collect::<BTreeSet<_>>();
    let current = DB::migrator().iter().all(|known| applied.contains(&known.version));
    let outage = store.pools.readers.outage();
    if current {
        outage.migrated();
        return Ok(());
    }
    outage.failed(&StorageError::NotMigrated);
    Err(StorageError::NotMigrated)
}

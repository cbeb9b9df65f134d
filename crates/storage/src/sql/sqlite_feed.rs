//! News of changes between processes on SQLite: a counter in the file, which is looked at once a second.

use std::time::Duration;

use sqlx::{Connection, Sqlite, SqliteConnection};
use tokio::time::{MissedTickBehavior, interval};

use super::{
    feed::{BackOff, Others},
    sqlite,
};
use crate::StorageError;

const LOOKED: Duration = Duration::from_secs(1);

/// Hears of what other processes commit.
pub(super) async fn hear(others: &Others<Sqlite>) {
    let mut back_off = BackOff::new();
    loop {
        if let Err(error) = look(others, &mut back_off).await
            && back_off.is_new()
        {
            tracing::warn!(error = %domain::chain(&error), "other processes are not heard");
        }
        back_off.wait().await;
    }
}

/// `data_version` changes when another connection, of this process or another, has written: one page of the file says
/// so, and costs microseconds.
async fn look(others: &Others<Sqlite>, back_off: &mut BackOff) -> Result<(), StorageError> {
    let file = sqlite::file(&others.address)?.read_only(true);
    let mut connection = SqliteConnection::connect_with(&file).await?;
    let mut ticks = interval(LOOKED);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut seen = None;
    loop {
        ticks.tick().await;
        let version = sqlx::query_as::<_, (i64,)>("pragma data_version");
        let (version,) = version.fetch_one(&mut connection).await?;
        back_off.mended();
        if seen.replace(version) != Some(version) {
            others.compare().await;
        }
    }
}

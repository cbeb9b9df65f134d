//! What is particular to SQLite: its SQL, its pools, its file, its migrations.

use std::{
    fs::OpenOptions,
    io::{self, ErrorKind},
    path::Path,
    str::FromStr,
    time::{Duration, Instant},
};

use sqlx::{
    Executor, Sqlite, SqliteConnection, SqlitePool,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::dialect::{Dialect, Pools};
use crate::error::is_busy;

const WAIT: Duration = Duration::from_secs(3);

impl Dialect for Sqlite {
    // A plain BEGIN reads first and asks for the write lock later, which fails at once if someone wrote in between.
    const BEGIN: &'static str = "begin immediate";

    const BEGIN_MIGRATION: &'static str = "begin immediate";

    const TAGS: &'static str = "(select json_group_array(\
         json_array(lower(hex(tag.id)), tag.name, tag.color, tag.created_at) order by tag.name) \
         from task_tag join tag on tag.user_id = task_tag.user_id and tag.id = task_tag.tag_id \
         where task_tag.user_id = task.user_id and task_tag.number = task.number)";

    const TAG_IDS: &'static str = "(select json_group_array(lower(hex(tag_id))) from task_tag \
         where task_tag.user_id = task.user_id and task_tag.number = task.number)";

    fn on(connection: &mut SqliteConnection) -> impl Executor<'_, Database = Self> {
        connection
    }

    /// One writer, because SQLite has one write lock: waiting in our queue is fair, waiting for the lock is polling.
    async fn connect(url: &str) -> sqlx::Result<Pools<Self>> {
        let file = SqliteConnectOptions::from_str(url)?.busy_timeout(WAIT).foreign_keys(true);
        create_private(file.get_filename())
            .map_err(|error| sqlx::Error::Configuration(Box::new(error)))?;
        let writer =
            file.clone().journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
        let pool = || {
            SqlitePoolOptions::new()
                .acquire_timeout(WAIT)
                .test_before_acquire(false)
                .idle_timeout(None)
                .max_lifetime(None)
        };
        Ok(Pools {
            writers: connect_patiently(pool().max_connections(1), writer).await?,
            readers: pool().max_connections(4).connect_with(file.read_only(true)).await?,
        })
    }

    fn migrator() -> Migrator {
        sqlx::migrate!("migrations/sqlite")
    }

    async fn apply_migrations(connection: &mut SqliteConnection) -> Result<(), MigrateError> {
        let mut migrator = Self::migrator();
        migrator.set_locking(false);
        migrator.run_direct(None, connection, false).await // `run` on a borrowed connection is not Send
    }
}

/// Makes the file, if there is none, so that only its owner can read it; SQLite's side files take after it.
fn create_private(file: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        created => created.map(drop),
    }
}

/// Connects, and tries again while refused. Switching a new file to WAL needs the file for oneself, and for that SQLite
/// does not wait: of two processes that start at once, one is refused.
async fn connect_patiently(
    pool: SqlitePoolOptions,
    file: SqliteConnectOptions,
) -> sqlx::Result<SqlitePool> {
    let deadline = Instant::now() + WAIT;
    loop {
        match pool.clone().connect_with(file.clone()).await {
            Err(error) if is_busy(&error) && Instant::now() < deadline => {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            answer => return answer,
        }
    }
}

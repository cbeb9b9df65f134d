//! What is particular to SQLite: its SQL, its pools, its file, its migrations.

use std::{
    fs::OpenOptions,
    future::Pending,
    io::{self, ErrorKind},
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use log::LevelFilter;
use sqlx::{
    Connection, Executor, Sqlite, SqliteConnection,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{
    dialect::{Dialect, Pools},
    feed::Others,
    loan::Lender,
    outage::Outage,
    sqlite_feed,
};
use crate::{Address, error::is_busy, feed::Feed};

const WAIT: Duration = Duration::from_secs(3);

impl Dialect for Sqlite {
    // A plain BEGIN reads first and asks for the write lock later, which fails at once if someone wrote in between.
    const BEGIN: &'static str = "begin immediate";

    const BEGIN_MIGRATION: &'static str = "begin immediate";

    const FOR_SHARE: &'static str = "";

    const TAGS: &'static str = "(select json_group_array(\
         json_array(lower(hex(tag.id)), tag.name, tag.color, tag.created_at) order by tag.name) \
         from task_tag join tag on tag.user_id = task_tag.user_id and tag.id = task_tag.tag_id \
         where task_tag.user_id = task.user_id and task_tag.number = task.number)";

    const TAGS_OF_PAGE: &'static str = "(select json_group_array(json_array(\
         lower(hex(tag.id)), tag.name, tag.color, tag.created_at, json(numbers))) from (select page.user_id, task_tag.tag_id, json_group_array(page.number) as numbers \
         from page join task_tag \
         on task_tag.user_id = page.user_id and task_tag.number = page.number \
         group by page.user_id, task_tag.tag_id) used \
         join tag on tag.user_id = used.user_id and tag.id = used.tag_id)";

    fn holds_task(side: &'static str, member: &'static str) -> [String; 2] {
        [
            format!(
                "exists (select 1 from json_each({side}, '$.tasks') \
                 where json_extract(json_each.value, '$.{member}') = "
            ),
            ")".to_owned(),
        ]
    }

    fn on(connection: &mut SqliteConnection) -> impl Executor<'_, Database = Self> {
        connection
    }

    /// One writer, because SQLite has one write lock: waiting in our queue is fair, waiting for the lock is polling.
    async fn connect(address: &Address) -> sqlx::Result<Pools<Self>> {
        let pool = || {
            SqlitePoolOptions::new()
                .acquire_timeout(WAIT)
                .acquire_slow_level(LevelFilter::Debug)
                .test_before_acquire(false)
                .idle_timeout(None)
                .max_lifetime(None)
        };
        let writer = prepare(address)?;
        let writers = patiently(|| pool().max_connections(1).connect_with(writer.clone())).await?;
        let readers =
            pool().max_connections(4).connect_with(file(address)?.read_only(true)).await?;
        let outage = Arc::<Outage>::default();
        Ok(Pools {
            readers: Lender::new(readers, outage.clone()),
            writers: Lender::new(writers, outage),
        })
    }

    async fn connect_alone(address: &Address) -> sqlx::Result<SqliteConnection> {
        let writer = prepare(address)?;
        let connect =
            |file: SqliteConnectOptions| async move { SqliteConnection::connect_with(&file).await };
        patiently(|| connect(writer.clone())).await
    }

    /// What is committed here, others see in the file.
    fn announce(_: &Arc<Feed>, _: Address) -> Option<impl Future<Output = ()> + Send + 'static> {
        None::<Pending<()>>
    }

    async fn hear(others: &Others<Self>) {
        sqlite_feed::hear(others).await;
    }

    fn migrator() -> Migrator {
        sqlx::migrate!("migrations/sqlite")
    }

    async fn apply_migrations(connection: &mut SqliteConnection) -> Result<(), MigrateError> {
        let mut migrator = Self::migrator();
        migrator.set_ignore_missing(true); // a newer program was here
        migrator.set_locking(false);
        migrator.run_direct(None, connection, false).await // `run` on a borrowed connection is not Send
    }
}

pub(super) fn file(address: &Address) -> sqlx::Result<SqliteConnectOptions> {
    Ok(address.sqlite()?.busy_timeout(WAIT).foreign_keys(true))
}

/// Makes the file, if there is none, and says how to write to it.
fn prepare(address: &Address) -> sqlx::Result<SqliteConnectOptions> {
    let file = file(address)?;
    create_private(file.get_filename())
        .map_err(|error| sqlx::Error::Configuration(Box::new(error)))?;
    Ok(file.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full))
}

/// Only its owner can read the new file; SQLite's side files take after it.
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
async fn patiently<T, F>(connect: impl Fn() -> F) -> sqlx::Result<T>
where
    F: Future<Output = sqlx::Result<T>>,
{
    let deadline = Instant::now() + WAIT;
    loop {
        match connect().await {
            Err(error) if is_busy(&error) && Instant::now() < deadline => {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            answer => return answer,
        }
    }
}

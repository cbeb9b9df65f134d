//! What is particular to Postgres: its SQL, its pool, its migrations.

use std::{io, sync::Arc, time::Duration};

use log::LevelFilter;
use sqlx::{
    Connection, Executor, PgConnection, Postgres,
    migrate::{MigrateError, Migrator},
    postgres::PgPoolOptions,
};

use tokio::time::timeout;

use super::{
    dialect::{Dialect, Pools},
    feed::Others,
    loan::{Lender, answers},
    outage::Outage,
    postgres_feed,
};
use crate::{Address, feed::Feed};

/// How long a connection outside of the pool may take: one to a database that sleeps takes some seconds.
const ALONE: Duration = Duration::from_secs(10);

impl Dialect for Postgres {
    // One message, two statements: the server gives up as well, also behind a pooler in transaction mode.
    const BEGIN: &'static str = "begin; set local statement_timeout = '5s'";

    const BEGIN_MIGRATION: &'static str = "begin; select pg_advisory_xact_lock(7083540)";

    const FOR_SHARE: &'static str = "for share";

    const TAGS: &'static str = "(select coalesce(json_agg(json_build_array(tag.id, tag.name, tag.color, \
         (extract(epoch from tag.created_at) * 1000000)::bigint) order by tag.name), '[]') \
         from task_tag join tag on tag.user_id = task_tag.user_id and tag.id = task_tag.tag_id \
         where task_tag.user_id = task.user_id and task_tag.number = task.number)";

    // `offset 0`: each task's links are looked up. The planner would rather read those of all users while they are few.
    const TAGS_OF_PAGE: &'static str = "(select json_agg(json_build_array(tag.id, tag.name, tag.color, \
         (extract(epoch from tag.created_at) * 1000000)::bigint, numbers)) from \
         (select page.user_id, link.tag_id, json_agg(page.number) as numbers from page \
         cross join lateral (select tag_id from task_tag where task_tag.user_id = page.user_id \
         and task_tag.number = page.number offset 0) link group by page.user_id, link.tag_id) used \
         join tag on tag.user_id = used.user_id and tag.id = used.tag_id)";

    fn holds_task(side: &'static str, member: &'static str) -> [String; 2] {
        [
            format!(
                "{side} @> jsonb_build_object('tasks', jsonb_build_array(jsonb_build_object('{member}', "
            ),
            ")))".to_owned(),
        ]
    }

    fn on(connection: &mut PgConnection) -> impl Executor<'_, Database = Self> {
        connection
    }

    /// Only prepares: connections are made when needed, so a server that is away is asked again by each call.
    async fn connect(address: &Address) -> sqlx::Result<Pools<Self>> {
        let outage = Arc::<Outage>::default();
        let known = outage.clone();
        let pool = PgPoolOptions::new()
            .max_connections(16)
            .acquire_timeout(Duration::from_secs(3))
            .acquire_slow_level(LevelFilter::Debug) // who waits too long is told, and the log with it
            .test_before_acquire(false)
            .before_acquire(move |connection, meta| {
                let is_doubted = known.doubts(meta.idle_for);
                Box::pin(async move { Ok(!is_doubted || answers(connection).await) })
            })
            .connect_lazy_with(address.postgres()?);
        let lender = Lender::new(pool, outage);
        Ok(Pools { readers: lender.clone(), writers: lender })
    }

    async fn connect_alone(address: &Address) -> sqlx::Result<PgConnection> {
        let connected = timeout(ALONE, PgConnection::connect_with(&address.postgres()?)).await;
        connected.unwrap_or_else(|_| {
            let words = format!("no answer within {} s", ALONE.as_secs());
            Err(sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, words)))
        })
    }

    fn announce(
        feed: &Arc<Feed>,
        listen: Address,
    ) -> Option<impl Future<Output = ()> + Send + 'static> {
        Some(postgres_feed::announce(feed.clone(), listen))
    }

    async fn hear(others: &Others<Self>) {
        postgres_feed::hear(others).await;
    }

    fn migrator() -> Migrator {
        sqlx::migrate!("migrations/postgres")
    }

    async fn apply_migrations(connection: &mut PgConnection) -> Result<(), MigrateError> {
        let mut migrator = Self::migrator();
        migrator.set_ignore_missing(true); // a newer program was here
        migrator.set_locking(false); // its lock belongs to a session, which a pooler takes away
        migrator.run_direct(None, connection, false).await // `run` on a borrowed connection is not Send
    }
}

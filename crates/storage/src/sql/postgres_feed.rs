//! News of changes between processes on Postgres: NOTIFY and LISTEN, each on a connection of its own.
//!
//! A NOTIFY inside the transaction of the write would make all commits of the database wait for each other.

use std::{sync::Arc, time::Duration};

use domain::{ChangeNumber, UserId};
use sqlx::{
    Executor, PgConnection, Postgres,
    postgres::{PgListener, PgPoolOptions},
};
use tokio::time::{Instant, interval_at, sleep, timeout};

use super::{
    Dialect,
    feed::{BackOff, Others},
};
use crate::{Address, StorageError, feed::Feed};

const CHANNEL: &str = "todo_change";
/// Postgres refuses a payload of 8,000 bytes.
const LONGEST: usize = 7_999;
/// What is written meanwhile goes with the next batch.
const BATCHED: Duration = Duration::from_millis(50);
/// The messages of one statement.
const AT_ONCE: usize = 1_000;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// A connection that told nothing for so long is given back to the server.
const RESTED: Duration = Duration::from_mins(1);
/// How often a connection that only listens is asked whether it lives.
const TRIED: Duration = Duration::from_secs(15);

/// Tells other processes of what this one commits.
pub(super) async fn announce(feed: Arc<Feed>, address: Address) {
    let (mut connection, mut back_off) = (None, BackOff::new());
    loop {
        if timeout(RESTED, feed.mail()).await.is_err() {
            connection = None;
            continue;
        }
        sleep(BATCHED).await;
        let mail = feed.take_mail();
        let sent = timeout(PATIENCE * 2, send(&mut connection, &address, &mail)).await;
        match sent.unwrap_or(Err(StorageError::Busy(None))) {
            Ok(()) => _ = back_off.mended(),
            Err(error) => {
                connection = None;
                if back_off.is_new() {
                    tracing::warn!(error = %domain::chain(&error), "cannot tell other replicas of changes");
                }
                feed.put_back(mail);
                back_off.wait().await;
                feed.remind();
            }
        }
    }
}

async fn send(
    connection: &mut Option<PgConnection>,
    address: &Address,
    mail: &[(UserId, ChangeNumber)],
) -> Result<(), StorageError> {
    let connection = match connection {
        Some(connection) => connection,
        None => connection.insert(Postgres::connect_alone(address).await?),
    };
    for mail in mail.chunks(AT_ONCE) {
        let payloads: Vec<String> =
            mail.iter().map(|(user, number)| written(user, *number)).collect();
        let notify =
            sqlx::query("select pg_notify($1, payload) from unnest($2::text[]) as payload");
        connection.execute(notify.bind(CHANNEL).bind(payloads)).await?;
    }
    Ok(())
}

/// The number and the user. Too long for a message, it says nothing: then everybody looks.
fn written(user: &UserId, number: ChangeNumber) -> String {
    let text = format!("{number} {user}");
    if text.len() > LONGEST { String::new() } else { text }
}

fn read(payload: &str) -> Option<(UserId, ChangeNumber)> {
    let (number, user) = payload.split_once(' ')?;
    Some((UserId(user.to_owned()), ChangeNumber(number.parse().ok()?)))
}

/// Hears of what other processes commit. Whenever the connection is new, everybody looks: what was told in between is
/// lost.
pub(super) async fn hear(others: &Others<Postgres>) {
    let Some(address) = &others.listen else { return others.poll().await };
    let mut back_off = BackOff::new();
    loop {
        let heard = match listener(address).await {
            Ok(listener) => {
                if back_off.mended() {
                    tracing::info!("other replicas are heard again");
                }
                others.compare().await;
                listen(others, listener).await
            }
            Err(error) => Err(error),
        };
        if let Err(error) = heard
            && back_off.is_new()
        {
            tracing::warn!(error = %domain::chain(&error), "other replicas are not heard");
        }
        back_off.wait().await;
    }
}

async fn listener(address: &Address) -> Result<PgListener, StorageError> {
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(PATIENCE * 2)
        .max_lifetime(None)
        .idle_timeout(None)
        .connect_lazy_with(address.postgres()?);
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.eager_reconnect(false);
    in_time(listener.listen(CHANNEL)).await?;
    Ok(listener)
}

/// Ends when the connection does.
async fn listen(others: &Others<Postgres>, mut listener: PgListener) -> Result<(), StorageError> {
    let mut tries = interval_at(Instant::now() + TRIED, TRIED);
    loop {
        tokio::select! {
            told = listener.try_recv() => match told? {
                None => return Ok(()),
                Some(told) => match read(told.payload()) {
                    Some((user, number)) => others.feed.tell(&user, number),
                    None => others.compare().await,
                }
            },
            _ = tries.tick() => {
                in_time(listener.execute("select 1")).await?;
            }
        }
    }
}

async fn in_time<T>(answer: impl Future<Output = sqlx::Result<T>>) -> Result<T, StorageError> {
    Ok(timeout(PATIENCE, answer).await.map_err(|_| StorageError::Busy(None))??)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_leads_back_to_what_it_says() {
        let user = |name: &str| UserId(name.to_owned());
        for name in ["ada", "", "a b\n\"c", "ü"] {
            let text = written(&user(name), ChangeNumber(12));
            assert_eq!(read(&text), Some((user(name), ChangeNumber(12))));
        }
        let long = written(&user(&"x".repeat(8_000)), ChangeNumber(12));
        assert_eq!((long.as_str(), read(&long)), ("", None));
    }
}

//! A database that is away.

use std::{sync::Arc, time::Duration};

use auth::{AuthError, Credential};
use http::{HeaderMap, Method, header};
use jiff::SignedDuration;
use storage::StorageError;
use testkit::{PostgresServer, TestDatabase};
use tokio::{
    task::JoinSet,
    time::{Instant, timeout_at},
};

use crate::harness::{Ask, EMAIL, Site};

/// How long a caller may be left without an answer.
const PATIENCE: Duration = Duration::from_secs(8);
/// What was read is believed for a minute.
const OLD: SignedDuration = SignedDuration::from_secs(61);

async fn who(site: &Site, token: &str) -> Result<Credential, AuthError> {
    let mut headers = HeaderMap::new();
    headers.insert(header::AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
    let found = site.auth.authenticate(&site.client, &Method::GET, &headers, "r1").await;
    found.map(|found| found.credential)
}

/// Ten callers who need the keys, and ten who ask for them: each is told in time that the database is away.
async fn nobody_waits_long(site: &Arc<Site>, token: &str) {
    let until = Instant::now() + PATIENCE;
    let mut calls = JoinSet::new();
    for _ in 0..10 {
        let (asking, token) = (Arc::clone(site), token.to_owned());
        calls.spawn(async move {
            let found = timeout_at(until, who(&asking, &token)).await.unwrap();
            assert!(matches!(found, Err(AuthError::Storage(StorageError::Busy(_)))), "{found:?}");
        });
        let asking = Arc::clone(site);
        calls.spawn(async move {
            let answer = timeout_at(until, asking.send(Ask::get("/jwks"))).await.unwrap();
            assert_eq!(answer.refusal(), (503, "SERVICE_UNAVAILABLE".to_owned()));
            assert_eq!(answer.header("retry-after"), Some("1"));
        });
    }
    calls.join_all().await;
}

#[tokio::test]
async fn keys_that_cannot_be_read_are_waited_for_once() {
    let mut server = PostgresServer::start().await;
    storage::migrate(&server.url()).await.unwrap();
    let site = Arc::new(Site::over(TestDatabase::at(&server.url()), |_| ()).await);
    let user = site.sign_up(EMAIL).await;
    let token = site.send(Ask::get("/token").by(&user)).await.token();
    assert!(who(&site, &token).await.is_ok());

    site.clock.advance(OLD);
    server.freeze();
    nobody_waits_long(&site, &token).await;
    server.thaw();
    server.stop();
    nobody_waits_long(&site, &token).await;

    server.start_again().await;
    let until = Instant::now() + PATIENCE;
    while let Err(error) = who(&site, &token).await {
        assert!(Instant::now() < until, "{error:?}");
    }
    assert_eq!(site.send(Ask::get("/jwks")).await.status, 200);
}

//! Keys of requests, and the answers behind them.

use std::sync::Arc;

use domain::ChangeNumber;
use rstest::rstest;
use serde_json::json;
use storage::{Claim, Passing, Settled, StorageError, StoredAnswer};
use testkit::Backend;

use crate::{add, at, id, new_task, store, user};

const DAY: &str = "2026-11-24T12:00:00Z";

/// A claim of a request that came at `now`.
pub(crate) fn claim(key: &str, now: &str, expires_at: &str) -> Arc<Claim> {
    Arc::new(Claim {
        id: id(),
        key: key.to_owned(),
        fingerprint: "of the request".to_owned(),
        request_id: "request".to_owned(),
        now: at(now),
        expires_at: at(expires_at),
        settled: Settled::default(),
    })
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_key_is_taken_with_what_is_written(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let ada = user("ada");
    add(&*store, &ada, new_task("before")).await.unwrap();
    let first = claim("key", crate::NOON, DAY);

    let mut work = store.begin(&ada).await.unwrap();
    work.claim(&first).await.unwrap();
    drop(work);
    assert!(!first.settled.is_settled());
    assert_eq!(store.used_key(&ada, "key", at(crate::NOON)).await.unwrap(), None);

    let mut work = store.begin(&ada).await.unwrap();
    work.claim(&first).await.unwrap();
    work.commit().await.unwrap();
    assert!(first.settled.is_settled());
    let used = store.used_key(&ada, "key", at(crate::NOON)).await.unwrap().unwrap();
    assert_eq!((used.change_before, &used.answer), (ChangeNumber(1), &None));
    assert_eq!((&*used.fingerprint, &*used.request_id), ("of the request", "request"));

    let second = claim("key", crate::NOON, DAY);
    let mut work = store.begin(&ada).await.unwrap();
    let refused = work.claim(&second).await;
    assert!(matches!(refused, Err(StorageError::KeyUsed)), "{refused:?}");
    drop(work);
    let mut work = store.begin(&user("bob")).await.unwrap();
    work.claim(&second).await.unwrap();
    work.commit().await.unwrap();

    let answer = StoredAnswer {
        status: 201,
        headers: json!({ "location": "/api/tasks/1" }),
        body: Some(vec![0, 255, b'x']),
    };
    assert!(!store.store_answer(&ada, &second, &answer).await.unwrap(), "the key is the first's");
    assert!(store.store_answer(&ada, &first, &answer).await.unwrap());
    let used = store.used_key(&ada, "key", at(crate::NOON)).await.unwrap().unwrap();
    assert_eq!((used.change_before, used.answer), (ChangeNumber(1), Some(answer)));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_key_is_free_again_when_it_has_expired(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let ada = user("ada");
    let answer = StoredAnswer { status: 200, headers: json!({}), body: None };
    for key in ["a", "b", "c"] {
        let alone = claim(key, crate::NOON, DAY);
        assert!(store.store_answer(&ada, &alone, &answer).await.unwrap(), "no unit of work did");
        let used = store.used_key(&ada, key, at(crate::NOON)).await.unwrap();
        assert_eq!(used.unwrap().answer.as_ref(), Some(&answer));
        assert_eq!(store.used_key(&ada, key, at(DAY)).await.unwrap(), None);
    }
    let mut work = store.begin(&ada).await.unwrap();
    work.claim(&claim("a", DAY, "2026-11-25T12:00:00Z")).await.unwrap();
    work.commit().await.unwrap();
    let used = store.used_key(&ada, "a", at(DAY)).await.unwrap().unwrap();
    assert_eq!(used.answer, None, "nothing is left of the old one");

    let (keys, later) = (Passing::IdempotencyKeys, at("2026-11-24T12:00:01Z"));
    assert_eq!(store.sweep(keys, at(crate::NOON), 10).await.unwrap(), 0);
    assert_eq!(store.sweep(keys, later, 1).await.unwrap(), 1);
    assert_eq!(store.sweep(keys, later, 10).await.unwrap(), 1);
    assert!(store.used_key(&ada, "a", at(DAY)).await.unwrap().is_some());
}

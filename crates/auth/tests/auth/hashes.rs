//! More passwords to hash than can be.

use std::sync::Arc;

use rstest::rstest;
use serde_json::json;
use testkit::Backend;
use tokio::task::JoinSet;

use crate::harness::{Answer, Ask, EMAIL, PASSWORD, Site};

async fn one_at_a_time(backend: Backend) -> Arc<Site> {
    Arc::new(Site::with(backend, |settings| settings.hash_parallel = 1).await)
}

/// Sends all of it at once.
async fn together(site: &Arc<Site>, asks: impl IntoIterator<Item = Ask>) -> Vec<Answer> {
    let mut sent = JoinSet::new();
    for ask in asks {
        let site = Arc::clone(site);
        sent.spawn(async move { site.send(ask).await });
    }
    sent.join_all().await
}

fn strangers(number: usize) -> impl Iterator<Item = Ask> {
    (0..number).map(|number| Ask::sign_in(&format!("nobody{number}@example.com"), PASSWORD))
}

fn busy(answer: &Answer) {
    let body = r#"{"message":"Server is busy. Please try again.","code":"SERVICE_UNAVAILABLE"}"#;
    assert_eq!((answer.status, &*answer.text), (503, body));
    assert_eq!(answer.header("retry-after"), Some("1"));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn who_cannot_be_served_in_time_is_told(#[case] backend: Backend) {
    let site = one_at_a_time(backend).await;
    let answers = together(&site, strangers(80)).await;
    let (refused, served): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| answer.status == 503);
    assert!(refused.len() >= 15, "one runs, and 64 wait: {}", refused.len());
    refused.iter().for_each(busy);
    for answer in served {
        assert_eq!(answer.refusal().1, "INVALID_EMAIL_OR_PASSWORD");
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn one_account_keeps_nobody_from_signing_in(#[case] backend: Backend) {
    let site = one_at_a_time(backend).await;
    let user = site.sign_up(EMAIL).await;
    let wrong = json!({ "password": "wrong" });
    let change = json!({ "currentPassword": "wrong", "newPassword": "another battery" });
    let asks = || {
        let ask = |path, body| Ask::post(path, body).by(&user);
        [("/verify-password", &wrong), ("/delete-user", &wrong), ("/change-password", &change)]
            .map(|(path, body)| ask(path, body))
    };
    let flood = (0..30).flat_map(|_| asks());
    let answers = together(&site, flood.chain(strangers(1))).await;

    let with = |status| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!(with(401), 1, "the stranger has a turn, behind two at most");
    assert!(with(503) >= 30, "{}", with(503));
    assert_eq!(with(400) + with(503), 90);
    answers.iter().filter(|answer| answer.status == 503).for_each(busy);
    let right = Ask::post("/verify-password", &json!({ "password": PASSWORD })).by(&user);
    assert_eq!(site.send(right).await.status, 200, "the share is given back");
}

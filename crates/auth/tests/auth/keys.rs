//! Keys of tokens: how long they sign, are published and believed.

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::Algorithm;
use rstest::rstest;
use serde_json::json;
use testkit::Backend;

use crate::{
    harness::{Answer, Ask, Site},
    jwt::{claims, insert, issued, own_key, signed, who},
};

const SECOND: SignedDuration = SignedDuration::from_secs(1);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const MONTH: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A modulus, and a token that was signed for somebody until 2100 with the key that it is of.
const RSA: &str = "k7r2Dn8qmWGWO-YloHUlX876cj7EGhJE-9wqzfAyJA9tQhtOxWsxOQQezNw666FEeNrTfltCL_kuQlPjRsUMhd32iUyuMHLxksvVCrk-9WM7_8ht\
    rqPQZj2GoMAFUz6YLdr3zueiROyJWkCd68C_wGmWtF2TVI1bWVcpKlWoMx89t8h9w9ulQ9JXZnTJ5-J4H5grK8EXD7hBLkJl33XPZ7313IM--_h7\
    ykVB48eGKue_gQeW6-Vaii0iUDFyClTo1W3dFvXlFe6QCh7aEpYoF4B-C-q8jt2Ffx2ckFac4S9IKYQJ931VmNKYFYByRio5yMv_qObbuEZ17mBB\
    sbuTJQ";
const RS256: &str = "eyJhbGciOiJSUzI1NiIsImtpZCI6InJzIn0.eyJzdWIiOiJzb21lYm9keSIsImV4cCI6NDEwMjQ0NDgwMH0.DlcrG6yJ2oO3T16mlfQ3SnJVdhZC\
    wX0V-gNu5DiD9fUKxXaXRem9YgCgJjjXsWPDBAoh1Bx1-xBaa_DrbV1wJUFYaQolfoiSsx4d2UhVM9crPCuLwS5QCnId_5EXMEJsGwrIsrA62vQ5\
    3qFpTDGnId4dq36KBnMbfuwfahlW4yXky4Y30BERRqXsoYTQk6K3GK_Fn-tDX0V5tHCSyiYENOjXAVWcG7RiI2ciFw2kFW8Dk69bRJ574peQ2AZz\
    hxqYJVe9KYTxSyFPJSCW7GE5-z-1-BRKi7BxYtkzsxpiU6MEjgprpQDj9OaoRa7jsbypPr39W0v6WlRsHcSNmReIwQ";

fn kid(token: &str) -> String {
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

/// The key that signs, once what was read before is forgotten.
async fn signing(site: &Site, user: &Answer) -> String {
    site.clock.advance(SECOND * 60);
    kid(&site.send(Ask::get("/token").by(user)).await.token())
}

async fn published(site: &Site) -> Vec<String> {
    let keys = site.send(Ask::get("/jwks")).await.json()["keys"].clone();
    keys.as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// As if Better Auth gave its keys an end: ours have none.
async fn end(site: &Site, kid: &str, end: Option<Timestamp>) {
    let row =
        |end: String| format!(r#"update "jwks" set "expiresAt" = {end} where "id" = '{kid}'"#);
    let sqlite = end.map_or("null".to_owned(), |end| end.as_microsecond().to_string());
    let postgres = end.map_or("null".to_owned(), |end| format!("'{end}'"));
    site.execute(&row(sqlite), &row(postgres)).await;
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn the_newest_key_that_has_not_ended_signs(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let user = site.sign_up("ada@example.com").await;
    let one = signing(&site, &user).await;
    let now = domain::Clock::now(&*site.clock);
    end(&site, &one, Some(now + SECOND * 61)).await;
    assert_eq!(signing(&site, &user).await, one, "its last second");
    let two = signing(&site, &user).await;
    assert_ne!(two, one, "another is made");
    assert_eq!(published(&site).await, [one.clone(), two.clone()]);

    end(&site, &one, None).await;
    own_key(&site, "older", None, 1).await;
    assert_eq!(signing(&site, &user).await, two);
    end(&site, &two, Some(now)).await;
    assert_eq!(signing(&site, &user).await, one);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_key_that_has_ended_is_believed_for_a_month(#[case] backend: Backend) {
    let site = Site::with(backend, |settings| settings.jwt_seconds = 40 * 24 * 60 * 60).await;
    let (token, _) = issued(&site).await;
    let ends = domain::Clock::now(&*site.clock) + HOUR;
    end(&site, &kid(&token), Some(ends)).await;

    site.clock.advance(HOUR + MONTH - SECOND);
    assert!(who(&site, &token).await.is_some());
    assert_eq!(published(&site).await, [kid(&token)]);
    site.clock.advance(SECOND);
    assert_eq!(who(&site, &token).await, None, "with what was read a second ago");
    assert_eq!(published(&site).await, [""; 0]);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_key_that_is_deleted_is_believed_for_a_minute_at_most(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let (token, _) = issued(&site).await;
    let delete = r#"delete from "jwks""#;
    site.execute(delete, delete).await;

    site.clock.advance(SECOND * 59);
    assert!(who(&site, &token).await.is_some());
    site.clock.advance(SECOND);
    assert_eq!(who(&site, &token).await, None);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_key_of_rsa_is_believed(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    insert(&site, "rs", &json!({ "kty": "RSA", "n": RSA, "e": "AQAB" }), Some("RS256")).await;
    assert_eq!(who(&site, RS256).await.as_deref(), Some("somebody"));

    let (message, _) = RS256.rsplit_once('.').unwrap();
    assert_eq!(who(&site, &format!("{message}.{}", "A".repeat(342))).await, None);
    let key = own_key(&site, "k1", None, 1).await;
    let header = json!({ "alg": "RS256", "kid": "rs" });
    let token = signed(&header, &claims(&site), &key, Algorithm::EdDSA);
    assert_eq!(who(&site, &token).await, None);
}

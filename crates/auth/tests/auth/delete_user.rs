//! `POST /delete-user`.

use jiff::SignedDuration;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::Backend;

use crate::harness::{Answer, Ask, EMAIL, PASSWORD, Site};

const DAY: SignedDuration = SignedDuration::from_hours(24);

async fn delete(site: &Site, user: &Answer, body: Value) -> Answer {
    site.send(Ask::post("/delete-user", &body).by(user)).await
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn takes_the_user_and_every_session_away(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let (one, two) = (site.sign_up(EMAIL).await, site.send(Ask::sign_in(EMAIL, PASSWORD)).await);
    let other = site.sign_up("eve@example.com").await;

    let answer = delete(&site, &one, json!({ "password": PASSWORD })).await;

    assert_eq!(answer.text, r#"{"success":true,"message":"User deleted"}"#);
    assert_eq!((answer.status, answer.clears()), (200, true));
    let ask = |user| Ask::get("/get-session").by(user);
    assert_eq!(site.session(ask(&two)).await, json!(null));
    assert_ne!(site.session(ask(&other)).await, json!(null));
    assert_eq!(site.send(Ask::sign_in(EMAIL, PASSWORD)).await.status, 401);
    site.sign_up(EMAIL).await;
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn without_a_password_the_session_must_be_young(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let (ada, eve) = (site.sign_up(EMAIL).await, site.sign_up("eve@example.com").await);

    site.clock.advance(DAY - SignedDuration::from_millis(1));
    assert_eq!(delete(&site, &ada, json!({ "password": "" })).await.status, 200);
    site.clock.advance(SignedDuration::from_millis(1));
    let refused = delete(&site, &eve, json!({})).await;

    assert_eq!(refused.refusal(), (400, "SESSION_EXPIRED".to_owned()));
    assert_eq!(refused.set_cookies(), eve.set_cookies(), "it slid, although the answer is no");
    assert_eq!(delete(&site, &eve, json!({ "password": PASSWORD })).await.status, 200);
}

#[rstest]
#[case::wrong(json!({ "password": "wrongwrong" }), 400, "INVALID_PASSWORD")]
#[case::long(json!({ "password": "x".repeat(129) }), 400, "PASSWORD_TOO_LONG")]
#[case::confirmed_by_mail(json!({ "token": "x" }), 404, "INVALID_TOKEN")]
#[case::mail_after_password(json!({ "token": "x", "password": "wrong" }), 400, "INVALID_PASSWORD")]
#[case::shape(json!({ "password": 1 }), 400, "VALIDATION_ERROR")]
#[tokio::test]
async fn refuses(
    #[case] body: Value,
    #[case] status: u16,
    #[case] code: &str,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let site = Site::start(backend).await;
    let user = site.sign_up(EMAIL).await;
    assert_eq!(delete(&site, &user, body).await.refusal(), (status, code.to_owned()));
    assert_eq!(site.send(Ask::sign_in(EMAIL, PASSWORD)).await.status, 200);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn needs_a_session_after_the_shape(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let nobody = site.send(Ask::post("/delete-user", &json!({}))).await;
    let shape = site.send(Ask::new("POST", "/delete-user")).await;
    let unknown = site.send(Ask::post("/delete-user", &json!({})).bearer("nobody")).await;
    assert_eq!(nobody.refusal(), (401, "UNAUTHORIZED".to_owned()));
    assert_eq!(shape.refusal(), (400, "VALIDATION_ERROR".to_owned()));
    assert_eq!((unknown.refusal().0, unknown.clears()), (401, true));
}

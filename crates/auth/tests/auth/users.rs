//! Users, their lists of sessions and accounts, and the confirmation of an address.

use jiff::SignedDuration;
use jsonwebtoken::{EncodingKey, Header};
use rstest::rstest;
use serde_json::{Value, json};
use testkit::Backend;

use crate::harness::{Ask, EMAIL, PASSWORD, SECRET, Site};

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_user_changes(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let user = site.sign_up(EMAIL).await;
    let update = |body: Value| Ask::post("/update-user", &body).by(&user);
    let name_and_image = async || {
        let user = site.send(Ask::get("/get-session").by(&user)).await.json()["user"].clone();
        json!([user["name"], user["image"]])
    };
    let changed = site.send(update(json!({ "image": "https://example.com/a.png" }))).await;
    assert_eq!(changed.text, r#"{"status":true}"#);
    assert_eq!(changed.set_cookies(), user.set_cookies());
    assert_eq!(name_and_image().await, json!(["Ada", "https://example.com/a.png"]));
    // What JavaScript takes for nothing is no address.
    for email in [json!(0), json!(-0.0), json!(""), json!(false), json!(null)] {
        let answer = site.send(update(json!({ "name": "Ada", "email": email }))).await;
        assert_eq!(answer.status, 200, "{email}");
    }
    site.send(update(json!({ "name": "", "image": null, "unknown": 1 }))).await;
    assert_eq!(name_and_image().await, json!(["", null]));

    for (body, status, code) in [
        (json!({}), 400, ""),
        (json!({ "unknown": 1 }), 400, ""),
        (json!({ "email": "x@y.zz", "name": "x" }), 400, "EMAIL_CAN_NOT_BE_UPDATED"),
        (json!({ "email": 1, "name": "x" }), 400, "EMAIL_CAN_NOT_BE_UPDATED"),
        (json!({ "name": 1 }), 400, "VALIDATION_ERROR"),
        (json!({ "name": null }), 400, "VALIDATION_ERROR"),
        (json!(["name"]), 400, "VALIDATION_ERROR"),
        (json!({ "name": "a\0b" }), 422, "FAILED_TO_UPDATE_USER"),
    ] {
        let refused = site.send(update(body.clone())).await;
        assert_eq!(refused.refusal(), (status, code.to_owned()), "{body}");
    }
    assert_eq!(name_and_image().await, json!(["", null]));
    assert_eq!(site.send(Ask::get("/update-user").by(&user)).await.status, 404);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn sessions_are_listed_and_revoked(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let one = site.sign_up(EMAIL).await;
    let two = site.send(Ask::sign_in(EMAIL, PASSWORD)).await;
    let eve = site.sign_up("eve@example.com").await;
    let tokens = async |by| {
        let listed = site.send(Ask::get("/list-sessions").by(by)).await.json();
        let mut tokens: Vec<_> =
            listed.as_array().unwrap().iter().map(|it| it["token"].to_string()).collect();
        tokens.sort();
        tokens
    };
    assert_eq!(tokens(&one).await.len(), 2);
    let revoke = |token: &str| Ask::post("/revoke-session", &json!({ "token": token }));

    for token in [eve.token(), "nothing".to_owned(), "a\0b".to_owned()] {
        let answer = site.send(revoke(&token).by(&one)).await;
        assert_eq!((answer.text.as_str(), answer.clears()), (r#"{"status":true}"#, false));
    }
    assert_eq!(tokens(&eve).await.len(), 1, "a stranger's session stays");
    site.send(revoke(&two.token()).by(&one)).await;
    assert_eq!(tokens(&one).await.len(), 1);
    assert!(site.send(revoke(&one.token()).by(&one)).await.clears(), "the present one");
    assert_eq!(site.send(Ask::get("/list-sessions").by(&one)).await.status, 401);

    let three = site.send(Ask::sign_in(EMAIL, PASSWORD)).await;
    let four = site.send(Ask::sign_in(EMAIL, PASSWORD)).await;
    site.send(Ask::post("/revoke-other-sessions", &json!({})).by(&three)).await;
    assert_eq!(site.send(Ask::get("/list-sessions").by(&four)).await.status, 401);
    assert_eq!(tokens(&three).await.len(), 1);
    assert!(site.send(Ask::post("/revoke-sessions", &json!({})).by(&three)).await.clears());
    assert_eq!(site.send(Ask::get("/list-sessions").by(&three)).await.status, 401);
    assert_eq!(tokens(&eve).await.len(), 1);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_session_is_fresh_for_a_day(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let user = site.sign_up(EMAIL).await;
    let day = SignedDuration::from_hours(24);
    site.clock.advance(day - SignedDuration::from_millis(1));
    assert_eq!(site.send(Ask::get("/list-sessions").by(&user)).await.status, 200);
    site.clock.advance(SignedDuration::from_millis(1));
    let stale = site.send(Ask::get("/list-sessions").by(&user)).await;
    assert_eq!(stale.refusal(), (403, "SESSION_NOT_FRESH".to_owned()));
    // It slid meanwhile, which makes it no fresher.
    assert!(!stale.set_cookies().is_empty());
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_confirmation_that_better_auth_sent_still_counts(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let user = site.sign_up(EMAIL).await;
    let id = &user.json()["user"]["id"];
    let now = domain::Clock::now(&*site.clock).as_second();
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let token = |claims: Value| jsonwebtoken::encode(&Header::default(), &claims, &key).unwrap();
    let verify = |token: &str, more: &str| Ask::get(&format!("/verify-email?token={token}{more}"));
    let good = token(json!({ "email": EMAIL, "userId": id, "iat": now, "exp": now + 3600 }));

    for (claims, code) in [
        (json!({ "email": EMAIL, "userId": "other", "exp": now + 9 }), "INVALID_TOKEN"),
        (
            json!({ "email": EMAIL, "updateTo": "x@y.zz", "userId": id, "exp": now + 9 }),
            "INVALID_TOKEN",
        ),
        (json!({ "email": EMAIL, "userId": id }), "INVALID_TOKEN"),
        (json!({ "email": EMAIL, "userId": id, "exp": now }), "TOKEN_EXPIRED"),
        (json!({ "email": "nobody@example.com", "exp": now + 9 }), "USER_NOT_FOUND"),
    ] {
        let refused = site.send(verify(&token(claims), "")).await;
        assert_eq!(refused.refusal(), (401, code.to_owned()));
    }
    let led = site.send(verify("x.y.z", "&callbackURL=%2Fdash")).await;
    assert_eq!((led.status, led.header("location")), (302, Some("/dash?error=INVALID_TOKEN")));
    assert_eq!(site.send(Ask::get("/verify-email")).await.refusal().1, "VALIDATION_ERROR");

    let verified = site.send(verify(&good, "")).await;
    assert_eq!(verified.text, r#"{"status":true,"user":null}"#);
    let led = site.send(verify(&good, "&callbackURL=%2Fdash")).await;
    assert_eq!((led.status, led.header("location")), (302, Some("/dash")));
    let session = site.send(Ask::get("/get-session").by(&user)).await.json();
    assert_eq!(session["user"]["emailVerified"], true);
}

//! `POST /sign-up/email`.

use rstest::rstest;
use serde_json::json;
use testkit::Backend;

use crate::harness::{Ask, EMAIL, PASSWORD, Site};

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn makes_a_user_who_is_signed_in(#[case] backend: Backend) {
    let mut site = Site::start(backend).await;
    site.client.address = Some("2001:db8::1".parse().unwrap());
    let body = json!({
        "name": "", "email": "Ada@Example.COM", "password": PASSWORD, "image": "x", "id": "mine", "emailVerified": true,
    });

    let answer = site.send(Ask::post("/sign-up/email", &body).header("user-agent", "test")).await;

    let (token, id) = (answer.token(), answer.json()["user"]["id"].as_str().unwrap().to_owned());
    let time = "2026-11-23T10:00:00.123Z";
    assert_eq!(
        answer.text,
        format!(
            r#"{{"token":"{token}","user":{{"name":"","email":"ada@example.com","emailVerified":false,"image":"x","createdAt":"{time}","updatedAt":"{time}","id":"{id}"}}}}"#
        )
    );
    assert_eq!((token.len(), id.len()), (32, 32));
    let session = site.session(Ask::get("/get-session").by(&answer)).await;
    assert_eq!(session["ipAddress"], "2001:0db8:0000:0000:0000:0000:0000:0000");
    assert_eq!(session["userAgent"], "test");
    assert_eq!(session["createdAt"], time);
    assert_eq!(session["expiresAt"], "2026-11-30T10:00:00.123Z");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn an_address_is_taken_once_in_any_case(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    site.sign_up(EMAIL).await;
    let body = json!({ "name": "Eve", "email": "ADA@example.com", "password": PASSWORD });

    let again = site.send(Ask::post("/sign-up/email", &body)).await;

    assert_eq!(again.refusal(), (422, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL".to_owned()));
    assert!(again.set_cookies().is_empty());
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn of_two_at_once_one_gets_the_address(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let body = json!({ "name": "Ada", "email": EMAIL, "password": PASSWORD });
    let ask = || site.send(Ask::post("/sign-up/email", &body));

    let (one, two) = tokio::join!(ask(), ask());

    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422]);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_form_will_do(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let ask = Ask::new("POST", "/sign-up/email")
        .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
        .body("name=No&name=Ada+L.&email=ada%40example.com&password=correct+horse+battery");

    let answer = site.send(ask).await;

    assert_eq!(answer.json()["user"]["name"], "Ada L.");
    assert_eq!(answer.json()["user"]["image"], json!(null));
    assert_eq!(site.send(Ask::sign_in(EMAIL, PASSWORD)).await.status, 200);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn can_be_closed(#[case] backend: Backend) {
    let site = Site::with(backend, |settings| settings.sign_up_open = false).await;
    let body = json!({ "name": "Ada", "email": EMAIL, "password": "short" });

    let answer = site.send(Ask::post("/sign-up/email", &body)).await;
    let misshapen = site.send(Ask::post("/sign-up/email", &json!({}))).await;

    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.text,
        r#"{"message":"Email and password sign up is not enabled","code":"EMAIL_PASSWORD_SIGN_UP_DISABLED"}"#
    );
    assert_eq!(misshapen.refusal().1, "VALIDATION_ERROR");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_name_that_postgres_cannot_store_is_refused_everywhere(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let body = json!({ "name": "A\0a", "email": EMAIL, "password": PASSWORD });
    let answer = site.send(Ask::post("/sign-up/email", &body)).await;
    assert_eq!(answer.refusal(), (422, "FAILED_TO_CREATE_USER".to_owned()));
}

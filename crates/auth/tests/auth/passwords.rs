//! Changing and checking passwords; what would need mail.

use rstest::rstest;
use serde_json::{Value, json};
use testkit::Backend;

use crate::harness::{Answer, Ask, EMAIL, PASSWORD, Site};

const NEW: &str = "another battery";

fn change(user: &Answer, current: &str, new: &str, revoke: bool) -> Ask {
    let body =
        json!({ "currentPassword": current, "newPassword": new, "revokeOtherSessions": revoke });
    Ask::post("/change-password", &body).by(user)
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_changed_password_is_the_only_one(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let user = site.sign_up(EMAIL).await;
    let changed = site.send(change(&user, PASSWORD, NEW, false)).await;
    assert_eq!((changed.status, &changed.json()["token"]), (200, &Value::Null));
    assert!(changed.set_cookies().is_empty());
    assert_eq!(site.send(Ask::sign_in(EMAIL, PASSWORD)).await.status, 401);
    assert_eq!(site.send(Ask::sign_in(EMAIL, NEW)).await.status, 200);
    assert_eq!(site.send(Ask::get("/list-sessions").by(&user)).await.status, 200);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn all_other_sessions_end_when_asked(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let user = site.sign_up(EMAIL).await;
    let elsewhere = site.send(Ask::sign_in(EMAIL, PASSWORD)).await;
    let changed = site.send(change(&user, PASSWORD, NEW, true)).await;

    assert_ne!(changed.token(), user.token());
    for ended in [&user, &elsewhere] {
        assert_eq!(site.send(Ask::get("/get-session").by(ended)).await.text, "null");
    }
    let session = site.session(Ask::get("/get-session").by(&changed)).await;
    assert_eq!(session["token"], changed.token());
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn of_two_changes_at_once_one_is_made(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let user = site.sign_up(EMAIL).await;
    let other = "a third battery";
    let (one, two) = tokio::join!(
        site.send(change(&user, PASSWORD, NEW, false)),
        site.send(change(&user, PASSWORD, other, false)),
    );
    let (refused, password) = if one.status == 200 { (two, NEW) } else { (one, other) };
    assert_eq!(refused.refusal(), (400, "INVALID_PASSWORD".to_owned()));
    assert_eq!(site.send(Ask::sign_in(EMAIL, password)).await.status, 200);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_sign_in_under_way_ends_with_the_other_sessions(#[case] backend: Backend) {
    let site = Site::with(backend, |settings| settings.hash_parallel = 4).await;
    let user = site.sign_up(EMAIL).await;
    let sign_in = || site.send(Ask::sign_in(EMAIL, PASSWORD));
    let revoke = change(&user, PASSWORD, NEW, true);
    let (one, changed, two, three) =
        tokio::join!(sign_in(), site.send(revoke), sign_in(), sign_in());
    assert_eq!(changed.status, 200);
    for answer in [one, two, three] {
        if answer.status == 200 {
            assert_eq!(site.send(Ask::get("/get-session").by(&answer)).await.text, "null");
        } else {
            assert_eq!(answer.refusal(), (401, "INVALID_EMAIL_OR_PASSWORD".to_owned()));
        }
    }
    let sessions = site.send(Ask::get("/list-sessions").by(&changed)).await.json();
    assert_eq!(sessions.as_array().unwrap().len(), 1);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_sign_in_beside_the_end_of_its_user_leaves_nothing(#[case] backend: Backend) {
    let site = Site::with(backend, |settings| settings.hash_parallel = 4).await;
    let user = site.sign_up(EMAIL).await;
    let delete = Ask::post("/delete-user", &json!({ "password": PASSWORD })).by(&user);
    let (signed_in, deleted, changed) = tokio::join!(
        site.send(Ask::sign_in(EMAIL, PASSWORD)),
        site.send(delete),
        site.send(change(&user, PASSWORD, NEW, true)),
    );
    assert!([200, 401].contains(&signed_in.status), "{signed_in:?}");
    assert!([200, 400, 401].contains(&changed.status), "{changed:?}");
    if deleted.status == 200 {
        assert_eq!(site.send(Ask::sign_in(EMAIL, PASSWORD)).await.status, 401);
        assert_eq!(site.send(Ask::sign_in(EMAIL, NEW)).await.status, 401);
    }
}

#[rstest]
#[case::no_row(r#"delete from "account""#)]
#[case::no_hash(r#"update "account" set "password" = null"#)]
#[case::another_provider(r#"update "account" set "providerId" = 'github'"#)]
#[tokio::test]
async fn a_user_without_a_password_is_told(
    #[case] change_row: &str,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let site = Site::start(backend).await;
    let user = site.sign_up(EMAIL).await;
    site.execute(change_row, change_row).await;
    let password = json!({ "password": PASSWORD });
    let sign_up = json!({ "name": "", "email": EMAIL, "password": PASSWORD });
    for (ask, status, code) in [
        (change(&user, PASSWORD, NEW, true), 400, "CREDENTIAL_ACCOUNT_NOT_FOUND"),
        (Ask::post("/delete-user", &password).by(&user), 400, "CREDENTIAL_ACCOUNT_NOT_FOUND"),
        (Ask::post("/verify-password", &password).by(&user), 400, "INVALID_PASSWORD"),
        (Ask::sign_in(EMAIL, PASSWORD), 401, "INVALID_EMAIL_OR_PASSWORD"),
        (Ask::post("/sign-up/email", &sign_up), 422, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"),
    ] {
        assert_eq!(site.send(ask).await.refusal(), (status, code.to_owned()));
    }
    assert_eq!(site.send(Ask::get("/list-sessions").by(&user)).await.status, 200);
    assert_eq!(site.send(Ask::post("/delete-user", &json!({})).by(&user)).await.status, 200);
}

#[rstest]
#[case::wrong("not the password", NEW, 400, "INVALID_PASSWORD")]
#[case::short(PASSWORD, "1234567", 400, "PASSWORD_TOO_SHORT")]
#[case::long(PASSWORD, &"x".repeat(129), 400, "PASSWORD_TOO_LONG")]
#[case::long_current(&"x".repeat(129), NEW, 400, "PASSWORD_TOO_LONG")]
#[tokio::test]
async fn a_change_is_refused(
    #[case] current: &str,
    #[case] new: &str,
    #[case] status: u16,
    #[case] code: &str,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let site = Site::start(backend).await;
    let user = site.sign_up(EMAIL).await;
    let refused = site.send(change(&user, current, new, true)).await;
    assert_eq!(refused.refusal(), (status, code.to_owned()));
    assert_eq!(site.send(Ask::sign_in(EMAIL, PASSWORD)).await.status, 200);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn the_shape_comes_before_the_session(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let refused = site.send(Ask::post("/change-password", &json!({}))).await;
    let expected = "[body.newPassword] Invalid input: expected string, received undefined; \
                    [body.currentPassword] Invalid input: expected string, received undefined";
    assert_eq!((refused.status, &refused.json()["message"]), (400, &expected.into()));
    let body = json!({ "currentPassword": "x", "newPassword": "y" });
    assert_eq!(site.send(Ask::post("/change-password", &body)).await.refusal().0, 401);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn the_password_can_be_checked(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let user = site.sign_up(EMAIL).await;
    let verify =
        |password: &str| Ask::post("/verify-password", &json!({ "password": password })).by(&user);
    assert_eq!(site.send(verify(PASSWORD)).await.text, r#"{"status":true}"#);
    assert_eq!(site.send(verify("another one")).await.refusal().1, "INVALID_PASSWORD");
    assert_eq!(site.send(verify(&"x".repeat(129))).await.refusal().1, "PASSWORD_TOO_LONG");
    let nobody = Ask::post("/verify-password", &json!({ "password": PASSWORD }));
    assert_eq!(site.send(nobody).await.refusal().0, 401);
}

#[rstest]
#[case::request("/request-password-reset", json!({ "email": EMAIL }), 400, "RESET_PASSWORD_DISABLED")]
#[case::request_shape("/request-password-reset", json!({ "email": "x" }), 400, "VALIDATION_ERROR")]
#[case::request_place(
    "/request-password-reset", json!({ "email": EMAIL, "redirectTo": "//evil" }), 403, "INVALID_REDIRECT_URL"
)]
#[case::reset("/reset-password", json!({ "newPassword": NEW, "token": "x" }), 400, "INVALID_TOKEN")]
#[case::reset_query("/reset-password?token=x", json!({ "newPassword": NEW }), 400, "INVALID_TOKEN")]
#[case::reset_without("/reset-password", json!({ "newPassword": "x" }), 400, "INVALID_TOKEN")]
#[case::reset_short("/reset-password?token=x", json!({ "newPassword": "x" }), 400, "PASSWORD_TOO_SHORT")]
#[case::reset_shape("/reset-password", json!({}), 400, "VALIDATION_ERROR")]
#[case::send("/send-verification-email", json!({ "email": EMAIL }), 400, "VERIFICATION_EMAIL_NOT_ENABLED")]
#[tokio::test]
async fn what_needs_mail_says_so(
    #[case] path: &str,
    #[case] body: Value,
    #[case] status: u16,
    #[case] code: &str,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let site = Site::start(backend).await;
    let answer = site.send(Ask::post(path, &body)).await;
    assert_eq!(answer.refusal(), (status, code.to_owned()), "{}", answer.text);
}

#[rstest]
#[case("/r", "http://127.0.0.1:8000/r?error=INVALID_TOKEN")]
#[case("/r%3Fa%3Db%23c", "http://127.0.0.1:8000/r?a=b&error=INVALID_TOKEN#c")]
#[case("http://localhost:3000/r", "http://localhost:3000/r?error=INVALID_TOKEN")]
#[case("/caf%C3%A9", "http://127.0.0.1:8000/caf%C3%A9?error=INVALID_TOKEN")]
#[tokio::test]
async fn the_link_of_a_reset_leads_back(
    #[case] place: &str,
    #[case] location: &str,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let site = Site::start(backend).await;
    let link = |place| Ask::get(&format!("/reset-password/abc?callbackURL={place}"));
    let answer = site.send(link(place)).await;
    assert_eq!((answer.status, answer.header("location")), (302, Some(location)));
    let evil = site.send(link("https://evil.example")).await;
    assert_eq!(evil.refusal(), (403, "INVALID_CALLBACK_URL".to_owned()));
    assert_eq!(site.send(Ask::get("/reset-password/abc")).await.refusal().1, "VALIDATION_ERROR");
    assert_eq!(site.send(Ask::get("/reset-password/a/b")).await.status, 404);
}

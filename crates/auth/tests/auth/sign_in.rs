//! `POST /sign-in/email`.

use rstest::rstest;
use serde_json::{Value, json};
use testkit::Backend;

use crate::harness::{Answer, Ask, EMAIL, PASSWORD, Site};

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn opens_a_session_beside_the_others(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let first = site.sign_up(EMAIL).await;

    let second = site.send(Ask::sign_in("ADA@Example.com", PASSWORD)).await;

    assert_eq!(second.status, 200);
    for answer in [&first, &second] {
        let session = site.session(Ask::get("/get-session").by(answer)).await;
        assert_eq!(session["token"], answer.token());
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn wrong_password_and_unknown_address_are_told_alike(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    site.sign_up(EMAIL).await;

    let wrong = site.send(Ask::sign_in(EMAIL, "wrong")).await;
    let unknown = site.send(Ask::sign_in("nobody@example.com", "wrong")).await;

    assert_eq!(wrong.refusal(), (401, "INVALID_EMAIL_OR_PASSWORD".to_owned()));
    assert_eq!((wrong.status, &wrong.text), (unknown.status, &unknown.text));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn an_unknown_address_costs_a_hash_too(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let before = site.random.drawn();
    site.send(Ask::sign_in("nobody", PASSWORD)).await;
    assert_eq!(site.random.drawn(), before);
    site.send(Ask::sign_in("nobody@example.com", PASSWORD)).await;
    assert_eq!(site.random.drawn(), before + 16, "the bytes of a salt");
}

async fn with_callback(site: &Site, target: &str, callback: Value) -> Answer {
    let mut body = json!({ "email": EMAIL, "password": PASSWORD });
    if callback != json!(false) {
        body["callbackURL"] = callback;
    }
    site.send(Ask::post(target, &body)).await
}

#[rstest]
#[case::path("/a?next=%2Fb", Some("/a?next=%2Fb"))]
#[case::trusted("http://localhost:3000/x", Some("http://localhost:3000/x"))]
#[case::own("http://127.0.0.1:8000", Some("http://127.0.0.1:8000"))]
#[case::nowhere("", None)]
#[tokio::test]
async fn names_the_place_to_go_on_to(
    #[case] callback: &str,
    #[case] location: Option<&str>,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let site = Site::start(backend).await;
    site.sign_up(EMAIL).await;

    let answer = with_callback(&site, "/sign-in/email", json!(callback)).await;

    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("location"), location);
    assert_eq!(answer.json()["redirect"], location.is_some());
    assert_eq!(answer.json()["url"], callback);
}

#[rstest]
#[case("//evil.example")]
#[case("/\\evil.example")]
#[case("/%2Fevil.example")]
#[case("/\t/evil.example")]
#[case("https://evil.example/")]
#[case("http://localhost:3000@evil.example/")]
#[case("http://localhost:3000.evil.example/")]
#[case("http://localhost:3000/\nx")]
#[case("http:evil.example")]
#[case("javascript:alert(1)")]
#[case("dash")]
#[tokio::test]
async fn never_leads_to_a_foreign_place(
    #[case] callback: &str,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let site = Site::start(backend).await;
    let answer = with_callback(&site, "/sign-in/email", json!(callback)).await;
    assert_eq!(answer.refusal(), (403, "INVALID_CALLBACK_URL".to_owned()));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_callback_in_the_query_is_checked_and_otherwise_ignored(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    site.sign_up(EMAIL).await;

    let foreign = with_callback(&site, "/sign-in/email?callbackURL=//evil", json!(false)).await;
    let own = with_callback(&site, "/sign-in/email?callbackURL=/dash", json!(false)).await;

    assert_eq!(foreign.refusal(), (403, "INVALID_CALLBACK_URL".to_owned()));
    assert_eq!((own.status, own.header("location")), (200, None));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn without_remember_me_the_session_ends_with_the_browser(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    site.sign_up(EMAIL).await;
    let body = json!({ "email": EMAIL, "password": PASSWORD, "rememberMe": false });

    let answer = site.send(Ask::post("/sign-in/email", &body)).await;

    let [session, mark] = answer.set_cookies()[..] else { panic!("{answer:?}") };
    assert!(session.starts_with("better-auth.session_token=") && !session.contains("Max-Age"));
    let signed = "better-auth.dont_remember=true.eLx3HMORTuI4lX2Kvod9bgHAhRtuEqNTjei8Kvqu0Z8%3D";
    assert_eq!(mark, format!("{signed}; Path=/; HttpOnly; SameSite=Lax"));
    let session = site.session(Ask::get("/get-session").by(&answer)).await;
    assert_eq!(session["expiresAt"], "2026-11-24T10:00:00.123Z");

    // The next sign-in is remembered again, which the old mark must not prevent.
    let remembered = site.send(Ask::sign_in(EMAIL, PASSWORD).by(&answer)).await;
    let gone = "better-auth.dont_remember=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax";
    assert_eq!(remembered.set_cookies()[1..], [gone]);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn on_https_cookies_are_secure(#[case] backend: Backend) {
    let base = "https://todo.example".parse().unwrap();
    let site = Site::with(backend, |settings| settings.base_url = Some(base)).await;

    let answer = site.sign_up(EMAIL).await;
    let out = site.send(Ask::post("/sign-out", &json!({}))).await;

    let cookie = answer.set_cookies()[0];
    assert!(cookie.starts_with("__Secure-better-auth.session_token="), "{cookie}");
    assert!(
        cookie.ends_with("; Max-Age=604800; Path=/; HttpOnly; Secure; SameSite=Lax"),
        "{cookie}"
    );
    assert_eq!(
        out.set_cookies()[2],
        "__Secure-better-auth.dont_remember=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax"
    );
    let ask = || Ask::get("/get-session");
    assert_ne!(site.session(ask().by(&answer)).await, json!(null));
    let plain = answer.jar().replace("__Secure-", "");
    assert_eq!(site.session(ask().header("cookie", &plain)).await, json!(null));
}

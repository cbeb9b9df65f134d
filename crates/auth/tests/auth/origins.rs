//! Which pages may do what: `better-auth.md`, section 7. Each case was answered so by the real 1.7.25.

use rstest::rstest;
use serde_json::json;
use testkit::Backend;

use crate::harness::{Ask, EMAIL, PASSWORD, Site};

type Headers = &'static [(&'static str, &'static str)];

const INVALID: &str = "INVALID_ORIGIN";
const MISSING: &str = "MISSING_OR_NULL_ORIGIN";
const BLOCKED: &str = "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED";

fn with(ask: Ask, headers: Headers) -> Ask {
    headers.iter().fold(ask, |ask, (name, value)| ask.header(name, value))
}

#[rstest]
#[case::curl(&[], None)]
#[case::trusted(&[("origin", "http://localhost:3000")], None)]
#[case::own(&[("cookie", "a=b"), ("origin", "http://127.0.0.1:8000")], None)]
#[case::spelling(&[("cookie", "a=b"), ("origin", "HTTP://LOCALHOST:3000")], None)]
#[case::foreign(&[("origin", "http://evil.example")], Some(INVALID))]
#[case::another_port(&[("origin", "http://localhost:3001")], Some(INVALID))]
#[case::another_scheme(&[("origin", "https://localhost:3000")], Some(INVALID))]
#[case::longer_name(&[("origin", "http://localhost:3000.evil.example")], Some(INVALID))]
#[case::path(&[("cookie", "a=b"), ("origin", "/foo")], Some(INVALID))]
#[case::null(&[("origin", "null")], Some(MISSING))]
#[case::null_of_our_own(&[("origin", "null"), ("sec-fetch-site", "same-origin")], None)]
#[case::null_with_referer(&[("origin", "null"), ("referer", "http://localhost:3000/")], Some(MISSING))]
#[case::referer(&[("referer", "http://localhost:3000/sign-in")], None)]
#[case::foreign_referer(&[("referer", "http://evil.example/x")], Some(INVALID))]
#[case::empty_origin(&[("cookie", "a=b"), ("origin", ""), ("referer", "http://localhost:3000/")], None)]
#[case::cookie(&[("cookie", "a=b")], Some(MISSING))]
#[case::empty_cookie(&[("cookie", ""), ("origin", "http://evil.example")], Some(INVALID))]
#[case::foreign_form(&[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")], Some(BLOCKED))]
#[case::foreign_form_with_cookie(
    &[("cookie", "a=b"), ("origin", "http://localhost:3000"), ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")],
    None
)]
#[case::foreign_script(&[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "cors")], Some(MISSING))]
#[case::node(&[("sec-fetch-mode", "cors")], Some(MISSING))]
#[case::node_with_origin(&[("sec-fetch-mode", "cors"), ("origin", "http://localhost:3000")], None)]
#[case::typed(&[("sec-fetch-site", "none"), ("sec-fetch-mode", "navigate")], Some(MISSING))]
#[case::blank(&[("sec-fetch-site", " ")], None)]
#[tokio::test]
async fn sign_in_from(
    #[case] headers: Headers,
    #[case] code: Option<&str>,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let site = Site::start(backend).await;
    let answer = site.send(with(Ask::sign_in("nobody@example.com", "x"), headers)).await;
    let expected = code.map_or((401, "INVALID_EMAIL_OR_PASSWORD"), |code| (403, code));
    assert_eq!(answer.refusal(), (expected.0, expected.1.to_owned()));
}

#[rstest]
#[case::no_cookie(&[("origin", "http://evil.example")], 200)]
#[case::fetched_without_cookie(&[("sec-fetch-mode", "cors")], 200)]
#[case::any_cookie(&[("cookie", "a=b"), ("origin", "http://evil.example")], 403)]
#[case::no_origin(&[("cookie", "a=b")], 403)]
#[case::trusted(&[("cookie", "a=b"), ("origin", "http://localhost:3000")], 200)]
#[tokio::test]
async fn sign_out_from(
    #[case] headers: Headers,
    #[case] status: u16,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let site = Site::start(backend).await;
    let answer = site.send(with(Ask::post("/sign-out", &json!({})), headers)).await;
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(answer.clears(), status == 200);
}

#[rstest]
#[case::media_type("text/plain", "x", 415, "UNSUPPORTED_MEDIA_TYPE")]
#[case::syntax("application/json", "{bad", 400, "BAD_REQUEST")]
#[case::before_the_shape("application/json", "{}", 403, INVALID)]
#[case::before_the_place("application/json", r#"{"callbackURL":"//evil"}"#, 403, INVALID)]
#[tokio::test]
async fn the_origin_is_checked_between_syntax_and_shape(
    #[case] content_type: &str,
    #[case] body: &str,
    #[case] status: u16,
    #[case] code: &str,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let site = Site::start(backend).await;
    let ask = Ask::new("POST", "/sign-in/email").header("content-type", content_type).body(body);
    let answer =
        site.send(ask.header("cookie", "a=b").header("origin", "http://evil.example")).await;
    assert_eq!(answer.refusal(), (status, code.to_owned()));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn fetch_metadata_is_checked_after_the_shape(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let headers = &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
    let answer = site.send(with(Ask::post("/sign-in/email", &json!({})), headers)).await;
    assert_eq!(answer.refusal(), (400, "VALIDATION_ERROR".to_owned()));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_base_url_replaces_the_requests_own_origin(#[case] backend: Backend) {
    let base = "http://todo.example".parse().unwrap();
    let site = Site::with(backend, |settings| settings.base_url = Some(base)).await;
    site.sign_up(EMAIL).await;
    let from = |origin: &str| Ask::sign_in(EMAIL, PASSWORD).header("origin", origin);

    assert_eq!(site.send(from("http://todo.example")).await.status, 200);
    assert_eq!(site.send(from("http://127.0.0.1:8000")).await.refusal(), (403, INVALID.to_owned()));
    let hidden = from("null").header("sec-fetch-site", "same-origin");
    assert_eq!(site.send(hidden).await.refusal(), (403, INVALID.to_owned()));
}

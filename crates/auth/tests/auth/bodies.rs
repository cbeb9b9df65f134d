//! Paths, media types and shapes: what is refused before the database is asked. The texts are those of the real 1.7.25.

use auth::{BodyError, RateLimits};
use rstest::rstest;
use testkit::Backend;

use crate::harness::{Ask, Site};

const UP: &str = "/sign-up/email";
const IN: &str = "/sign-in/email";

async fn post(target: &str, content_type: &str, body: &str) -> (u16, String) {
    let site = Site::start(Backend::Sqlite).await;
    let ask = Ask::new("POST", target).header("content-type", content_type).body(body);
    let answer = site.send(ask).await;
    (answer.status, answer.text)
}

#[rstest]
#[case(
    UP,
    "[]",
    "[body] Invalid input: expected object, received array; [body] Invalid input: expected record, received array"
)]
#[case(
    UP,
    "null",
    "[body] Invalid input: expected object, received null; [body] Invalid input: expected record, received null"
)]
#[case(
    UP,
    "",
    "[body] Invalid input: expected object, received undefined; [body] Invalid input: expected record, received undefined"
)]
#[case(IN, "\"x\"", "[body] Invalid input: expected object, received string")]
#[case(IN, "1", "[body] Invalid input: expected object, received number")]
#[case(IN, "true", "[body] Invalid input: expected object, received boolean")]
#[case("/sign-out", "[]", "[body] Invalid input: expected object, received array")]
#[case("/sign-out", "null", "[body] Invalid input: expected object, received null")]
#[case(
    UP,
    "{}",
    "[body.name] Invalid input: expected string, received undefined; [body.email] Invalid input: expected string, received undefined; [body.password] Invalid input: expected string, received undefined"
)]
#[case(
    UP,
    r#"{"name":{},"email":[],"password":true}"#,
    "[body.name] Invalid input: expected string, received object; [body.email] Invalid input: expected string, received array; [body.password] Invalid input: expected string, received boolean"
)]
#[case(UP, r#"{"name":"a","email":"","password":"x"}"#, "[body.email] Invalid email address")]
#[case(
    UP,
    r#"{"name":"a","email":"a@b.co","password":""}"#,
    "[body.password] Too small: expected string to have >=1 characters"
)]
#[case(
    UP,
    r#"{"name":"a","email":"a@b.co","password":"12345678","image":null,"rememberMe":"x"}"#,
    "[body.image] Invalid input: expected string, received null; [body.rememberMe] Invalid input: expected boolean, received string"
)]
#[case(
    IN,
    r#"{"email":2,"password":null}"#,
    "[body.email] Invalid input: expected string, received number; [body.password] Invalid input: expected string, received null"
)]
#[case(
    IN,
    r#"{"email":"a@b.co","password":"x","callbackURL":null}"#,
    "[body.callbackURL] Invalid input: expected string, received null"
)]
#[tokio::test]
async fn a_wrong_shape_is_told_in_full(
    #[case] target: &str,
    #[case] body: &str,
    #[case] message: &str,
) {
    let expected = format!(r#"{{"message":"{message}","code":"VALIDATION_ERROR"}}"#);
    assert_eq!(post(target, "application/json", body).await, (400, expected));
}

#[tokio::test]
async fn a_form_knows_only_texts() {
    let form = "email=a%40b.co&password=12345678&rememberMe=false";
    let message = "[body.rememberMe] Invalid input: expected boolean, received string";
    let expected = format!(r#"{{"message":"{message}","code":"VALIDATION_ERROR"}}"#);
    assert_eq!(post(IN, "application/x-www-form-urlencoded", form).await, (400, expected));
}

#[rstest]
#[case(IN, "text/plain", "application/x-www-form-urlencoded, application/json")]
#[case(UP, "Text/Plain; a=b", "application/x-www-form-urlencoded, application/json")]
#[case(IN, "application/vnd.api+json", "application/x-www-form-urlencoded, application/json")]
#[case("/sign-out", "application/x-www-form-urlencoded", "application/json")]
#[case("/delete-user", "text/plain", "application/json")]
#[tokio::test]
async fn other_media_types_are_refused(
    #[case] target: &str,
    #[case] sent: &str,
    #[case] allowed: &str,
) {
    let expected = format!(
        r#"{{"message":"Content-Type \"{sent}\" is not allowed. Allowed types: {allowed}","code":"UNSUPPORTED_MEDIA_TYPE"}}"#
    );
    assert_eq!(post(target, sent, "{}").await, (415, expected));
}

#[rstest]
#[case(UP, "{bad")]
#[case(IN, "  ")]
#[case("/sign-out", "{}}")]
#[tokio::test]
async fn broken_json_is_refused(#[case] target: &str, #[case] body: &str) {
    let expected = r#"{"message":"Invalid JSON in request body","code":"BAD_REQUEST"}"#;
    assert_eq!(post(target, "application/json", body).await, (400, expected.to_owned()));
}

#[rstest]
#[case("callbackURL", "Invalid callbackURL", "INVALID_CALLBACK_URL")]
#[case("redirectTo", "Invalid redirectURL", "INVALID_REDIRECT_URL")]
#[case("errorCallbackURL", "Invalid errorCallbackURL", "INVALID_ERROR_CALLBACK_URL")]
#[case("newUserCallbackURL", "Invalid newUserCallbackURL", "INVALID_NEW_USER_CALLBACK_URL")]
#[tokio::test]
async fn foreign_places_are_refused_before_the_shape(
    #[case] key: &str,
    #[case] message: &str,
    #[case] code: &str,
) {
    let foreign = post(IN, "application/json", &format!(r#"{{"{key}":"//evil"}}"#)).await;
    let no_text = post(IN, "application/json", &format!(r#"{{"{key}":{{}}}}"#)).await;
    assert_eq!(foreign, (403, format!(r#"{{"message":"{message}","code":"{code}"}}"#)));
    assert_eq!(no_text, (400, format!(r#"{{"message":"{message}: expected a string"}}"#)));
}

#[rstest]
#[case(r#"{"email":"nobody","password":"x"}"#, 400, "INVALID_EMAIL")]
#[case(r#"{"email":" a@b.co","password":"x"}"#, 400, "INVALID_EMAIL")]
#[tokio::test]
async fn sign_in_checks_the_address_after_the_shape(
    #[case] body: &str,
    #[case] status: u16,
    #[case] code: &str,
) {
    let answer = post(IN, "application/json", body).await;
    assert_eq!(answer, (status, format!(r#"{{"message":"Invalid email","code":"{code}"}}"#)));
}

#[rstest]
#[case(UP, "1234567", "PASSWORD_TOO_SHORT", "Password too short")]
#[case(UP, &"x".repeat(129), "PASSWORD_TOO_LONG", "Password too long")]
#[case(IN, &"x".repeat(129), "PASSWORD_TOO_LONG", "Password too long")]
#[tokio::test]
async fn the_length_of_a_password(
    #[case] target: &str,
    #[case] password: &str,
    #[case] code: &str,
    #[case] message: &str,
) {
    let body = format!(r#"{{"name":"a","email":"a@b.co","password":"{password}"}}"#);
    let expected = format!(r#"{{"message":"{message}","code":"{code}"}}"#);
    assert_eq!(post(target, "application/json", &body).await, (400, expected));
}

#[rstest]
#[case("GET", "/nope")]
#[case("GET", "")]
#[case("GET", "/")]
#[case("GET", "/ok/")]
#[case("GET", "//ok")]
#[case("GET", "/OK")]
#[case("GET", "/%6fk")]
#[case("HEAD", "/ok")]
#[case("POST", "/ok")]
#[case("HEAD", "/get-session")]
#[case("PUT", "/get-session")]
#[case("GET", "/sign-in/email")]
#[case("OPTIONS", "/sign-in/email")]
#[tokio::test]
async fn anything_else_is_404_and_empty(
    #[case] method: &str,
    #[case] target: &str,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let site = Site::start(backend).await;
    // Not even the origin is looked at.
    let answer = site.send(Ask::new(method, target).header("cookie", "a=b")).await;
    assert_eq!((answer.status, answer.text.as_str()), (404, ""));
    assert!(answer.headers.is_empty());
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn ok_says_so(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let answer = site.send(Ask::get("/ok?x=1")).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, r#"{"ok":true}"#));
    assert_eq!(answer.header("content-type"), Some("application/json"));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn post_get_session_looks_at_no_body(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let ask = Ask::new("POST", "/get-session").header("content-type", "text/plain").body("{bad");
    let answer = site.send(ask).await;
    let message = "POST method requires deferSessionRefresh to be enabled in session config";
    let code = "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED";
    assert_eq!(answer.text, format!(r#"{{"message":"{message}","code":"{code}"}}"#));
    assert_eq!((answer.status, answer.header("cache-control")), (405, Some("no-store")));
}

#[rstest]
#[case(BodyError::TooLarge, 413, "PAYLOAD_TOO_LARGE", "Request body is too large")]
#[case(BodyError::BrokenOff, 400, "BAD_REQUEST", "Request body is incomplete")]
#[tokio::test]
async fn a_body_that_did_not_arrive_is_told_where_one_is_wanted(
    #[case] error: BodyError,
    #[case] status: u16,
    #[case] code: &str,
    #[case] message: &str,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let site = Site::with(backend, |settings| settings.rate_limits = RateLimits::Memory).await;
    let send = async |path: &str| site.send(Ask::new("POST", path).without_body(error)).await;
    for path in ["/nothing", "/ok", "/sign-in/"] {
        assert_eq!((send(path).await.status, &*send(path).await.text), (404, ""));
    }
    assert_eq!(send("/get-session").await.status, 405, "nobody looks at it");
    for _ in 0..3 {
        let refused = send("/sign-in/email").await;
        let body = format!(r#"{{"message":"{message}","code":"{code}"}}"#);
        assert_eq!((refused.status, &*refused.text), (status, &*body));
    }
    assert_eq!(send("/sign-in/email").await.status, 429);
}

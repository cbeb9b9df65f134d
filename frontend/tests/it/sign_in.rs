//! Signing in, registering, signing out.

use http::StatusCode;
use rstest::rstest;

use crate::browser::Browser;

fn stranger() -> Browser {
    let browser = Browser::new();
    browser.fake.lock().unwrap().signed_in = false;
    browser
}

#[rstest]
#[case::nothing("", "/")]
#[case::page("%2Fall%3Fdone%3D1", "/all?done=1")]
#[case::other_site("https%3A%2F%2Fevil.example", "/")]
#[case::other_host("%2F%2Fevil.example", "/")]
#[case::backslash("%2F%5Cevil.example", "/")]
#[case::line("%2F%0D%0ASet-Cookie%3A+a%3Db", "/")]
#[case::encoded("%2F%252Fevil.example", "/")]
#[tokio::test]
async fn one_goes_back_but_never_elsewhere(#[case] next: &str, #[case] target: &str) {
    let form = format!("email=mia%40example.com&password=password123&next={next}");
    for path in ["/login", "/register"] {
        let answer = stranger().post(path, &form).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, target));
        assert!(answer.cookies()[0].starts_with("better-auth.session_token=abc;"));
        let signed_in = Browser::new().get(&format!("{path}?next={next}")).await;
        assert_eq!(signed_in.header("location"), target);
    }
}

#[tokio::test]
async fn a_wrong_password_is_told_and_the_address_kept() {
    let page = stranger().post("/login", "email=mia%40example.com&password=wrong").await;
    assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    let text = page.text();
    assert!(text.contains("do not match") && text.contains("value=\"mia@example.com\""), "{text}");
    assert!(!text.contains("wrong"), "{text}");
}

#[tokio::test]
async fn the_zone_goes_along_with_the_first_call() {
    let browser =
        stranger().with("cookie", "tz=America/New_York").with("origin", "http://todo.example");
    browser.post("/register", "name=Mia&email=mia%40example.com&password=password123").await;
    let (headers, body) = browser.call("POST /api/auth/sign-up/email");
    assert_eq!(body, r#"{"name":"Mia","email":"mia@example.com","password":"password123"}"#);
    for (name, value) in [
        ("x-browser-time-zone", "America/New_York"),
        ("origin", "http://todo.example"),
        ("host", "todo.example"),
        ("x-forwarded-host", "todo.example"),
        ("x-forwarded-for", "192.0.2.4"),
        ("x-forwarded-proto", "http"),
    ] {
        assert_eq!(headers[name], value, "{name}");
    }
}

#[tokio::test]
async fn signing_out_ends_at_the_door() {
    let answer = Browser::new().post("/logout", "").await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/login"));
    assert_eq!(answer.cookies().len(), 1);
}

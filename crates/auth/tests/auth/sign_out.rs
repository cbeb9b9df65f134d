//! `POST /sign-out`.

use rstest::rstest;
use serde_json::json;
use testkit::Backend;

use crate::harness::{Ask, EMAIL, PASSWORD, Site};

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn ends_this_session_alone(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let (one, two) = (site.sign_up(EMAIL).await, site.send(Ask::sign_in(EMAIL, PASSWORD)).await);

    let out = site.send(Ask::post("/sign-out", &json!({})).by(&one)).await;

    assert_eq!((out.status, out.text.as_str(), out.clears()), (200, r#"{"success":true}"#, true));
    let ended = site.send(Ask::get("/get-session").by(&one)).await;
    assert_eq!((ended.text.as_str(), ended.clears()), ("null", true));
    assert_ne!(site.session(Ask::get("/get-session").by(&two)).await, json!(null));
}

#[rstest]
#[case::nothing(Ask::new("POST", "/sign-out"))]
#[case::empty(Ask::post("/sign-out", &json!({})))]
#[case::unknown(Ask::post("/sign-out", &json!({})).bearer("nobody"))]
#[case::foreign_page_without_cookie(Ask::post("/sign-out", &json!({})).header("origin", "http://evil.example"))]
#[tokio::test]
async fn works_without_a_session(
    #[case] ask: Ask,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let out = Site::start(backend).await.send(ask).await;
    assert_eq!((out.status, out.text.as_str(), out.clears()), (200, r#"{"success":true}"#, true));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn leaves_no_session_behind_under_the_other_name(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let (one, two) = (site.sign_up(EMAIL).await, site.send(Ask::sign_in(EMAIL, PASSWORD)).await);
    let both = format!("{}; __Secure-{}", one.jar(), two.jar());

    let ask = Ask::post("/sign-out", &json!({})).by(&one).header("cookie", &both);
    assert_eq!(site.send(ask).await.status, 200);

    assert_eq!(site.session(Ask::get("/get-session").by(&two)).await, json!(null));
}

//! Who sent a request to the rest of the API.

use auth::{AuthError, Authenticated, StoredSettings};
use domain::{Source, UserId, ZoneName};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use jiff::SignedDuration;
use rstest::rstest;
use serde_json::json;
use storage::UserSettings;
use testkit::Backend;

use crate::harness::{Answer, Ask, EMAIL, PASSWORD, Site};

async fn who(
    site: &Site,
    method: Method,
    headers: &[(&str, &str)],
) -> Result<Authenticated, AuthError> {
    let pair = |(name, value): &(&str, &str)| {
        (name.parse::<HeaderName>().unwrap(), value.parse::<HeaderValue>().unwrap())
    };
    let headers: HeaderMap = headers.iter().map(pair).collect();
    site.auth.authenticate(&site.client, &method, &headers, "request-1").await
}

fn id_of(answer: &Answer) -> UserId {
    UserId(answer.json()["user"]["id"].as_str().unwrap().to_owned())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn names_the_owner_of_the_session(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let (ada, eve) = (site.sign_up(EMAIL).await, site.sign_up("eve@example.com").await);
    let zone = ZoneName::parse("Europe/Berlin").unwrap();
    site.store.remember_zone(&id_of(&ada), &zone).await.unwrap();
    let bearer = format!("Bearer {}", ada.token());
    let signed = format!("bearer {}", ada.header("set-auth-token").unwrap());
    let jar = ada.jar();
    let ways: [&[(&str, &str)]; 4] = [
        &[("cookie", &jar)],
        &[("authorization", &bearer)],
        &[("authorization", &signed)],
        &[("authorization", &bearer), ("cookie", &eve.jar())],
    ];

    for headers in ways {
        let found = who(&site, Method::GET, headers).await.unwrap();
        assert_eq!(found.actor.user_id(), &id_of(&ada));
        assert_eq!((found.actor.source(), found.actor.request_id()), (Source::Api, "request-1"));
        let settings = UserSettings { zone: Some(zone.clone()), policy: None };
        assert_eq!(found.settings, StoredSettings::Known(settings));
        assert!(found.cookies.is_empty());
    }
    let found = who(&site, Method::GET, &[("cookie", &eve.jar())]).await.unwrap();
    let none = StoredSettings::Known(UserSettings::default());
    assert_eq!((found.actor.user_id(), found.settings), (&id_of(&eve), none));
    assert_eq!(found.actor.with_source(Source::Chat).source(), Source::Chat);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn nobody_without_a_session(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let user = site.sign_up(EMAIL).await;
    let (tampered, jar) = (user.jar().replace(".session_token=", ".session_token=x"), user.jar());
    let headers: [&[(&str, &str)]; 6] = [
        &[],
        &[("cookie", "a=b")],
        &[("cookie", &tampered)],
        &[("authorization", "Bearer nobody")],
        &[("authorization", "Bearer nobody"), ("cookie", &jar)],
        &[("authorization", "Bearer a.b.c")],
    ];
    for headers in headers {
        let found = who(&site, Method::POST, headers).await;
        assert!(matches!(found, Err(AuthError::NoCredentials)), "{headers:?}: {found:?}");
    }
    site.clock.advance(SignedDuration::from_hours(8 * 24));
    let over = who(&site, Method::GET, &[("cookie", &jar)]).await;
    assert!(matches!(over, Err(AuthError::NoCredentials)));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn the_session_slides_and_a_browser_is_told(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let user = site.sign_up(EMAIL).await;
    let second = site.send(Ask::sign_in(EMAIL, PASSWORD)).await;
    let body = json!({ "email": EMAIL, "password": PASSWORD, "rememberMe": false });
    let browser = site.send(Ask::post("/sign-in/email", &body)).await;
    let unremembered = who(&site, Method::GET, &[("cookie", &browser.jar())]).await.unwrap();
    site.clock.advance(SignedDuration::from_hours(24));

    let slid = who(&site, Method::GET, &[("cookie", &user.jar())]).await.unwrap();
    let again = who(&site, Method::GET, &[("cookie", &user.jar())]).await.unwrap();
    let bearer = format!("Bearer {}", second.token());
    let by_bearer = who(&site, Method::GET, &[("authorization", &bearer)]).await.unwrap();

    assert_eq!(slid.cookies, user.set_cookies());
    assert!(again.cookies.is_empty() && by_bearer.cookies.is_empty());
    assert!(unremembered.cookies.is_empty());
    for answer in [user, second] {
        let row = site.store.signed_in(&answer.token()).await.unwrap().unwrap();
        assert_eq!(row.session.expires_at.to_string(), "2026-12-01T10:00:00.123Z");
    }
    let row = site.store.signed_in(&browser.token()).await.unwrap().unwrap();
    assert_eq!(row.session.expires_at.to_string(), "2026-11-24T10:00:00.123Z");
}

#[rstest]
#[case::read(Method::GET, &[("origin", "http://evil.example")], true)]
#[case::head(Method::HEAD, &[], true)]
#[case::own(Method::POST, &[("origin", "http://127.0.0.1:8000")], true)]
#[case::trusted(Method::DELETE, &[("origin", "http://localhost:3000")], true)]
#[case::referer(Method::PATCH, &[("referer", "http://localhost:3000/tasks")], true)]
#[case::browsers_word(Method::POST, &[("sec-fetch-site", "same-origin")], true)]
#[case::null_and_browsers_word(Method::POST, &[("origin", "null"), ("sec-fetch-site", "same-origin")], true)]
#[case::foreign(Method::POST, &[("origin", "http://evil.example")], false)]
#[case::foreign_against_word(Method::POST, &[("origin", "http://evil.example"), ("sec-fetch-site", "same-origin")], false)]
#[case::same_site(Method::POST, &[("sec-fetch-site", "same-site")], false)]
#[case::missing(Method::PUT, &[], false)]
#[case::null(Method::POST, &[("origin", "null")], false)]
#[tokio::test]
async fn a_change_by_cookie_comes_from_our_pages(
    #[case] method: Method,
    #[case] headers: &[(&str, &str)],
    #[case] fine: bool,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let site = Site::start(backend).await;
    let user = site.sign_up(EMAIL).await;
    let (jar, bearer) = (user.jar(), format!("Bearer {}", user.token()));

    let by_cookie = who(&site, method.clone(), &[headers, &[("cookie", &jar)]].concat()).await;
    let with_both = [headers, &[("cookie", &jar), ("authorization", &bearer)]].concat();
    let by_bearer = who(&site, method, &with_both).await;

    match by_cookie {
        Ok(_) => assert!(fine),
        Err(AuthError::ForeignOrigin) => assert!(!fine),
        Err(other) => panic!("{other:?}"),
    }
    assert!(by_bearer.is_ok(), "a foreign page cannot send a bearer token");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_deleted_user_is_nobody(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let user = site.sign_up(EMAIL).await;
    let ask = Ask::post("/delete-user", &json!({ "password": PASSWORD })).by(&user);
    assert_eq!(site.send(ask).await.status, 200);
    let found = who(&site, Method::GET, &[("cookie", &user.jar())]).await;
    assert!(matches!(found, Err(AuthError::NoCredentials)));
}

//! API tokens.

use auth::{AuthError, Authenticated, Credential, StoredSettings, TokenDraft, TokenError};
use domain::ZoneName;
use http::{HeaderMap, Method, header};
use jiff::SignedDuration;
use rstest::rstest;
use storage::{TokenScope, UserSettings, count_queries};
use testkit::Backend;

use crate::harness::{Ask, EMAIL, Site};

async fn who(site: &Site, method: Method, token: &str) -> Result<Authenticated, AuthError> {
    let mut headers = HeaderMap::new();
    headers.insert(header::AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
    site.auth.authenticate(&site.client, &method, &headers, "r1").await
}

fn draft(scope: TokenScope) -> TokenDraft {
    TokenDraft { name: "CI".to_owned(), scope, expires_at: None }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_token_stands_for_its_user(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let user = site.sign_up(EMAIL).await;
    let ada = who(&site, Method::GET, &user.token()).await.unwrap().actor;
    let zone = ZoneName::parse("Europe/Berlin").unwrap();
    site.store.remember_zone(ada.user_id(), &zone).await.unwrap();
    let write = site.auth.new_api_token(&ada, draft(TokenScope::Write)).await.unwrap();
    site.clock.advance(SignedDuration::from_secs(1));
    let read = site.auth.new_api_token(&ada, draft(TokenScope::Read)).await.unwrap();
    assert_eq!((write.text.len(), &write.text[..5]), (45, "todo_"));

    let found = who(&site, Method::POST, &write.text).await.unwrap();
    assert_eq!(found.actor.user_id(), ada.user_id());
    let settings = StoredSettings::Known(UserSettings { zone: Some(zone), policy: None });
    assert_eq!(
        (found.credential, found.settings),
        (Credential::ApiToken(TokenScope::Write), settings)
    );
    assert!(who(&site, Method::GET, &read.text).await.is_ok());
    for method in [Method::POST, Method::PATCH, Method::PUT, Method::DELETE] {
        let refused = who(&site, method, &read.text).await;
        assert!(matches!(refused, Err(AuthError::ReadOnly)));
    }
    for wrong in [
        "todo_",
        "todo_x",
        &write.text[..44],
        &format!("{}x", write.text),
        &write.text.to_uppercase(),
    ] {
        let refused = who(&site, Method::GET, wrong).await;
        assert!(matches!(refused, Err(AuthError::NoCredentials)), "{wrong}");
    }
    // It is no bearer token of sign-in.
    assert_eq!(site.send(Ask::get("/get-session").bearer(&write.text)).await.text, "null");
    assert_eq!(site.send(Ask::get("/token").bearer(&write.text)).await.status, 401);

    let listed = site.auth.api_tokens(&ada).await.unwrap();
    assert_eq!(
        listed.iter().map(|token| token.id).collect::<Vec<_>>(),
        [write.token.id, read.token.id]
    );
    assert!(site.auth.delete_api_token(&ada, write.token.id).await.unwrap());
    assert!(!site.auth.delete_api_token(&ada, write.token.id).await.unwrap());
    assert!(who(&site, Method::GET, &write.text).await.is_err());
    site.store.delete_user(ada.user_id()).await.unwrap();
    assert!(who(&site, Method::GET, &read.text).await.is_err(), "gone with the user");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn its_first_use_on_a_day_is_noted(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let user = site.sign_up(EMAIL).await;
    let ada = who(&site, Method::GET, &user.token()).await.unwrap().actor;
    let token = site.auth.new_api_token(&ada, draft(TokenScope::Read)).await.unwrap();
    let used = async || site.auth.api_tokens(&ada).await.unwrap()[0].last_used_day;
    assert_eq!(used().await, None);
    for (statements, day) in [(2, "2026-11-23"), (1, "2026-11-23"), (2, "2026-11-24")] {
        if day == "2026-11-24" {
            site.clock.advance(SignedDuration::from_hours(14));
        }
        let (found, counted) = count_queries(who(&site, Method::GET, &token.text)).await;
        assert_eq!((found.is_ok(), counted), (true, statements));
        assert_eq!(used().await, Some(day.parse().unwrap()));
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_token_ends_and_there_are_not_too_many(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let user = site.sign_up(EMAIL).await;
    let ada = who(&site, Method::GET, &user.token()).await.unwrap().actor;
    let hour = SignedDuration::from_hours(1);
    let ends = domain::Clock::now(&*site.clock) + hour;
    let draft = || TokenDraft { expires_at: Some(ends), ..draft(TokenScope::Read) };
    let token = site.auth.new_api_token(&ada, draft()).await.unwrap();
    assert!(who(&site, Method::GET, &token.text).await.is_ok());
    site.clock.advance(hour);
    assert!(matches!(who(&site, Method::GET, &token.text).await, Err(AuthError::NoCredentials)));

    for _ in 1..100 {
        site.auth.new_api_token(&ada, draft()).await.unwrap();
    }
    let refused = site.auth.new_api_token(&ada, draft()).await;
    assert!(matches!(refused, Err(TokenError::TooMany)));
}

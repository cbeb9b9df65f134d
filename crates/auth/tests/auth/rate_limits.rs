//! How many requests an address may make.

use auth::RateLimits;
use jiff::SignedDuration;
use rstest::rstest;
use serde_json::json;
use testkit::Backend;

use crate::harness::{Answer, Ask, EMAIL, PASSWORD, Site};

const SECOND: SignedDuration = SignedDuration::from_secs(1);
const BODY: &str = r#"{"message":"Too many requests. Please try again later."}"#;

async fn counting(backend: Backend, limits: RateLimits) -> Site {
    Site::with(backend, |settings| settings.rate_limits = limits).await
}

fn wrong() -> Ask {
    Ask::sign_in("nobody", "x") // no address: no password is hashed
}

fn refused(answer: &Answer, seconds: &str) {
    assert_eq!((answer.status, &*answer.text), (429, BODY));
    for name in ["x-retry-after", "retry-after"] {
        assert_eq!(answer.header(name), Some(seconds), "{name}");
    }
    assert_eq!(answer.header("content-type"), Some("application/json"));
}

#[rstest]
#[case::sqlite(Backend::Sqlite, RateLimits::Database)]
#[case::postgres(Backend::Postgres, RateLimits::Database)]
#[case::memory(Backend::Sqlite, RateLimits::Memory)]
#[case::memory_beside_postgres(Backend::Postgres, RateLimits::Memory)]
#[tokio::test]
async fn three_sign_ins_in_ten_seconds(#[case] backend: Backend, #[case] limits: RateLimits) {
    let site = counting(backend, limits).await;
    for _ in 0..3 {
        assert_eq!(site.send(wrong()).await.status, 400);
        site.clock.advance(SECOND);
    }
    refused(&site.send(wrong()).await, "9");
    // Before all else: path, media type, origin.
    refused(&site.send(Ask::get("/sign-in/email")).await, "9");
    site.clock.advance(SECOND * 8);
    refused(&site.send(wrong()).await, "1");
    // Other paths are counted apart.
    let sign_up =
        Ask::post("/sign-up/email", &json!({ "name": "", "email": EMAIL, "password": PASSWORD }));
    assert_eq!(site.send(sign_up).await.status, 200);
    assert_eq!(site.send(Ask::get("/ok")).await.status, 200);

    site.clock.advance(SECOND);
    for _ in 0..3 {
        assert_eq!(
            site.send(wrong()).await.status,
            400,
            "a full window after the last one let through"
        );
    }
    refused(&site.send(wrong()).await, "10");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn replicas_count_together(#[case] backend: Backend) {
    let site = counting(backend, RateLimits::Database).await;
    let other = site.replica(|settings| settings.rate_limits = RateLimits::Database).await;
    for site in [&site, &other, &site] {
        assert_eq!(site.send(wrong()).await.status, 400);
    }
    refused(&other.send(wrong()).await, "10");
    refused(&site.send(wrong()).await, "10");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn of_twenty_at_once_three_get_through(#[case] backend: Backend) {
    let site = counting(backend, RateLimits::Database).await;
    let other = site.replica(|settings| settings.rate_limits = RateLimits::Database).await;
    let sites = [std::sync::Arc::new(site), std::sync::Arc::new(other)];
    let asked: Vec<_> = (0..20)
        .map(|number| {
            let site = std::sync::Arc::clone(&sites[number % 2]);
            tokio::spawn(async move { site.send(wrong()).await.status })
        })
        .collect();
    let mut statuses = Vec::new();
    for asked in asked {
        statuses.push(asked.await.unwrap());
    }
    assert_eq!(statuses.iter().filter(|status| **status == 400).count(), 3, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 17, "{statuses:?}");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn addresses_are_counted_apart(#[case] backend: Backend) {
    let mut site = counting(backend, RateLimits::Database).await;
    let addresses = [
        (Some("192.0.2.7"), 400),
        (Some("192.0.2.8"), 400),
        (None, 400),
        (Some("2001:db8::1"), 400),
        // One network has one count.
        (Some("2001:db8::2"), 429),
        (Some("::ffff:192.0.2.7"), 429),
    ];
    for (address, status) in addresses {
        site.client.address = address.map(|address| address.parse().unwrap());
        for _ in 0..3 {
            assert_eq!(site.send(wrong()).await.status, status, "{address:?}");
        }
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_hundred_of_the_rest_and_a_minute_for_mail(#[case] backend: Backend) {
    let site = counting(backend, RateLimits::Database).await;
    for _ in 0..100 {
        assert_eq!(site.send(Ask::get("/ok")).await.status, 200);
    }
    refused(&site.send(Ask::get("/ok")).await, "10");
    // Paths that are nowhere are counted together.
    for number in 0..100 {
        assert_eq!(site.send(Ask::get(&format!("/sign-in/{number}"))).await.status, 404);
    }
    refused(&site.send(Ask::get("/nope")).await, "10");

    let mail = || Ask::post("/request-password-reset", &json!({ "email": EMAIL }));
    for _ in 0..3 {
        assert_eq!(site.send(mail()).await.refusal().1, "RESET_PASSWORD_DISABLED");
    }
    site.clock.advance(SECOND * 20);
    refused(&site.send(mail()).await, "40");
}

#[rstest]
#[case::sign_up("/sign-up/email", 10)]
#[case::change_password("/change-password", 10)]
#[case::change_email("/change-email", 10)]
#[case::confirmation("/send-verification-email", 60)]
#[case::reset("/request-password-reset", 60)]
#[tokio::test]
async fn the_fourth_is_one_too_many(
    #[case] path: &str,
    #[case] window: i32,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let mut site = counting(backend, RateLimits::Database).await;
    site.client.address = Some("192.0.2.7".parse().unwrap());
    let ask = || Ask::post(path, &json!({}));
    for _ in 0..3 {
        assert_eq!(site.send(ask()).await.status, 400);
        site.clock.advance(SECOND);
    }
    refused(&site.send(ask()).await, &(window - 1).to_string());

    let last = domain::Clock::now(&*site.clock).as_millisecond() - 1000;
    assert_eq!(site.rate_limits().await, [(format!("192.0.2.7|{path}"), 3, last)]);
    site.clock.advance(SECOND * (window - 1));
    assert_eq!(site.send(ask()).await.status, 400);
    let last = domain::Clock::now(&*site.clock).as_millisecond();
    assert_eq!(site.rate_limits().await, [(format!("192.0.2.7|{path}"), 1, last)]);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn off_is_off(#[case] backend: Backend) {
    let site = counting(backend, RateLimits::Off).await;
    for _ in 0..5 {
        assert_eq!(site.send(wrong()).await.status, 400);
    }
}

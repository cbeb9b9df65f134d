//! `GET /get-session`: which session a request presents, and how long it lives.

use jiff::{SignedDuration, ToSpan};
use rstest::rstest;
use serde_json::json;
use testkit::Backend;

use crate::harness::{Answer, Ask, EMAIL, PASSWORD, Site};

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const MILLISECOND: SignedDuration = SignedDuration::from_millis(1);

fn ask() -> Ask {
    Ask::get("/get-session")
}

/// The signed token of an answer, not percent-encoded.
fn signed(answer: &Answer) -> &str {
    answer.header("set-auth-token").unwrap()
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn slides_when_a_day_has_passed(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let user = site.sign_up(EMAIL).await;

    site.clock.advance(HOUR * 24 - MILLISECOND);
    let young = site.send(ask().by(&user)).await;
    site.clock.advance(MILLISECOND);
    let unrefreshed = site.send(Ask::get("/get-session?disableRefresh=true").by(&user)).await;
    let slid = site.send(ask().by(&user)).await;
    let again = site.send(ask().by(&user)).await;

    for answer in [&young, &unrefreshed] {
        assert_eq!(answer.json()["session"]["expiresAt"], "2026-11-30T10:00:00.123Z");
        assert!(answer.set_cookies().is_empty());
    }
    assert_eq!(slid.json()["session"]["expiresAt"], "2026-12-01T10:00:00.123Z");
    assert_eq!(slid.json()["session"]["updatedAt"], "2026-11-24T10:00:00.123Z");
    assert_eq!(slid.json()["session"]["createdAt"], "2026-11-23T10:00:00.123Z");
    assert_eq!(slid.set_cookies(), user.set_cookies());
    assert_eq!(slid.header("set-auth-token"), user.header("set-auth-token"));
    assert_eq!(slid.header("access-control-expose-headers"), Some("set-auth-jwt, set-auth-token"));
    assert_eq!(again.text, slid.text);
    assert!(again.set_cookies().is_empty());
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn lives_a_week_without_use(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let (one, two) = (site.sign_up(EMAIL).await, site.send(Ask::sign_in(EMAIL, PASSWORD)).await);

    site.clock.advance(HOUR * 24 * 7);
    assert_ne!(site.session(ask().by(&one)).await, json!(null), "its last millisecond");
    site.clock.advance(MILLISECOND);
    let over = site.send(ask().by(&two)).await;

    assert_eq!((over.text.as_str(), over.clears()), ("null", true));
    assert!(site.store.signed_in(&two.token()).await.unwrap().is_none(), "the row is still there");
    assert!(site.store.signed_in(&one.token()).await.unwrap().is_some());
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_browser_session_slides_only_as_a_bearer_token(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    site.sign_up(EMAIL).await;
    let body = json!({ "email": EMAIL, "password": PASSWORD, "rememberMe": false });
    let user = site.send(Ask::post("/sign-in/email", &body)).await;
    let forged = user.jar().replace("eLx3", "eLx4");

    let still = site.send(ask().by(&user)).await;
    let marked_bearer = site.send(ask().by(&user).bearer(&user.token())).await;
    assert_eq!(still.json()["session"]["expiresAt"], "2026-11-24T10:00:00.123Z");
    assert_eq!(marked_bearer.text, still.text);

    let slid = site.send(ask().header("cookie", &forged)).await;
    assert_eq!(slid.json()["session"]["expiresAt"], "2026-11-30T10:00:00.123Z");

    let user = site.send(Ask::post("/sign-in/email", &body)).await;
    let bearer = site.send(ask().bearer(&user.token())).await;
    assert_eq!(bearer.json()["session"]["expiresAt"], "2026-11-30T10:00:00.123Z");
    assert_eq!(bearer.header("set-auth-token"), user.header("set-auth-token"));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn every_way_to_present_a_token(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let user = site.sign_up(EMAIL).await;
    let (token, signed, jar) = (user.token(), signed(&user), user.jar());
    let encoded = jar.split_once('=').unwrap().1;
    let good = [
        ask().header("cookie", &jar),
        ask().header("cookie", &format!("theme=dark;{jar}")),
        ask().header("cookie", &format!("better-auth.session_token={signed}")),
        ask().header("cookie", &format!("__Secure-{jar}")),
        ask().header("cookie", &format!("{jar}; better-auth.session_token=x")),
        ask().bearer(&token),
        ask().bearer(signed),
        ask().bearer(encoded),
        ask().header("authorization", &format!("bearer   {token} ")),
        // A bearer token with a wrong signature is ignored, and the cookie counts.
        ask().header("cookie", &jar).bearer(&format!("{token}.AAAA")),
        ask().header("cookie", &jar).header("authorization", "Basic YTpi"),
    ];
    for (index, ask) in good.into_iter().enumerate() {
        assert_eq!(site.session(ask).await["token"], token, "good {index}");
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn what_is_not_genuine_is_nobody(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let user = site.sign_up(EMAIL).await;
    let (token, signed, jar) = (user.token(), signed(&user), user.jar());
    let unsigned = format!("better-auth.session_token={token}");
    let silent = [
        ask(),
        ask().header("cookie", &unsigned),
        ask().header("cookie", &format!("better-auth.session_token=x; {jar}")),
        ask().header(
            "cookie",
            &format!("better-auth.session_token={}x{}", &signed[..3], &signed[4..]),
        ),
        ask().bearer(&signed[..signed.len() - 1]),
        ask().bearer("a.b.c"),
        ask().bearer(" "),
        ask().header("authorization", "Bearer"),
    ];
    for (index, ask) in silent.into_iter().enumerate() {
        let answer = site.send(ask).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, "null"), "silent {index}");
        assert!(answer.set_cookies().is_empty(), "silent {index}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("pragma"), Some("no-cache"));
    }
    // An unknown token, unsigned or well signed, is a session that is over; it beats a good cookie.
    let over = [ask().bearer("nobody"), ask().bearer(&format!("{token}x")).header("cookie", &jar)];
    for (index, ask) in over.into_iter().enumerate() {
        let answer = site.send(ask).await;
        assert_eq!((answer.text.as_str(), answer.clears()), ("null", true), "over {index}");
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_copy_of_the_session_that_better_auth_left_is_removed(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let user = site.sign_up(EMAIL).await;
    let jar = format!("{}; better-auth.session_data=x", user.jar());

    let answer = site.send(ask().header("cookie", &jar)).await;

    assert_eq!(answer.json()["session"]["token"], user.token());
    let gone = "better-auth.session_data=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax";
    assert_eq!(answer.set_cookies(), [gone]);
    assert_eq!(answer.header("set-auth-token"), None);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_deep_past_or_future_is_survived(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let user = site.sign_up(EMAIL).await;
    let years = SignedDuration::try_from(87_600_i64.hours()).unwrap();
    site.clock.advance(-years);
    assert_ne!(site.session(ask().by(&user)).await, json!(null));
    site.clock.advance(years * 2);
    assert_eq!(site.session(ask().by(&user)).await, json!(null));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn only_somebody_signed_in_has_an_account(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let user = site.sign_up(EMAIL).await;
    let passwords = json!({ "currentPassword": PASSWORD, "newPassword": "another long one" });
    for ask in [
        Ask::get("/list-sessions"),
        Ask::get("/list-accounts"),
        Ask::get("/token"),
        Ask::post("/revoke-session", &json!({ "token": user.token() })),
        Ask::post("/revoke-sessions", &json!({})),
        Ask::post("/revoke-other-sessions", &json!({})),
        Ask::post("/update-user", &json!({ "name": "Eve" })),
        Ask::post("/change-password", &passwords),
        Ask::post("/verify-password", &json!({ "password": PASSWORD })),
        Ask::post("/delete-user", &json!({ "password": PASSWORD })),
    ] {
        let answer = site.send(ask).await;
        assert_eq!(answer.status, 401, "{}", answer.text);
    }
    let who = site.send(ask().by(&user)).await.json();
    assert_eq!(
        (&who["session"]["token"], &who["user"]["name"]),
        (&json!(user.token()), &json!("Ada"))
    );
}

//! Whatever is sent to `/api/auth`: nothing fails, and nobody is signed in.

use proptest::{collection::vec, option, prelude::*};
use rstest::rstest;
use serde_json::{Map, Value};
use testkit::Backend;

use crate::harness::{Ask, EMAIL, Site};

const PATHS: [&str; 24] = [
    "/sign-up/email",
    "/sign-in/email",
    "/sign-out",
    "/get-session",
    "/token",
    "/jwks",
    "/list-sessions",
    "/revoke-session",
    "/revoke-other-sessions",
    "/revoke-sessions",
    "/update-session",
    "/change-password",
    "/verify-password",
    "/request-password-reset",
    "/reset-password",
    "/reset-password/x",
    "/update-user",
    "/change-email",
    "/list-accounts",
    "/send-verification-email",
    "/verify-email",
    "/delete-user",
    "/ok",
    "/nothing",
];

const MEMBERS: [&str; 14] = [
    "name",
    "email",
    "password",
    "image",
    "callbackURL",
    "rememberMe",
    "token",
    "newPassword",
    "currentPassword",
    "revokeOtherSessions",
    "newEmail",
    "redirectTo",
    "state",
    "disableRedirect",
];

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(Value::from("a\0b")),
        Just(Value::from(EMAIL)),
        Just(Value::from("/dash")),
        Just(Value::from("not the password")),
        vec(any::<i8>(), 0..3).prop_map(Value::from),
        Just(Value::Object(Map::new())),
    ]
}

fn body() -> impl Strategy<Value = String> {
    let object = vec((prop::sample::select(&MEMBERS[..]), value()), 0..6);
    let object = object.prop_map(|members| {
        let members = members.into_iter().map(|(name, value)| (name.to_owned(), value));
        Value::Object(members.collect()).to_string()
    });
    let form = vec((prop::sample::select(&MEMBERS[..]), "[a-z%0-9+@.]{0,20}"), 0..4);
    let form = form.prop_map(|pairs| {
        let pairs = pairs.into_iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("&")
    });
    prop_oneof![4 => object, 1 => form, 1 => value().prop_map(|it| it.to_string()), 1 => any::<String>()]
}

/// A value of a header; what it may begin with makes it likely to be looked at.
fn line(starts: &'static [&'static str]) -> impl Strategy<Value = String> {
    (prop::sample::select(starts), "[ -~]{0,60}").prop_map(|(start, rest)| format!("{start}{rest}"))
}

const COOKIES: &[&str] = &[
    "",
    "better-auth.session_token=",
    "better-auth.session_token=8tTxTbA8yHc0HVPlnUZjHyWAQn4v3j9y.",
    "__Secure-better-auth.session_token=",
    "better-auth.dont_remember=true.",
    "better-auth.session_data=",
];

fn ask() -> impl Strategy<Value = Ask> {
    let method = prop::sample::select(&["GET", "POST", "POST", "POST", "PUT", "HEAD"][..]);
    let target = (prop::sample::select(&PATHS[..]), option::of("[a-zA-Z]{1,12}=[!-\"$-~]{0,30}"));
    let kinds = &[
        "application/json",
        "application/json; x",
        "application/x-www-form-urlencoded",
        "text/plain",
    ];
    let kind = prop::sample::select(&kinds[..]);
    let cookie = option::of(line(COOKIES));
    let bearer = option::of(line(&["Bearer ", "Bearer a.b.", "Bearer todo_", "Basic "]));
    let origin = option::of(line(&["http://127.0.0.1:8000", "http://", "null", ""]));
    (method, target, kind, body(), cookie, bearer, origin).prop_filter_map(
        "an address",
        |(method, (path, query), kind, body, cookie, bearer, origin)| {
            let target = query.map_or(path.to_owned(), |query| format!("{path}?{query}"));
            target.parse::<http::Uri>().ok()?;
            let ask = Ask::new(method, &target).header("content-type", kind).body(&body);
            let headers = [("cookie", cookie), ("authorization", bearer), ("origin", origin)];
            let sent = headers.into_iter().filter_map(|(name, value)| Some((name, value?)));
            Some(sent.fold(ask, |ask, (name, value)| ask.header(name, &value)))
        },
    )
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
fn nothing_fails_and_nobody_is_signed_in(#[case] backend: Backend) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let site = runtime.block_on(Site::with(backend, |settings| settings.sign_up_open = false));
    let open = runtime.block_on(site.replica(|_| ()));
    let user = runtime.block_on(open.sign_up(EMAIL));
    proptest!(ProptestConfig::with_cases(400), |(ask in ask())| {
        let answer = runtime.block_on(site.send(ask));
        prop_assert!(answer.status < 500, "{answer:?}");
        let told = ["set-auth-token", "set-auth-jwt"].map(|name| answer.header(name));
        prop_assert_eq!(told, [None; 2], "{:?}", answer);
        let set = answer.set_cookies();
        prop_assert!(set.iter().all(|cookie| cookie.contains("=; Max-Age=0")), "{set:?}");
    });
    let session = runtime.block_on(site.session(Ask::get("/get-session").by(&user)));
    assert_eq!(session["token"], user.token(), "and who is signed in stays it");
}

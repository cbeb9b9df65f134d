//! The recording of the real Better Auth 1.7.25, replayed.
//!
//! Source: `better-auth.md`, section 11, golden test. What differs from run to run is replaced as `difflog.py` does; unlike
//! there, the order of JSON keys and of the cookies must be the recorded one.

use std::collections::HashMap;

use http::HeaderName;
use rstest::rstest;
use serde::Deserialize;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};
use testkit::Backend;

use crate::harness::{Answer, Ask, Site};

const RECORDING: &str = include_str!("../better-auth/better-auth-1.7.25-exchanges.jsonl");

/// Recorded exchanges that are not answered yet, and the issue that brings them. The list may only shrink: an exchange in
/// it that is answered as recorded fails the test.
const LATER: [(&str, u32); 21] = [
    ("token (jwt plugin)", 5),
    ("jwks", 5),
    ("list-sessions", 5),
    ("update-user", 5),
    ("update-user email refused", 5),
    ("list-accounts", 5),
    ("change-password wrong", 5),
    ("change-password OK", 5),
    ("change-password revoke others", 5),
    ("token without session", 5),
    ("list-sessions without session", 5),
    ("revoke-session (other)", 5),
    ("revoke-other-sessions", 5),
    ("revoke-sessions", 5),
    ("token via bearer raw token", 5),
    ("token bearer bad", 5),
    ("reset password disabled", 5),
    ("change-email same", 5),
    ("change-email", 5),
    ("update-session none", 5),
    ("verify-password wrong (server scope)", 5),
];

/// What the exchanges of [`LATER`] would have done to the database, as far as later answers show it.
const STAND_INS: [(&str, &str); 2] = [
    (
        "update-user",
        r#"update "user" set "name" = 'Ada L.', "image" = 'https://example.com/a.png'"#,
    ),
    // The password `new correct horse 2`.
    (
        "change-password revoke others",
        r#"update "account" set "password" = '18802e17cbf1f7b94340f03dd96a5b3f:58ff0e74450a85f3dd37860f03be280a6579e8995dec75ad11f5896903b5abeded550c5dc7e1fd759bd0ff5b5889dd668c03eb353bf97923a39a0384666ffa60'"#,
    ),
];

/// The headers that the contract names. `set-auth-jwt` comes with issue 5.
const CONTRACT: [&str; 8] = [
    "content-type",
    "cache-control",
    "pragma",
    "location",
    "set-cookie",
    "set-auth-token",
    "access-control-expose-headers",
    "x-retry-after",
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Exchange {
    label: String,
    method: String,
    url: String,
    req_headers: Vec<(String, String)>,
    #[serde(default)]
    req_body: String,
    status: u16,
    res_headers: Vec<(String, String)>,
    res_body: String,
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn answers_as_recorded(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let mut tokens = Tokens::default();
    let (mut theirs, mut ours) = (Normaliser::default(), Normaliser::default());
    let mut later: HashMap<_, _> = LATER.into_iter().collect();

    for exchange in RECORDING.lines().map(|line| serde_json::from_str::<Exchange>(line).unwrap()) {
        let answer = site.send(tokens.ask(&exchange)).await;
        if let Some(issue) = later.remove(exchange.label.as_str()) {
            assert_ne!(
                answer.status, exchange.status,
                "{}: no longer of issue {issue}",
                exchange.label
            );
            stand_in(&site, backend, &exchange.label).await;
            continue;
        }
        tokens.learn(&exchange, &answer);
        let expected = theirs.answer(exchange.status, &exchange.res_headers, &exchange.res_body);
        let actual = ours.answer(answer.status, &pairs(&answer), &answer.text);
        assert_eq!(actual, expected, "{}", exchange.label);
    }

    assert!(later.is_empty(), "not in the recording: {later:?}");
}

async fn stand_in(site: &Site, backend: Backend, label: &str) {
    let Some((_, sql)) = STAND_INS.iter().find(|(of, _)| *of == label) else { return };
    match backend {
        Backend::Sqlite => {
            let mut database = SqliteConnection::connect(&site.database.url).await.unwrap();
            database.execute(AssertSqlSafe(*sql)).await.unwrap();
        }
        Backend::Postgres => {
            let mut database = PgConnection::connect(&site.database.url).await.unwrap();
            database.execute(AssertSqlSafe(*sql)).await.unwrap();
        }
    }
}

fn pairs(answer: &Answer) -> Vec<(String, String)> {
    let text = |(name, value): (&HeaderName, &http::HeaderValue)| {
        (name.to_string(), value.to_str().unwrap().to_owned())
    };
    answer.headers.iter().map(text).collect()
}

/// Which of our session tokens stands for which recorded one.
#[derive(Default)]
struct Tokens(Vec<(String, String)>);

impl Tokens {
    /// The recorded request, with our tokens. A recorded token that we never gave out goes out as it is, and is genuine:
    /// the secret is the same.
    fn ask(&self, exchange: &Exchange) -> Ask {
        let (_, target) = exchange.url.split_once("/api/auth").unwrap();
        let ask = Ask::new(&exchange.method, target).header("user-agent", "node");
        let ask = ask.body(&self.translate(&exchange.req_body));
        let headers = exchange.req_headers.iter();
        headers.fold(ask, |ask, (name, value)| ask.header(name, &self.translate(value)))
    }

    fn translate(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (theirs, ours)| text.replace(theirs, ours))
    }

    fn learn(&mut self, exchange: &Exchange, answer: &Answer) {
        let theirs = exchange.res_headers.iter().find(|(name, _)| name == "set-auth-token");
        let (Some((_, theirs)), Some(ours)) = (theirs, answer.header("set-auth-token")) else {
            return;
        };
        let encoded =
            |signed: &str| signed.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        let token = |signed: &str| signed.split('.').next().unwrap().to_owned();
        // The longest first: each contains the next.
        self.0.push((encoded(theirs), encoded(ours)));
        self.0.push((theirs.clone(), ours.to_owned()));
        self.0.push((token(theirs), token(ours)));
    }
}

/// Replaces what differs from run to run: random values by their number in order of appearance, dates.
#[derive(Default)]
struct Normaliser(Vec<String>);

impl Normaliser {
    fn answer(&mut self, status: u16, headers: &[(String, String)], body: &str) -> String {
        let mut lines: Vec<_> = headers
            .iter()
            .filter(|(name, _)| CONTRACT.contains(&name.as_str()))
            .filter_map(|(name, value)| without_jwt(name, value))
            .collect();
        lines.sort_by_key(|(name, _)| *name);
        let body = self.text(body);
        let lines: Vec<_> =
            lines.iter().map(|(name, value)| format!("{name}: {}", self.text(value))).collect();
        format!("{status}\n{}\n\n{body}", lines.join("\n"))
    }

    fn text(&mut self, text: &str) -> String {
        let text = text.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
        let is_random = |letter: char| letter.is_ascii_alphanumeric() || "_+/-".contains(letter);
        let mut out = String::new();
        let mut rest = without_dates(&text);
        while !rest.is_empty() {
            let end = rest.find(|letter| !is_random(letter)).unwrap_or(rest.len());
            let padding = rest[end..].len() - rest[end..].trim_start_matches('=').len();
            let (run, after) = rest.split_at(end);
            let (lower, upper) = (run.to_lowercase() == run, run.to_uppercase() == run);
            if run.len() >= 24 && !lower && !upper {
                let (value, after) = rest.split_at(end + padding.min(2));
                out.push_str(&self.number(value));
                rest = after.to_owned();
            } else {
                out.push_str(run);
                out.extend(after.chars().next());
                rest = after.chars().skip(1).collect();
            }
        }
        out
    }

    fn number(&mut self, value: &str) -> String {
        let seen = self.0.iter().position(|seen| seen == value).unwrap_or_else(|| {
            self.0.push(value.to_owned());
            self.0.len() - 1
        });
        format!("<T{}>", seen + 1)
    }
}

/// Leaves out what issue 5 brings: the name of `set-auth-jwt` among the exposed headers.
fn without_jwt<'a>(name: &'a str, value: &str) -> Option<(&'a str, String)> {
    if name != "access-control-expose-headers" {
        return Some((name, value.to_owned()));
    }
    let rest: Vec<_> = value.split(", ").filter(|exposed| *exposed != "set-auth-jwt").collect();
    (!rest.is_empty()).then(|| (name, rest.join(", ")))
}

/// `2026-11-23T02:03:22.959Z` becomes `<D.3>`: how many decimals there are is no accident.
fn without_dates(text: &str) -> String {
    const DATE: usize = "2026-11-23T02:03:22.959Z".len();
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("\"20") {
        let (before, after) = rest.split_at(at + 1);
        out.push_str(before);
        let date = after.get(..DATE).filter(|date| date.parse::<jiff::Timestamp>().is_ok());
        out.push_str(date.map_or("", |_| "<D.3>"));
        rest = &after[date.map_or(0, str::len)..];
    }
    out + rest
}

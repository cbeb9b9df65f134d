//! The recording of the real Better Auth 1.7.25, replayed.
//!
//! Source: `better-auth.md`, section 11, golden test. What differs from run to run is replaced as `difflog.py` does; unlike
//! there, the order of JSON keys and of the cookies must be the recorded one.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::HeaderName;
use rstest::rstest;
use serde::Deserialize;
use testkit::Backend;

use crate::harness::{Answer, Ask, Site};

const RECORDING: &str = include_str!("../better-auth/better-auth-1.7.25-exchanges.jsonl");

/// The headers that the contract names.
const CONTRACT: [&str; 9] = [
    "content-type",
    "cache-control",
    "pragma",
    "location",
    "set-cookie",
    "set-auth-token",
    "set-auth-jwt",
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
    let mut replayed = 0;

    for exchange in RECORDING.lines().map(|line| serde_json::from_str::<Exchange>(line).unwrap()) {
        let answer = site.send(tokens.ask(&exchange)).await;
        tokens.learn(&exchange, &answer);
        let expected = theirs.answer(exchange.status, &exchange.res_headers, &exchange.res_body);
        let actual = ours.answer(answer.status, &pairs(&answer), &answer.text);
        assert_eq!(actual, expected, "{}", exchange.label);
        replayed += 1;
    }

    assert_eq!(replayed, 55);
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
            .map(|(name, value)| (name, value.clone()))
            .collect();
        lines.sort_by_key(|(name, _)| *name);
        let body = self.text(body);
        let lines: Vec<_> =
            lines.iter().map(|(name, value)| format!("{name}: {}", self.text(value))).collect();
        format!("{status}\n{}\n\n{body}", lines.join("\n"))
    }

    fn text(&mut self, text: &str) -> String {
        let text = without_jwts(text);
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

/// A JWT becomes its header's and its claims' names: `<JWT alg,kid iat,name,…>`.
fn without_jwts(text: &str) -> String {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("eyJ") {
        let (before, after) = rest.split_at(at);
        let end = after.find(|letter| !is_part(letter) && letter != '.').unwrap_or(after.len());
        let (token, after) = after.split_at(end);
        let names: Vec<_> = token.split('.').take(2).map(names_in).collect();
        out.extend([before, "<JWT ", &names.join(" "), ">"]);
        rest = after;
    }
    out + rest
}

/// The names of the members of one part of a JWT, in their order.
fn names_in(part: &str) -> String {
    let json = BASE64_URL_SAFE_NO_PAD.decode(part).unwrap();
    let json = String::from_utf8(json).unwrap();
    let names = json.split("\":").filter_map(|text| text.rsplit_once('"'));
    names.map(|(_, name)| name).collect::<Vec<_>>().join(",")
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

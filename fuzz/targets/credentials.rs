//! Any cookie, bearer text and token: nobody gets in but by what was given out.

#![no_main]

use std::{
    future::ready,
    sync::{Arc, OnceLock},
};

use auth::{Auth, AuthError, AuthSettings, Client, Credential, RateLimits, TokenDraft};
use bytes::Bytes;
use fuzz::{SECRET, Seeded, StandingClock, block_on, open_database, seeds};
use http::{HeaderMap, HeaderValue, Method, Request, Response, header};
use libfuzzer_sys::fuzz_target;
use percent_encoding::percent_decode;
use serde_json::Value;
use storage::TokenScope;
use tempfile::TempDir;

const ACCOUNT: &str = r#"{"name": "Ada", "email": "ada@example.com", "password": "correct horse"}"#;

/// A site with one user, and what she was given.
struct Site {
    auth: Auth,
    user: String,
    /// `T.SIG`, as the cookie carries it.
    signed: String,
    session: String,
    jwt: String,
    /// What the JWT is found to be.
    by_jwt: Credential,
    api_token: String,
    _folder: TempDir,
}

fuzz_target!(init: seeds("credentials", cases()), |input: &[u8]| {
    // A cookie where the first byte is a letter c, else what stands in `Authorization`.
    let Some((kind, text)) = input.split_first() else { return };
    let Ok(value) = HeaderValue::from_bytes(text) else { return };
    let by_cookie = *kind == b'c';
    let name = if by_cookie { header::COOKIE } else { header::AUTHORIZATION };
    let headers = HeaderMap::from_iter([(name, value)]);
    block_on(site().try_in(&headers, text, by_cookie));
});

fn site() -> &'static Site {
    static SITE: OnceLock<Site> = OnceLock::new();
    SITE.get_or_init(|| block_on(Site::open()))
}

/// What was given out, whole, and bent as forgers bend it.
fn cases() -> Vec<Vec<u8>> {
    let Site { signed, session, jwt, api_token, .. } = site();
    let encoded = signed.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let parts: Vec<&str> = jwt.split('.').collect();
    let none = "eyJhbGciOiJub25lIn0"; // {"alg":"none"}
    let hs256 = "eyJhbGciOiJIUzI1NiJ9"; // {"alg":"HS256"}
    let cases = [
        format!("cbetter-auth.session_token={encoded}"),
        format!("c__Secure-better-auth.session_token=\"{encoded}\"; better-auth.session_token=a.b"),
        format!("ctheme=dark; better-auth.session_token={signed}"),
        format!("abearer {signed}"),
        format!("aBearer {encoded}"),
        format!("aBearer {session}"),
        format!("aBearer {jwt}"),
        format!("aBearer {api_token}"),
        format!("aBearer {none}.{}.", parts[1]),
        format!("aBearer {hs256}.{}.{}", parts[1], parts[2]),
        format!("aBearer {}.eyJzdWIiOiJib2IifQ.{}", parts[0], parts[2]),
        format!("aBearer x{signed}"),
        "aBasic YWRhOmNvcnJlY3QgaG9yc2U=".to_owned(),
    ];
    cases.into_iter().map(String::into_bytes).collect()
}

impl Site {
    async fn open() -> Self {
        let (store, folder) = open_database().await;
        let settings = AuthSettings {
            rate_limits: RateLimits::Off,
            ..AuthSettings::with_secret(SECRET.to_owned().into())
        };
        let auth = Auth::new(store, Arc::new(StandingClock), Arc::new(Seeded::default()), settings);
        let json = HeaderValue::from_static("application/json");
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, json)]);
        let answer = send(&auth, Method::POST, "/sign-up/email", headers, ACCOUNT).await;
        let cookie = answer.headers()[header::SET_COOKIE].as_bytes();
        let value = cookie.split(|byte| matches!(byte, b'=' | b';')).nth(1).expect("a value");
        let signed = percent_decode(value).decode_utf8_lossy().into_owned();
        let signed_up: Value = serde_json::from_slice(answer.body()).expect("JSON");
        let session = signed_up["token"].as_str().expect("a session").to_owned();
        let user = signed_up["user"]["id"].as_str().expect("an id").to_owned();
        let bearer = HeaderValue::try_from(format!("Bearer {session}")).expect("plain text");
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, bearer)]);
        let token = ask(&auth, Method::GET, "/token", headers.clone(), "").await;
        let jwt = token["token"].as_str().expect("a token").to_owned();
        let found = auth.authenticate(&client(), &Method::POST, &headers, "open").await;
        let actor = found.expect("the session is good").actor;
        let bearer = HeaderValue::try_from(format!("Bearer {jwt}")).expect("plain text");
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, bearer)]);
        let found = auth.authenticate(&client(), &Method::GET, &headers, "open").await;
        let by_jwt = found.expect("the token is good").credential;
        assert!(matches!(by_jwt, Credential::Jwt(_)), "{by_jwt:?}");
        let cookie = HeaderValue::try_from(format!("better-auth.session_token={signed}"));
        let headers = HeaderMap::from_iter([(header::COOKIE, cookie.expect("plain text"))]);
        let found = auth.authenticate(&client(), &Method::GET, &headers, "open").await;
        assert!(found.is_ok(), "what was given out is not taken");
        let draft =
            TokenDraft { name: "script".to_owned(), scope: TokenScope::Write, expires_at: None };
        let api_token = auth.new_api_token(&actor, draft).await.expect("a token").text;
        Self { auth, user, signed, session, jwt, by_jwt, api_token, _folder: folder }
    }

    async fn try_in(&self, headers: &HeaderMap, text: &[u8], by_cookie: bool) {
        let found = self.auth.authenticate(&client(), &Method::GET, headers, "try").await;
        let session = ask(&self.auth, Method::GET, "/get-session", headers.clone(), "").await;
        match found {
            Ok(found) => {
                assert_eq!(found.actor.user_id().0, self.user, "somebody else");
                let given = if by_cookie { self.in_cookie(text) } else { self.in_bearer(text) };
                assert_eq!(given, Some(found.credential), "forged");
                let is_session = found.credential == Credential::Session;
                assert_eq!(is_session, session != Value::Null, "two answers: {session}");
            }
            Err(AuthError::NoCredentials) => assert_eq!(session, Value::Null, "two answers"),
            Err(error) => panic!("{error}"),
        }
    }

    /// Which credential a text is, if it is one that was given out.
    fn in_bearer(&self, text: &[u8]) -> Option<Credential> {
        let text = String::from_utf8_lossy(text);
        let (_, token) = text.split_once(' ')?;
        let token = token.trim();
        let decoded = percent_decode(token.as_bytes()).decode_utf8_lossy();
        match token {
            _ if token == self.jwt => Some(self.by_jwt),
            _ if token == self.api_token => Some(Credential::ApiToken(TokenScope::Write)),
            _ if token == self.session || decoded == self.signed => Some(Credential::Session),
            _ => None,
        }
    }

    fn in_cookie(&self, text: &[u8]) -> Option<Credential> {
        let text = String::from_utf8_lossy(text);
        let mut values = text.split(';').filter_map(|pair| pair.split_once('='));
        let genuine = values.any(|(_, value)| {
            let value = value.trim();
            let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
            let value = quoted.unwrap_or(value);
            percent_decode(value.as_bytes()).decode_utf8_lossy() == self.signed
        });
        genuine.then_some(Credential::Session)
    }
}

fn client() -> Client {
    Client { address: None, origin: "http://127.0.0.1:8000".parse().expect("an origin") }
}

async fn ask(auth: &Auth, method: Method, path: &str, headers: HeaderMap, body: &str) -> Value {
    let answer = send(auth, method, path, headers, body).await;
    serde_json::from_slice(answer.body()).unwrap_or_default()
}

async fn send(
    auth: &Auth,
    method: Method,
    path: &str,
    headers: HeaderMap,
    body: &str,
) -> Response<Bytes> {
    let mut request = Request::new(ready(Ok(Bytes::from(body.to_owned()))));
    (*request.method_mut(), *request.headers_mut()) = (method, headers);
    *request.uri_mut() = format!("/api/auth{path}").parse().expect("a path");
    let answer = auth.answer(&client(), path, request).await;
    assert!(answer.status().as_u16() < 500, "{path}: {}", answer.status());
    answer
}

//! A database that Better Auth has filled: its passwords, sessions, tokens and keys go on.
//!
//! Source: `better-auth.md`, section 11, takeover test. The rows are those of the recording and of the vectors.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::SignedDuration;
use jsonwebtoken::{Algorithm, DecodingKey};
use rstest::rstest;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};
use testkit::{Backend, TestDatabase};

use crate::{
    harness::{Ask, Site},
    jwt::who,
};

const SCHEMA: &str = include_str!("../better-auth/better-auth-1.7.25-schema.postgres.sql");
const RECORDING: &str = include_str!("../better-auth/better-auth-1.7.25-exchanges.jsonl");
const HASH: &str = include_str!("../better-auth/vector-password-for-password123.txt");
const PRIVATE_KEY: &str = include_str!("../better-auth/vector-jwks-privateKey.json");
const X: &str = "40chCEsh_h5CBnsUh6s2ot8kSo8KsvTyKoCezYPkxOQ";
const EMAIL: &str = "ada1795399402718@example.com";
const TOKEN: &str = "8tTxTbA8yHc0HVPlnUZjHyWAQn4v3j9y";
const SIGNATURE: &str = "aT8GN%2BczKQCxODI0cg8zZsP5vNK%2BrntZyghlSUrOsA0%3D";

/// The token of the exchange "token (jwt plugin)".
fn recorded() -> String {
    let mut exchanges = RECORDING.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let exchange = exchanges.find(|it| it["label"] == "token (jwt plugin)").unwrap();
    let body: Value = serde_json::from_str(exchange["resBody"].as_str().unwrap()).unwrap();
    body["token"].as_str().unwrap().to_owned()
}

fn kid(token: &str) -> String {
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

fn claims(token: &str) -> Value {
    let claims = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice(&claims).unwrap()
}

/// What Better Auth had stored, in its own columns alone.
fn rows(time: &str, week: &str, no: &str) -> String {
    let (token, hash, private) = (recorded(), HASH.trim(), PRIVATE_KEY.trim());
    let (kid, id) = (kid(&token), claims(&token)["sub"].as_str().unwrap().to_owned());
    format!(
        r#"insert into "user" ("id", "name", "email", "emailVerified", "createdAt", "updatedAt")
            values ('{id}', 'Ada', '{EMAIL}', {no}, {time}, {time});
        insert into "account"
            ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt")
            values ('a', '{id}', 'credential', '{id}', '{hash}', {time}, {time});
        insert into "session"
            ("id", "expiresAt", "token", "createdAt", "updatedAt", "ipAddress", "userAgent", "userId")
            values ('s', {week}, '{TOKEN}', {time}, {time}, '', 'node', '{id}');
        insert into "jwks" ("id", "publicKey", "privateKey", "createdAt")
            values ('{kid}', '{{"crv":"Ed25519","x":"{X}","kty":"OKP"}}', '{private}', {time});"#
    )
}

/// SQLite has nothing to inherit: the rows alone are as Better Auth's.
async fn taken_over(backend: Backend) -> Site {
    let database = TestDatabase::empty(backend).await;
    if backend == Backend::Postgres {
        let mut before = PgConnection::connect(&database.url).await.unwrap();
        before.execute(SCHEMA).await.unwrap();
        let rows = rows("'2026-11-23T02:03:22.959Z'", "'2026-11-30T02:03:22.959Z'", "false");
        before.execute(AssertSqlSafe(rows)).await.unwrap();
        storage::migrate(&database.url).await.unwrap();
    } else {
        storage::migrate(&database.url).await.unwrap();
        let mut before = SqliteConnection::connect(&database.url).await.unwrap();
        let rows = rows("1795399402959000", "1796004202959000", "0");
        before.execute(AssertSqlSafe(rows)).await.unwrap();
    }
    let site = Site::over(database, |_| ()).await;
    site.clock.advance(-SignedDuration::from_mins(7 * 60 + 55)); // two minutes after the recording
    site
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn everything_goes_on(#[case] backend: Backend) {
    let site = taken_over(backend).await;
    site.auth.check_keys().await.unwrap();
    let (old, cookie) = (recorded(), format!("better-auth.session_token={TOKEN}.{SIGNATURE}"));
    let ada = claims(&old)["sub"].as_str().unwrap().to_owned();

    let signed_in = site.send(Ask::sign_in(EMAIL, "password123")).await;
    assert_eq!((signed_in.status, &signed_in.json()["user"]["id"]), (200, &ada.clone().into()));
    assert_eq!(site.send(Ask::sign_in(EMAIL, "password124")).await.status, 401);

    let session = site.send(Ask::get("/get-session").header("cookie", &cookie)).await.json();
    assert_eq!(session["session"]["expiresAt"], "2026-11-30T02:03:22.959Z");
    let user = serde_json::to_string(&session["user"]).unwrap();
    for claim in ["name", "email", "emailVerified", "image", "createdAt", "updatedAt", "id"] {
        assert_eq!(session["user"][claim], claims(&old)[claim], "{user}");
    }

    assert_eq!(who(&site, &old).await, Some(ada.clone()));
    let new = site.send(Ask::get("/token").header("cookie", &cookie)).await.token();
    assert_eq!((who(&site, &new).await, kid(&new)), (Some(ada), kid(&old)));
    let message = new.rsplit_once('.').unwrap();
    let key = DecodingKey::from_ed_components(X).unwrap();
    assert!(
        jsonwebtoken::crypto::verify(message.1, message.0.as_bytes(), &key, Algorithm::EdDSA)
            .unwrap()
    );
    let keys = site.send(Ask::get("/jwks")).await.json()["keys"].clone();
    assert_eq!((keys.as_array().unwrap().len(), &keys[0]["x"]), (1, &X.into()));
}

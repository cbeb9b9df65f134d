//! JSON Web Tokens: issued, believed, forged.

use std::sync::Arc;

use auth::{AuthError, AuthSettings, Credential, KeyFault, StoredSettings};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::{HeaderMap, Method, header};
use jiff::SignedDuration;
use jsonwebtoken::{Algorithm, EncodingKey, Header, jwk::Jwk as PublicJwk};
use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};
use storage::{Jwk, count_queries};
use testkit::Backend;

use crate::harness::{Ask, EMAIL, SECRET, Site};

const SECOND: SignedDuration = SignedDuration::from_secs(1);

/// Whom a token names at the rest of the API.
pub(crate) async fn who(site: &Site, token: &str) -> Option<String> {
    let mut headers = HeaderMap::new();
    headers.insert(header::AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
    match site.auth.authenticate(&site.client, &Method::POST, &headers, "r1").await {
        Ok(found) => {
            assert!(matches!(found.credential, Credential::Jwt(_)));
            assert_eq!(found.settings, StoredSettings::NotRead);
            Some(found.actor.user_id().0.clone())
        }
        Err(AuthError::NoCredentials) => None,
        Err(error) => panic!("{error}"),
    }
}

pub(crate) async fn issued(site: &Site) -> (String, String) {
    let user = site.sign_up(EMAIL).await;
    let answer = site.send(Ask::get("/token").by(&user)).await;
    (answer.token(), user.json()["user"]["id"].as_str().unwrap().to_owned())
}

pub(crate) fn claims(site: &Site) -> Value {
    let now = domain::Clock::now(&*site.clock).as_second();
    json!({ "sub": "somebody", "iat": now, "exp": now + 900 })
}

fn part(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A token with any header, signed with a key that the database has.
pub(crate) fn signed(header: &Value, claims: &Value, key: &EncodingKey, alg: Algorithm) -> String {
    let message = format!("{}.{}", part(header), part(claims));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), key, alg).unwrap();
    format!("{message}.{signature}")
}

/// An Ed25519 key whose public half stands in the database.
pub(crate) async fn own_key(site: &Site, id: &str, alg: Option<&str>, seed: u8) -> EncodingKey {
    let mut der = hex::decode("302e020100300506032b657004220420").unwrap();
    der.extend([seed; 32]);
    let key = EncodingKey::from_ed_der(&der);
    let public = PublicJwk::from_encoding_key(&key, Algorithm::EdDSA).unwrap();
    let public = serde_json::to_value(&public.algorithm).unwrap();
    insert(site, id, &public, alg).await;
    key
}

/// As if Better Auth had made a key: by us there is never a second one.
pub(crate) async fn insert(site: &Site, id: &str, public: &Value, alg: Option<&str>) {
    let alg = alg.map_or("null".to_owned(), |alg| format!("'{alg}'"));
    let row = |now| {
        format!(
            r#"insert into "jwks" ("id", "publicKey", "privateKey", "createdAt", "alg")
            values ('{id}', '{public}', '"00"', {now}, {alg})"#
        )
    };
    site.execute(&row("0"), &row("'epoch'")).await;
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn an_issued_token_is_believed_until_it_ends(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let (token, id) = issued(&site).await;
    assert_eq!(who(&site, &token).await.as_deref(), Some(&*id));

    let (found, statements) = count_queries(who(&site, &token)).await;
    assert_eq!((found.as_deref(), statements), (Some(&*id), 0), "keys are remembered");

    // 60 s for clocks that lie apart.
    site.clock.advance(SECOND * (900 + 59));
    assert_eq!(who(&site, &token).await.as_deref(), Some(&*id));
    site.clock.advance(SECOND);
    assert_eq!(who(&site, &token).await, None);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_token_means_nothing_to_sign_in_itself(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let (token, _) = issued(&site).await;
    assert_eq!(site.send(Ask::get("/get-session").bearer(&token)).await.text, "null");
    assert_eq!(site.send(Ask::get("/list-sessions").bearer(&token)).await.status, 401);
}

#[rstest]
#[case::sub(json!({ "sub": "a", "user_id": "b", "userId": "c", "id": "d" }), Some("a"))]
#[case::user_id(json!({ "sub": "", "user_id": "b", "userId": "c", "id": "d" }), Some("b"))]
#[case::camel(json!({ "sub": 1, "userId": "c", "id": "d" }), Some("c"))]
#[case::id(json!({ "id": "d" }), Some("d"))]
#[case::nobody(json!({ "name": "Ada" }), None)]
#[case::nul(json!({ "sub": "a\0b" }), None)]
#[case::long(json!({ "sub": "a".repeat(256) }), None)]
#[case::not_yet(json!({ "sub": "a", "nbf": 9_999_999_999_i64 }), None)]
#[case::no_number(json!({ "sub": "a", "nbf": "now" }), None)]
#[tokio::test]
async fn the_user_is_the_first_claim_that_names_one(
    #[case] more: Value,
    #[case] user: Option<&str>,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let site = Site::start(backend).await;
    let key = own_key(&site, "k1", None, 1).await;
    let mut claims = claims(&site);
    claims.as_object_mut().unwrap().remove("sub");
    claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let token = signed(&json!({ "alg": "EdDSA", "kid": "k1" }), &claims, &key, Algorithm::EdDSA);
    assert_eq!(who(&site, &token).await.as_deref(), user);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn forged_tokens_name_nobody(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let (token, _) = issued(&site).await;
    let key = own_key(&site, "k1", Some("EdDSA"), 1).await;
    let other = own_key(&site, "k2", Some("EdDSA"), 2).await;
    own_key(&site, "es", Some("ES256"), 3).await;
    own_key(&site, "hs", Some("HS256"), 4).await;
    let good = claims(&site);
    let ed = Algorithm::EdDSA;
    let header = json!({ "alg": "EdDSA", "kid": "k1" });
    site.clock.advance(SECOND);
    assert!(who(&site, &signed(&header, &good, &key, ed)).await.is_some(), "what is varied below");

    let public = PublicJwk::from_encoding_key(&key, ed).unwrap();
    let public = serde_json::to_value(&public.algorithm).unwrap();
    let x = BASE64_URL_SAFE_NO_PAD.decode(public["x"].as_str().unwrap()).unwrap();
    let with = |more: Value| {
        let mut header = header.clone();
        header.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        header
    };
    let without = |claim: &str| {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(claim);
        claims
    };
    let but = |claim: &str, value: Value| {
        let mut claims = good.clone();
        claims[claim] = value;
        claims
    };
    let hs = Algorithm::HS256;
    let stranger = EncodingKey::from_ed_der(
        &[hex::decode("302e020100300506032b657004220420").unwrap(), vec![9; 32]].concat(),
    );
    let stranger_public = PublicJwk::from_encoding_key(&stranger, ed).unwrap();
    let stranger_public = serde_json::to_value(&stranger_public.algorithm).unwrap();
    let unsigned =
        |alg: &str| format!("{}.{}.", part(&json!({ "alg": alg, "kid": "k1" })), part(&good));
    let signature = token.rsplit_once('.').unwrap().1;
    let forged = [
        ("alg none", unsigned("none")),
        ("alg NONE", unsigned("NONE")),
        ("no alg", format!("{}.{}.", part(&json!({ "kid": "k1" })), part(&good))),
        ("none with a signature", format!("{}{signature}", unsigned("none"))),
        ("no signature", unsigned("EdDSA")),
        (
            "HS256 under the public key",
            signed(
                &json!({ "alg": "HS256", "kid": "k1" }),
                &good,
                &EncodingKey::from_secret(&x),
                hs,
            ),
        ),
        (
            "HS256 under the public key as text",
            signed(
                &json!({ "alg": "HS256", "kid": "k1" }),
                &good,
                &EncodingKey::from_secret(public.to_string().as_bytes()),
                hs,
            ),
        ),
        (
            "HS256 under the secret, which is off",
            signed(
                &json!({ "alg": "HS256" }),
                &good,
                &EncodingKey::from_secret(SECRET.as_bytes()),
                hs,
            ),
        ),
        ("a row for HS256", signed(&json!({ "alg": "EdDSA", "kid": "hs" }), &good, &key, ed)),
        (
            "the row's algorithm is another",
            signed(&json!({ "alg": "EdDSA", "kid": "es" }), &good, &key, ed),
        ),
        ("swapped alg", signed(&json!({ "alg": "ES256", "kid": "k1" }), &good, &key, ed)),
        ("swapped alg RS256", signed(&json!({ "alg": "RS256", "kid": "k1" }), &good, &key, ed)),
        ("no kid", signed(&json!({ "alg": "EdDSA" }), &good, &key, ed)),
        ("unknown kid", signed(&json!({ "alg": "EdDSA", "kid": "k9" }), &good, &key, ed)),
        ("kid of another row", signed(&json!({ "alg": "EdDSA", "kid": "k2" }), &good, &key, ed)),
        ("key of another row", signed(&header, &good, &other, ed)),
        ("a kid that is SQL", signed(&with(json!({ "kid": "' or '1'='1" })), &good, &key, ed)),
        (
            "a kid that is a path",
            signed(&with(json!({ "kid": "../../dev/null" })), &good, &key, ed),
        ),
        ("embedded jwk", signed(&with(json!({ "jwk": stranger_public })), &good, &stranger, ed)),
        ("jku", signed(&with(json!({ "jku": "http://127.0.0.1:1/jwks" })), &good, &stranger, ed)),
        ("x5u", signed(&with(json!({ "x5u": "http://127.0.0.1:1/x" })), &good, &stranger, ed)),
        ("x5c", signed(&with(json!({ "x5c": ["AAAA"] })), &good, &stranger, ed)),
        ("crit", signed(&with(json!({ "crit": ["b64"], "b64": false })), &good, &key, ed)),
        ("expired", signed(&header, &but("exp", json!(1_795_399_402)), &key, ed)),
        ("missing exp", signed(&header, &without("exp"), &key, ed)),
        ("exp is no number", signed(&header, &but("exp", json!("9999999999")), &key, ed)),
        ("exp is null", signed(&header, &but("exp", Value::Null), &key, ed)),
        ("no user", signed(&header, &without("sub"), &key, ed)),
        ("claims are a list", signed(&header, &json!([good]), &key, ed)),
        ("tampered payload", {
            let parts: Vec<_> = token.split('.').collect();
            format!("{}.{}.{}", parts[0], part(&good), parts[2])
        }),
        ("a fourth part", format!("{token}.{signature}")),
        ("huge", format!("{}.{}.{signature}", part(&header), "A".repeat(1 << 20))),
        (
            "a huge header",
            format!("{}.e30.{signature}", part(&with(json!({ "x": "x".repeat(9000) })))),
        ),
        ("garbage", "a.b.c".to_owned()),
        ("dots", "..".to_owned()),
        ("not base64", "eyJ!.eyJ!.!".to_owned()),
        ("padded", {
            let parts: Vec<_> = token.split('.').collect();
            format!("{}=.{}.{}", parts[0], parts[1], parts[2])
        }),
        ("deep JSON", format!("{}.e30.x", BASE64_URL_SAFE_NO_PAD.encode("[".repeat(4000)))),
    ];
    for (name, token) in forged {
        let known = token.matches('.').count() == 2;
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
        let found = site.auth.authenticate(&site.client, &Method::GET, &headers, "r").await;
        assert!(matches!(found, Err(AuthError::NoCredentials)), "{name} ({known}): {found:?}");
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_bad_token_is_not_replaced_by_a_good_cookie(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let user = site.sign_up(EMAIL).await;
    let mut headers = HeaderMap::new();
    headers.insert(header::COOKIE, user.jar().parse().unwrap());
    headers.insert(header::AUTHORIZATION, "Bearer a.b.c".parse().unwrap());
    let found = site.auth.authenticate(&site.client, &Method::GET, &headers, "r").await;
    assert!(matches!(found, Err(AuthError::NoCredentials)));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn rows_of_es256_and_rs256_are_used_for_nothing_else(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    // P-256, as `openssl ecparam -genkey` makes it; PKCS #8.
    let der = "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420\
        c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721a14403420004\
        60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
    let key = EncodingKey::from_ec_der(&hex::decode(der).unwrap());
    let public = PublicJwk::from_encoding_key(&key, Algorithm::ES256).unwrap();
    let public = serde_json::to_value(&public.algorithm).unwrap();
    insert(&site, "es", &public, Some("ES256")).await;
    insert(&site, "wrong", &public, Some("RS256")).await;
    let claims = claims(&site);
    let token = |kid: &str, alg: &str| {
        signed(&json!({ "alg": alg, "kid": kid }), &claims, &key, Algorithm::ES256)
    };
    assert_eq!(who(&site, &token("es", "ES256")).await.as_deref(), Some("somebody"));
    assert_eq!(who(&site, &token("es", "RS256")).await, None);
    assert_eq!(who(&site, &token("wrong", "ES256")).await, None);
    assert_eq!(who(&site, &token("wrong", "RS256")).await, None);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn the_secret_signs_only_where_the_operator_says_so(#[case] backend: Backend) {
    let site = Site::with(backend, |settings| settings.hs256 = true).await;
    let header = Header::new(Algorithm::HS256);
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let token = jsonwebtoken::encode(&header, &claims(&site), &key).unwrap();
    assert_eq!(who(&site, &token).await.as_deref(), Some("somebody"));
    let other = EncodingKey::from_secret(b"another");
    let token = jsonwebtoken::encode(&header, &claims(&site), &other).unwrap();
    assert_eq!(who(&site, &token).await, None);
    let header = Header::new(Algorithm::HS512);
    let token = jsonwebtoken::encode(&header, &claims(&site), &key).unwrap();
    assert_eq!(who(&site, &token).await, None);
}

#[rstest]
#[case::mail(json!({ "email": EMAIL, "userId": "ada" }), false)]
#[case::mail_of_a_change(json!({ "email": EMAIL, "userId": "ada", "updateTo": "x@y.zz", "id": "ada" }), false)]
#[case::subject(json!({ "email": EMAIL, "userId": "ada", "sub": "ada" }), true)]
#[case::user_id(json!({ "email": EMAIL, "userId": "ada", "user_id": "ada" }), true)]
#[case::no_address(json!({ "userId": "ada" }), true)]
#[tokio::test]
async fn what_was_mailed_names_nobody(
    #[case] more: Value,
    #[case] believed: bool,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let site = Site::with(backend, |settings| settings.hs256 = true).await;
    let mut claims = claims(&site);
    claims.as_object_mut().unwrap().remove("sub");
    claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key).unwrap();
    assert_eq!(who(&site, &token).await.as_deref(), believed.then_some("ada"));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_long_name_or_picture_makes_no_token_that_is_refused(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let user = site.sign_up(EMAIL).await;
    let id = user.json()["user"]["id"].as_str().unwrap().to_owned();
    // As long as bodies allow, where one character becomes six; and a picture that Better Auth has stored.
    let name = "\u{1}".repeat(20_000);
    for (image, told) in [(64_000, true), (1_000_000, false)] {
        let body = json!({ "name": name, "image": "x".repeat(image) });
        assert_eq!(site.send(Ask::post("/update-user", &body).by(&user)).await.status, 200);
        let token = site.send(Ask::get("/token").by(&user)).await.token();
        let beside = site.send(Ask::get("/get-session").by(&user)).await;
        for token in [&*token, beside.header("set-auth-jwt").unwrap()] {
            assert_eq!(who(&site, token).await.as_deref(), Some(&*id));
            let claims = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
            let claims: Value = serde_json::from_slice(&claims).unwrap();
            assert_eq!((claims["name"] == name, claims["image"].is_string()), (true, told));
        }
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_token_lives_as_long_as_the_operator_says(#[case] backend: Backend) {
    let site = Site::with(backend, |settings| settings.jwt_seconds = 604_800).await;
    let (token, id) = issued(&site).await;
    site.clock.advance(SECOND * (604_800 + 59));
    assert_eq!(who(&site, &token).await.as_deref(), Some(&*id));
    site.clock.advance(SECOND);
    assert_eq!(who(&site, &token).await, None);
}

#[rstest]
#[case::both(json!({ "iss": "https://a", "aud": "x" }), true)]
#[case::one_of_a_list(json!({ "iss": "https://b", "aud": ["z", "y"] }), true)]
#[case::another_issuer(json!({ "iss": "https://c", "aud": "x" }), false)]
#[case::another_audience(json!({ "iss": "https://a", "aud": ["z"] }), false)]
#[case::none(json!({}), false)]
#[case::no_text(json!({ "iss": 1, "aud": {} }), false)]
#[case::list_of_issuers(json!({ "iss": ["https://a"], "aud": "x" }), false)]
#[tokio::test]
async fn issuer_and_audience_are_checked_where_they_are_listed(
    #[case] more: Value,
    #[case] believed: bool,
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let listed = |settings: &mut AuthSettings| {
        settings.jwt_issuers = vec!["https://a".to_owned(), "https://b".to_owned()];
        settings.jwt_audiences = vec!["x".to_owned(), "y".to_owned()];
    };
    let site = Site::with(backend, listed).await;
    let key = own_key(&site, "k1", None, 1).await;
    let mut claims = claims(&site);
    claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let token = signed(&json!({ "alg": "EdDSA", "kid": "k1" }), &claims, &key, Algorithm::EdDSA);
    assert_eq!(who(&site, &token).await.is_some(), believed);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn unknown_keys_are_looked_for_but_not_by_everybody(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let claims = claims(&site);
    let header = |kid: &str| json!({ "alg": "EdDSA", "kid": kid });
    let first = own_key(&site, "k1", None, 1).await;
    let token = signed(&header("k1"), &claims, &first, Algorithm::EdDSA);
    assert!(who(&site, &token).await.is_some());

    let flood = async {
        for number in 0..100 {
            let token = signed(&header(&format!("x{number}")), &claims, &first, Algorithm::EdDSA);
            assert_eq!(who(&site, &token).await, None);
        }
    };
    let ((), statements) = count_queries(flood).await;
    assert_eq!(statements, 0, "the clock stands");
    let second = own_key(&site, "k2", None, 2).await;
    let token = signed(&header("k2"), &claims, &second, Algorithm::EdDSA);
    site.clock.advance(SECOND);
    let (found, statements) = count_queries(who(&site, &token)).await;
    assert_eq!((found.is_some(), statements), (true, 1), "a new key is found at once");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn two_replicas_make_one_key(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let other = site.replica(|_| ()).await;
    let user = site.sign_up(EMAIL).await;
    let ask = || Ask::get("/token").by(&user);
    let asked = futures_of(&site, &other, &ask).await;

    let kids: Vec<_> =
        asked.iter().map(|token| jsonwebtoken::decode_header(token).unwrap().kid).collect();
    assert!(kids.iter().all(|kid| *kid == kids[0]), "{kids:?}");
    assert_eq!(site.store.jwks().await.unwrap().len(), 1);
    let keys = other.send(Ask::get("/jwks")).await.json();
    assert_eq!(keys["keys"][0]["kid"], kids[0].clone().unwrap());
}

async fn futures_of(site: &Site, other: &Site, ask: &impl Fn() -> Ask) -> [String; 4] {
    let (a, b, c, d) =
        tokio::join!(site.send(ask()), other.send(ask()), site.send(ask()), other.send(ask()));
    [a, b, c, d].map(|answer| answer.token())
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_secret_that_is_not_the_databases_is_told(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    site.auth.check_keys().await.unwrap();
    let (token, id) = issued(&site).await;
    site.auth.check_keys().await.unwrap();

    let wrong = site.replica(|settings| settings.secret = "another".into()).await;
    assert!(matches!(wrong.auth.check_keys().await, Err(KeyFault::OtherSecret)));
    // What needs no private key goes on working.
    assert_eq!(who(&wrong, &token).await, Some(id));
    assert_eq!(site.store.jwks().await.unwrap().len(), 1, "no second key");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn keys_of_rotated_secrets_are_told(#[case] backend: Backend) {
    let site = Site::start(backend).await;
    let row = Jwk {
        id: "k".to_owned(),
        public_key: "{}".to_owned(),
        private_key: "\"$ba$1$00ff\"".to_owned(),
        created_at: domain::Clock::now(&*site.clock),
        expires_at: None,
        alg: Some("EdDSA".to_owned()),
        crv: None,
    };
    site.store.insert_jwk_if_needed(&row, row.created_at).await.unwrap();
    let fault = site.auth.check_keys().await.unwrap_err();
    assert!(matches!(fault, KeyFault::Rotated));
    assert!(fault.to_string().contains("$ba$"), "{fault}");
}

/// A site, a good token of its, and something to run requests on.
fn with_a_token(backend: Backend) -> (tokio::runtime::Runtime, Arc<Site>, String) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let site = Arc::new(runtime.block_on(Site::start(backend)));
    let (token, _) = runtime.block_on(issued(&site));
    (runtime, site, token)
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
fn no_mutation_of_a_token_is_believed(#[case] backend: Backend) {
    let (runtime, site, token) = with_a_token(backend);
    proptest!(ProptestConfig::with_cases(512), |(
        at in any::<prop::sample::Index>(), count in 0_usize..4, instead in "[A-Za-z0-9_.=%+/-]{0,4}"
    )| {
        let at = at.index(token.len());
        let end = (at + count).min(token.len());
        let mutated = [&token[..at], &*instead, &token[end..]].concat();
        prop_assume!(mutated != token);
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, format!("Bearer {mutated}").parse().unwrap());
        let found = runtime.block_on(site.auth.authenticate(&site.client, &Method::GET, &headers, "r"));
        prop_assert!(matches!(found, Err(AuthError::NoCredentials)), "{mutated}");
    });
}

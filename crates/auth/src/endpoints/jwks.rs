//! `GET /jwks`: the keys that our tokens can be checked with.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
    ser::SerializeMap,
};
use serde_json::Value;
use storage::Jwk;

use crate::{Auth, failure::Failure, reply::Reply, signing_key::ED_DSA};

#[derive(Serialize)]
struct Body<'a> {
    keys: Vec<PublishedKey<'a>>,
}

pub(super) async fn jwks(auth: &Auth) -> Result<Reply, Failure> {
    let keys = auth.published_keys().await?;
    let published = keys.published(auth.clock.now()).filter_map(PublishedKey::of);
    Ok(Reply::json(&Body { keys: published.collect() }))
}

/// A public JWK with what the row says of it: `alg` and `crv` first, `kid` last, the JWK's own members between them in
/// their order. What both say, the JWK says in the row's place.
struct PublishedKey<'a> {
    row: &'a Jwk,
    members: Members,
}

impl<'a> PublishedKey<'a> {
    fn of(row: &'a Jwk) -> Option<Self> {
        Some(Self { row, members: serde_json::from_str(&row.public_key).ok()? })
    }
}

impl Serialize for PublishedKey<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let own = |name: &str| {
            self.members.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
        };
        let mut map = serializer.serialize_map(None)?;
        let alg = self.row.alg.clone().unwrap_or_else(|| ED_DSA.to_owned());
        map.serialize_entry("alg", &own("alg").unwrap_or(Value::String(alg)))?;
        if let Some(crv) = own("crv").or_else(|| self.row.crv.clone().map(Value::String)) {
            map.serialize_entry("crv", &crv)?;
        }
        for (key, value) in &self.members.0 {
            // What is private would not stand here; should it ever, it is not told.
            if !["alg", "crv", "kid", "d", "p", "q", "dp", "dq", "qi", "k"].contains(&&**key) {
                map.serialize_entry(key, value)?;
            }
        }
        map.serialize_entry("kid", &self.row.id)?;
        map.end()
    }
}

/// The members of a JSON object in their order, which a map would lose.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

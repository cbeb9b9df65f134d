//! Better Auth's cookies: names, writing, reading.
//!
//! Source: `better-auth.md`, section 5.

use http::{HeaderMap, HeaderValue, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What JavaScript's `encodeURIComponent` encodes.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

const SECURE_PREFIX: &str = "__Secure-";

/// The cookies that Better Auth knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// `T.SIG` of a session.
    SessionToken,
    /// Better Auth's copy of the session. Never set here, only cleared.
    SessionData,
    /// Says that the session ends with the browser and does not slide.
    DontRemember,
}

/// How long a browser keeps a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    /// So many seconds.
    Seconds(u32),
    /// Until the browser ends.
    Browser,
    /// Not at all: this removes it.
    Over,
}

impl Cookie {
    /// All that "clear" removes, in the order in which it does.
    pub(crate) const ALL: [Self; 3] = [Self::SessionToken, Self::SessionData, Self::DontRemember];

    fn name(self) -> &'static str {
        match self {
            Self::SessionToken => "better-auth.session_token",
            Self::SessionData => "better-auth.session_data",
            Self::DontRemember => "better-auth.dont_remember",
        }
    }

    /// A `Set-Cookie` header; `secure` for a site on https.
    pub(crate) fn set(self, secure: bool, value: &str, life: Life) -> HeaderValue {
        let name = self.name();
        let value = utf8_percent_encode(value, COMPONENT);
        let prefix = if secure { SECURE_PREFIX } else { "" };
        let max_age = match life {
            Life::Seconds(seconds) => format!("Max-Age={seconds}; "),
            Life::Browser => String::new(),
            Life::Over => "Max-Age=0; ".to_owned(),
        };
        let secure = if secure { "Secure; " } else { "" };
        let cookie =
            format!("{prefix}{name}={value}; {max_age}Path=/; HttpOnly; {secure}SameSite=Lax");
        HeaderValue::try_from(cookie).expect("names are ASCII and the value is percent-encoded")
    }

    /// What a request carries under this cookie's names, decoded, the likelier one first. On https only the prefixed name
    /// counts; on http both do, because Better Auth in production mode and without a base URL set the prefixed one there.
    pub(crate) fn values(self, secure: bool, headers: &HeaderMap) -> impl Iterator<Item = String> {
        let plain = (!secure).then(|| value(headers, "", self.name())).flatten();
        let prefixed = value(headers, SECURE_PREFIX, self.name());
        plain.into_iter().chain(prefixed)
    }
}

/// The value of the first cookie of a name: where there are several, Better Auth takes that one.
fn value(headers: &HeaderMap, prefix: &str, name: &str) -> Option<String> {
    headers.get_all(header::COOKIE).iter().find_map(|line| {
        // Other programs' cookies may hold anything; they must not hide ours.
        let line = String::from_utf8_lossy(line.as_bytes());
        let mut pairs = line.split(';').filter_map(|pair| pair.split_once('='));
        let (_, value) = pairs.find(|(key, _)| key.trim().strip_prefix(prefix) == Some(name))?;
        let value = value.trim();
        let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        Some(decoded(quoted.unwrap_or(value)))
    })
}

/// Percent-decoded; as it is where that gives no text.
pub(crate) fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8().map_or_else(|_| text.to_owned(), Into::into)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use crate::signature::Signer;

    #[rstest]
    #[case(
        Cookie::SessionToken,
        false,
        "T.a+b/c=",
        Life::Seconds(604_800),
        "better-auth.session_token=T.a%2Bb%2Fc%3D; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax"
    )]
    #[case(
        Cookie::DontRemember,
        true,
        "true.x=",
        Life::Browser,
        "__Secure-better-auth.dont_remember=true.x%3D; Path=/; HttpOnly; Secure; SameSite=Lax"
    )]
    #[case(
        Cookie::SessionData,
        false,
        "",
        Life::Over,
        "better-auth.session_data=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax"
    )]
    fn attributes_stand_in_order(
        #[case] cookie: Cookie,
        #[case] secure: bool,
        #[case] value: &str,
        #[case] life: Life,
        #[case] header: &str,
    ) {
        assert_eq!(cookie.set(secure, value, life), header);
    }

    #[rstest]
    #[case::http("better-auth.session_token=a%2B", false, &["a+"])]
    #[case::http_prefixed("__Secure-better-auth.session_token=a", false, &["a"])]
    #[case::http_both(
        "__Secure-better-auth.session_token=b; better-auth.session_token=a", false, &["a", "b"]
    )]
    #[case::https("__Secure-better-auth.session_token=a", true, &["a"])]
    #[case::https_plain("better-auth.session_token=a", true, &[])]
    #[case::first("better-auth.session_token=a; better-auth.session_token=b", false, &["a"])]
    #[case::without_space("x=y;better-auth.session_token=a", false, &["a"])]
    #[case::quoted("better-auth.session_token=\"a\"", false, &["a"])]
    #[case::not_encoded("better-auth.session_token=a+/=", false, &["a+/="])]
    #[case::not_text("better-auth.session_token=%ff", false, &["%ff"])]
    #[case::another_name("better-auth.session_token2=a; xbetter-auth.session_token=a", false, &[])]
    #[case::no_value("better-auth.session_token", false, &[])]
    fn reads(#[case] header: &str, #[case] secure: bool, #[case] values: &[&str]) {
        let headers = HeaderMap::from_iter([(header::COOKIE, header.try_into().unwrap())]);
        let read: Vec<_> = Cookie::SessionToken.values(secure, &headers).collect();
        assert_eq!(read, values);
    }

    #[test]
    fn reads_several_header_lines() {
        let lines = ["x=y", "better-auth.session_token=a"];
        let headers: HeaderMap = lines
            .map(|line| (header::COOKIE, HeaderValue::from_static(line)))
            .into_iter()
            .collect();
        assert_eq!(Cookie::SessionToken.values(false, &headers).next().as_deref(), Some("a"));
    }

    #[test]
    fn a_strange_cookie_does_not_hide_ours() {
        let line = b"theme=d\xfcster; better-auth.session_token=a".as_slice();
        let headers = HeaderMap::from_iter([(header::COOKIE, line.try_into().unwrap())]);
        assert_eq!(Cookie::SessionToken.values(false, &headers).next().as_deref(), Some("a"));
    }

    proptest! {
        #[test]
        fn what_is_set_comes_back_and_verifies(value in ".{1,60}", secret in ".{1,60}", secure: bool) {
            let signer = Signer::new(secret.into());
            let set = Cookie::SessionToken.set(secure, &signer.sign(&value), Life::Browser);
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let headers = HeaderMap::from_iter([(header::COOKIE, pair.try_into().unwrap())]);

            let read = Cookie::SessionToken.values(secure, &headers).next().unwrap();

            prop_assert_eq!(signer.verify(&read), Some(value.as_str()));
        }
    }
}

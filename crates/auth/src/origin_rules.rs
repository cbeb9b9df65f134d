//! Which pages may ask for what: origins, fetch metadata, places to go back to.
//!
//! Source: `better-auth.md`, section 7, rules 1 to 4.

use http::{HeaderMap, HeaderName, header};
use serde_json::Value;

use crate::{Auth, Client, Origin, call::Call, failure::Refusal};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// The fields of a body that name a place to go back to, and how a refusal calls them.
const PLACES: [(&str, &str, Refusal); 4] = [
    ("callbackURL", "callbackURL", Refusal::INVALID_CALLBACK_URL),
    ("redirectTo", "redirectURL", Refusal::INVALID_REDIRECT_URL),
    ("errorCallbackURL", "errorCallbackURL", Refusal::INVALID_ERROR_CALLBACK_URL),
    ("newUserCallbackURL", "newUserCallbackURL", Refusal::INVALID_NEW_USER_CALLBACK_URL),
];

/// What is wrong with the origin of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OriginFault {
    /// There is none, or the browser hides it.
    MissingOrNull,
    /// It is not trusted.
    Foreign,
}

impl From<OriginFault> for Refusal {
    fn from(fault: OriginFault) -> Self {
        match fault {
            OriginFault::MissingOrNull => Self::MISSING_OR_NULL_ORIGIN,
            OriginFault::Foreign => Self::INVALID_ORIGIN,
        }
    }
}

impl Auth {
    /// Our own origin: what the operator said, else what the request says.
    pub(crate) fn base<'a>(&'a self, client: &'a Client) -> &'a Origin {
        self.settings.base_url.as_ref().unwrap_or(&client.origin)
    }

    fn is_trusted(&self, client: &Client, origin: &Origin) -> bool {
        origin == self.base(client) || self.settings.trusted_origins.contains(origin)
    }

    /// Rule 1, without the question whether it applies: `Origin`, else the origin of `Referer`, must be trusted.
    pub(crate) fn check_origin(
        &self,
        client: &Client,
        headers: &HeaderMap,
    ) -> Result<(), OriginFault> {
        self.check_page(client, headers, &[])
    }

    /// The same where more origins are trusted.
    fn check_page(
        &self,
        client: &Client,
        headers: &HeaderMap,
        more: &[Origin],
    ) -> Result<(), OriginFault> {
        let origin = filled(headers, &header::ORIGIN);
        let hidden = origin == Some("null");
        if hidden && filled(headers, &SEC_FETCH_SITE) == Some("same-origin") {
            return if self.is_trusted(client, &client.origin) {
                Ok(())
            } else {
                Err(OriginFault::Foreign)
            };
        }
        let origin = origin.or_else(|| filled(headers, &header::REFERER));
        let origin = origin.filter(|_| !hidden).ok_or(OriginFault::MissingOrNull)?;
        let trusted = Origin::parse(origin)
            .is_ok_and(|origin| self.is_trusted(client, &origin) || more.contains(&origin));
        if trusted { Ok(()) } else { Err(OriginFault::Foreign) }
    }

    /// Rule 1: a request that carries a cookie, of any kind, must come from a trusted page.
    pub(crate) fn check_cookie_origin(&self, call: &Call<'_>) -> Result<(), OriginFault> {
        if call.headers.contains_key(header::COOKIE) {
            self.check_origin(call.client, call.headers)?;
        }
        Ok(())
    }

    /// The rule of the API behind sign-in (`http-api.md`): as rule 1, and where a browser sends no origin its word that
    /// the page is ours is enough. Pages that may call from another site are trusted too.
    pub(crate) fn check_api_origin(
        &self,
        client: &Client,
        headers: &HeaderMap,
    ) -> Result<(), OriginFault> {
        match self.check_page(client, headers, &self.callers) {
            Err(OriginFault::MissingOrNull)
                if filled(headers, &SEC_FETCH_SITE) == Some("same-origin") =>
            {
                Ok(())
            }
            checked => checked,
        }
    }

    /// Rule 2: nobody is signed in by a foreign page, which would have them work in someone else's account.
    pub(crate) fn check_sign_in_page(&self, call: &Call<'_>) -> Result<(), Refusal> {
        let headers = call.headers;
        if headers.contains_key(header::COOKIE) {
            return Ok(()); // rule 1 has been applied
        }
        let site = filled(headers, &SEC_FETCH_SITE);
        let mode = filled(headers, &SEC_FETCH_MODE);
        if site == Some("cross-site") && mode == Some("navigate") {
            return Err(Refusal::CROSS_SITE_NAVIGATION_LOGIN_BLOCKED);
        }
        let from_a_browser =
            [SEC_FETCH_SITE, SEC_FETCH_MODE, SEC_FETCH_DEST, header::ORIGIN, header::REFERER]
                .iter()
                .any(|name| filled(headers, name).is_some());
        if from_a_browser {
            self.check_origin(call.client, headers)?;
        }
        Ok(())
    }

    /// Rule 4: places to go back to are ours or trusted.
    pub(crate) fn check_places(&self, call: &Call<'_>) -> Result<(), Refusal> {
        let asked = call.query("callbackURL").map(|place| Value::String(place.to_owned()));
        for (key, label, refusal) in PLACES {
            let in_body =
                call.body.as_ref().and_then(|body| body.get(key)).filter(|value| is_truthy(value));
            let in_query = asked.as_ref().filter(|_| key == "callbackURL");
            match in_body.or(in_query) {
                None => {}
                Some(Value::String(place)) if self.is_good_place(call.client, place) => {}
                Some(Value::String(_)) => return Err(refusal),
                Some(_) => return Err(Refusal::not_a_text(label)),
            }
        }
        Ok(())
    }

    fn is_good_place(&self, client: &Client, place: &str) -> bool {
        if place.starts_with('/') {
            return is_own_path(place);
        }
        let readable = !place.chars().any(char::is_control);
        readable && Origin::parse(place).is_ok_and(|origin| self.is_trusted(client, &origin))
    }
}

/// Whether a place that starts with a slash stays on this site however a browser or router reads it.
fn is_own_path(place: &str) -> bool {
    let path = place.split(['?', '#']).next().unwrap_or(place).to_ascii_lowercase();
    !place.starts_with("//")
        && !place.contains('\\')
        && !place.chars().any(char::is_control)
        && !path.contains("%2f")
        && !path.contains("%5c")
}

/// A header's value, trimmed, unless nothing is left.
fn filled<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let value = headers.get(name)?;
    // What is not ASCII is no origin, but it is there: it must not count as missing.
    let value = value.to_str().unwrap_or("?").trim();
    Some(value).filter(|value| !value.is_empty())
}

/// What JavaScript takes for true.
fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/", true)]
    #[case("/dash", true)]
    #[case("/a b/\u{fc}", true)]
    #[case("/a?next=%2Fb", true)]
    #[case("/a#%5c", true)]
    #[case("/..//evil", true)]
    #[case("//evil.example", false)]
    #[case("/\\evil.example", false)]
    #[case("/a?b=\\", false)]
    #[case("/%2Fevil.example", false)]
    #[case("/a%2fb", false)]
    #[case("/a%5Cb", false)]
    #[case("/\t/evil.example", false)]
    #[case("/a\u{85}", false)]
    fn own_paths(#[case] place: &str, #[case] good: bool) {
        assert_eq!(is_own_path(place), good);
    }
}

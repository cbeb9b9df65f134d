//! One request to an endpoint, under way.

use http::{HeaderMap, HeaderName, HeaderValue, Method, header, request::Parts};
use serde_json::Value;

use crate::{
    Client, Origin,
    cookie::{Cookie, Life},
    session::{self, Duration},
    signature::Signer,
};

const SET_AUTH_TOKEN: HeaderName = HeaderName::from_static("set-auth-token");
const SET_AUTH_JWT: HeaderName = HeaderName::from_static("set-auth-jwt");

/// What came, and the headers that go out with the answer, whichever it is: a session may slide, or turn out to be gone,
/// before the endpoint itself has said yes or no.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) client: &'a Client,
    pub(crate) method: &'a Method,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: Option<Value>,
    /// Whether the browser is on https.
    pub(crate) secure: bool,
    query: Vec<(String, String)>,
    out: HeaderMap,
}

impl<'a> Call<'a> {
    pub(crate) fn new(client: &'a Client, base: &Origin, parts: &'a Parts) -> Self {
        let query = parts.uri.query().unwrap_or_default();
        Self {
            client,
            method: &parts.method,
            headers: &parts.headers,
            body: None,
            secure: base.is_https(),
            query: serde_urlencoded::from_str(query).unwrap_or_default(),
            out: HeaderMap::new(),
        }
    }

    /// The first query parameter of a name, unless it is empty.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let value = self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        value.filter(|value| !value.is_empty())
    }

    /// The headers that the answer gets. Those with a token are exposed to pages of other origins.
    pub(crate) fn into_headers(mut self) -> HeaderMap {
        let exposed =
            match (self.out.contains_key(SET_AUTH_JWT), self.out.contains_key(SET_AUTH_TOKEN)) {
                (true, true) => "set-auth-jwt, set-auth-token",
                (true, false) => "set-auth-jwt",
                (false, true) => "set-auth-token",
                (false, false) => return self.out,
            };
        let exposed = HeaderValue::from_static(exposed);
        self.out.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
        self.out
    }

    /// Tells a JWT beside the answer.
    pub(crate) fn set_jwt(&mut self, jwt: &str) {
        let told = HeaderValue::try_from(jwt).expect("base64 and dots are ASCII");
        self.out.insert(SET_AUTH_JWT, told);
    }

    /// Sends the cookie of a session that goes on, or follows on the present one: it lives as long as that one's.
    pub(crate) fn renew_session(&mut self, signer: &Signer, token: &str) {
        let ends = session::ends_with_browser(signer, self.secure, self.headers);
        self.out.remove(header::SET_COOKIE); // of the same session, if it slid
        self.set_session(signer, token, if ends { Duration::Browser } else { Duration::Week });
    }

    /// Nobody may keep this answer.
    pub(crate) fn no_store(&mut self) {
        self.out.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        self.out.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    }

    /// "cookie" of `better-auth.md`: sets the session cookie and tells the token in `set-auth-token`, for clients without
    /// cookies.
    pub(crate) fn set_session(&mut self, signer: &Signer, token: &str, duration: Duration) {
        let value = signer.sign(token);
        self.set_cookie(Cookie::SessionToken, &value, duration.cookie_life());
        let told = HeaderValue::try_from(value)
            .expect("what is stored as a token is ASCII, as is a signature");
        self.out.insert(SET_AUTH_TOKEN, told);
        match duration {
            Duration::Browser => {
                self.set_cookie(Cookie::DontRemember, &signer.sign("true"), Life::Browser);
            }
            // The cookie of an earlier sign-in would keep the new session from sliding.
            Duration::Week if session::ends_with_browser(signer, self.secure, self.headers) => {
                self.set_cookie(Cookie::DontRemember, "", Life::Over);
            }
            Duration::Week => {}
        }
    }

    /// "clear" of `better-auth.md`: removes the three cookies.
    pub(crate) fn clear_session(&mut self) {
        self.out.remove(header::SET_COOKIE);
        self.out.remove(SET_AUTH_TOKEN);
        for cookie in Cookie::ALL {
            self.set_cookie(cookie, "", Life::Over);
        }
    }

    /// Removes a copy of the session that Better Auth set before us: nobody keeps it up to date any more.
    pub(crate) fn clear_session_data(&mut self) {
        if Cookie::SessionData.values(self.secure, self.headers).next().is_some() {
            self.set_cookie(Cookie::SessionData, "", Life::Over);
        }
    }

    fn set_cookie(&mut self, cookie: Cookie, value: &str, life: Life) {
        self.out.append(header::SET_COOKIE, cookie.set(self.secure, value, life));
    }
}

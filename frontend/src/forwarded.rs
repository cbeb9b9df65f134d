//! Where a request really came from, through proxies that are known.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts};
use settings::TrustedProxies;

/// The way a request came, each proxy appending one address.
pub(crate) const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// `http` or `https`, as the browser sees it.
pub(crate) const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// Host and port, as the browser sees them.
pub(crate) const HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// What the three headers say to the backend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Forwarded {
    for_: Option<HeaderValue>,
    proto: HeaderValue,
    host: Option<HeaderValue>,
}

impl Forwarded {
    /// The headers of a known proxy count and are continued; those of anybody else are replaced.
    pub(crate) fn of(request: &Parts, proxies: &TrustedProxies) -> Self {
        let peer = request.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map(|ConnectInfo(address)| address.ip());
        let known = peer.is_some_and(|peer| proxies.contains(peer));
        let told = |name: &HeaderName| last(&request.headers, name).filter(|_| known);

        let way = joined(&request.headers, &FOR).filter(|_| known);
        let way = match (way, peer) {
            (Some(way), Some(peer)) => Some(format!("{way}, {peer}")),
            (way, peer) => way.or_else(|| peer.map(|peer| peer.to_string())),
        };
        let proto = told(&PROTO).filter(|proto| proto.eq_ignore_ascii_case("https"));
        let authority = request.uri.authority().map(http::uri::Authority::as_str);
        let asked = authority.and_then(|authority| authority.parse().ok());
        Self {
            for_: way.and_then(|way| way.parse().ok()),
            proto: HeaderValue::from_static(proto.map_or("http", |_| "https")),
            host: told(&HOST)
                .and_then(|host| host.parse().ok())
                .or(asked)
                .or_else(|| request.headers.get(header::HOST).cloned()),
        }
    }

    /// The headers, to be set in place of what the browser sent.
    pub(crate) fn headers(self) -> impl Iterator<Item = (HeaderName, Option<HeaderValue>)> {
        [(FOR, self.for_), (PROTO, Some(self.proto)), (HOST, self.host)].into_iter()
    }
}

/// The value that our proxy added: the last one of the last line, as the backend reads it.
fn last<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let line = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    line.rsplit(',').next().map(str::trim).filter(|value| !value.is_empty())
}

/// A header may stand in several lines, which mean one list.
fn joined(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let lines: Vec<_> =
        headers.get_all(name).iter().filter_map(|line| line.to_str().ok()).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    fn request(peer: &str) -> Parts {
        let mut request = Request::get("/api/tasks").header("host", "inner:3000");
        for (name, value) in [
            ("x-forwarded-for", "203.0.113.7"),
            ("x-forwarded-for", "10.0.0.1"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "todo.example"),
        ] {
            request = request.header(name, value);
        }
        let mut parts = request.body(()).unwrap().into_parts().0;
        let peer: SocketAddr = peer.parse().unwrap();
        parts.extensions.insert(ConnectInfo(peer));
        parts
    }

    fn told(peer: &str, proxies: &str) -> Vec<String> {
        let forwarded = Forwarded::of(&request(peer), &proxies.parse().unwrap());
        let values = forwarded.headers().filter_map(|(_, value)| value);
        values.map(|value| value.to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_known_proxy_is_believed_and_continued() {
        for peer in ["127.0.0.1:5000", "[::1]:5000", "[::ffff:127.0.0.1]:5000"] {
            let told = told(peer, "loopback");
            assert!(told[0].starts_with("203.0.113.7, 10.0.0.1, "), "{peer}: {told:?}");
            assert_eq!(told[1..], ["https", "todo.example"]);
        }
    }

    #[test]
    fn the_last_of_several_values_counts() {
        for (lines, proto) in [
            (&["http", "https"][..], "https"),
            (&["http, https"], "https"),
            (&["https", "https,http"], "http"),
            (&["HTTPS"], "https"),
            (&["https, "], "http"),
            (&["gopher"], "http"),
        ] {
            let mut request = request("127.0.0.1:5000");
            for name in [&PROTO, &HOST] {
                request.headers.remove(name);
            }
            for line in lines {
                request.headers.append(&PROTO, line.parse().unwrap());
                request.headers.append(&HOST, format!("evil.example, {line}").parse().unwrap());
            }
            let forwarded = Forwarded::of(&request, &"loopback".parse().unwrap());
            assert_eq!(forwarded.proto, proto, "{lines:?}");
            assert!(!forwarded.host.unwrap().to_str().unwrap().contains("evil"), "{lines:?}");
        }
    }

    #[test]
    fn anybody_else_is_not() {
        for (peer, proxies) in [("192.0.2.9:5000", "loopback"), ("127.0.0.1:1", "")] {
            let told = told(peer, proxies);
            assert_eq!(told[0], peer.split(':').next().unwrap());
            assert_eq!(told[1..], ["http", "inner:3000"]);
        }
    }
}

//! Who is at the other end: the client's address and the origin that its browser sees.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use auth::{Client, Origin};
use axum::extract::ConnectInfo;
use http::{Extensions, HeaderMap, header};
use settings::TrustedProxies;

/// Resolves `X-Forwarded-*`, which counts only from a proxy of ours. A call inside the process, which has no peer, is
/// made by our own pages and so counts as one. Of several values, in one line or in more, the last counts: it is the one
/// our proxy added.
pub(crate) fn client_of(
    headers: &HeaderMap,
    extensions: &Extensions,
    proxies: &TrustedProxies,
) -> Client {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let trusted = peer.is_none_or(|peer| proxies.contains(peer));
    let forwarded = |name: &str| {
        let last = headers.get_all(name).iter().next_back();
        let value = last.filter(|_| trusted)?.to_str().ok()?;
        value.rsplit(',').next().map(str::trim).filter(|value| !value.is_empty())
    };
    let host = forwarded("x-forwarded-host");
    let host = host.or_else(|| headers.get(header::HOST)?.to_str().ok()).unwrap_or("localhost");
    let scheme = forwarded("x-forwarded-proto").unwrap_or("http");
    let origin = Origin::parse(&format!("{scheme}://{host}"));
    let origin = origin.or_else(|_| Origin::parse("http://localhost"));
    Client {
        address: if trusted { forwarded_for(headers, proxies) } else { None },
        origin: origin.expect("a fixed origin is one"),
    }
}

/// The last hop that is no proxy of ours.
fn forwarded_for(headers: &HeaderMap, proxies: &TrustedProxies) -> Option<IpAddr> {
    let lines = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok());
    let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    let hops = hops.into_iter().rev().map_while(|hop| hop.parse::<IpAddr>().ok());
    let mut last = None;
    for hop in hops {
        last = Some(hop);
        if !proxies.contains(hop) {
            break;
        }
    }
    last.filter(|&hop| hop != IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: Option<&str>, lines: &[(&'static str, &str)]) -> (String, Option<String>) {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        let mut extensions = Extensions::new();
        if let Some(peer) = peer {
            extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        }
        let proxies = "127.0.0.1,10.0.0.0/8".parse().unwrap();
        let client = client_of(&headers, &extensions, &proxies);
        (client.origin.as_str().to_owned(), client.address.map(|address| address.to_string()))
    }

    #[test]
    fn only_our_proxies_are_believed() {
        let lines = [
            ("host", "backend:8000"),
            ("x-forwarded-host", "todo.example.com"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-for", "198.51.100.9, 192.0.2.7, 10.0.0.3"),
        ];
        let seen = ("https://todo.example.com".to_owned(), Some("192.0.2.7".to_owned()));
        assert_eq!(client(Some("127.0.0.1"), &lines), seen);
        assert_eq!(client(None, &lines), seen);
        assert_eq!(client(Some("192.0.2.8"), &lines), ("http://backend:8000".to_owned(), None));
    }

    #[test]
    fn the_last_of_several_values_counts() {
        for (hosts, protos) in [
            (["evil.example", "todo.example.com"], ["http", "https"]),
            (["x", "evil.example, todo.example.com"], ["http", "http,https"]),
        ] {
            let pairs = [("x-forwarded-host", hosts), ("x-forwarded-proto", protos)];
            let lines: Vec<_> = pairs
                .into_iter()
                .flat_map(|(name, lines)| lines.map(|line| (name, line)))
                .collect();
            assert_eq!(client(Some("127.0.0.1"), &lines).0, "https://todo.example.com");
        }
    }

    #[test]
    fn without_a_proxy_the_host_is_the_origin() {
        let seen = client(Some("127.0.0.1"), &[("host", "localhost:8000")]);
        assert_eq!(seen, ("http://localhost:8000".to_owned(), None));
    }
}

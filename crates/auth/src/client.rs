//! What is known of the connection a request came over.

use std::net::{IpAddr, Ipv6Addr};

use crate::Origin;

/// What the caller of this crate knows of the connection. It has resolved `X-Forwarded-*` of trusted proxies already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// The last hop that is no trusted proxy, from `X-Forwarded-For`. None when no proxy named one: Better Auth does not
    /// look at the connection itself, and the recording shows `"ipAddress":""` for a direct call.
    pub address: Option<IpAddr>,
    /// What the browser sees: `scheme://host[:port]`.
    pub origin: Origin,
}

impl Client {
    /// The address as Better Auth stores it in a session: an IPv6 address cut to /64 and written out in full, empty when
    /// unknown.
    pub(crate) fn stored_address(&self) -> String {
        match self.address.map(|address| address.to_canonical()) {
            Some(IpAddr::V4(address)) => address.to_string(),
            Some(IpAddr::V6(address)) => network_of(address),
            None => String::new(),
        }
    }
}

fn network_of(address: Ipv6Addr) -> String {
    let [a, b, c, d, ..] = address.segments();
    format!("{a:04x}:{b:04x}:{c:04x}:{d:04x}:0000:0000:0000:0000")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::unknown(None, "")]
    #[case::v4(Some("192.0.2.7"), "192.0.2.7")]
    #[case::v6(Some("2001:db8::1"), "2001:0db8:0000:0000:0000:0000:0000:0000")]
    #[case::v6_cut(Some("2001:DB8:1:2:3:4:5:6"), "2001:0db8:0001:0002:0000:0000:0000:0000")]
    #[case::mapped(Some("::ffff:192.0.2.7"), "192.0.2.7")]
    fn addresses_are_stored_as_better_auth_writes_them(
        #[case] address: Option<&str>,
        #[case] stored: &str,
    ) {
        let client = Client {
            address: address.map(|address| address.parse().unwrap()),
            origin: "http://127.0.0.1:8000".parse().unwrap(),
        };
        assert_eq!(client.stored_address(), stored);
    }
}

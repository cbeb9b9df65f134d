//! Whose `X-Forwarded-*` is believed.

use std::{net::IpAddr, str::FromStr};

use ipnet::IpNet;

/// Addresses and networks of proxies that are ours: what they say of a request's origin is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Whether a peer is one of them.
    #[must_use]
    pub fn contains(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.0.iter().any(|network| network.contains(&peer))
    }
}

/// A list that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoNetwork(String);

impl std::fmt::Display for NoNetwork {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} is neither an address nor a network such as 10.0.0.0/8", self.0)
    }
}

impl FromStr for TrustedProxies {
    type Err = NoNetwork;

    /// Separated by commas; `loopback` is `127.0.0.0/8` and `::1`; empty is nobody.
    fn from_str(text: &str) -> Result<Self, NoNetwork> {
        let mut networks = Vec::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            if part == "loopback" {
                let loopback = ["127.0.0.0/8", "::1/128"].map(str::parse);
                networks.extend(loopback.into_iter().flatten().collect::<Vec<IpNet>>());
                continue;
            }
            let network = part.parse().or_else(|_| part.parse::<IpAddr>().map(IpNet::from));
            networks.push(network.map_err(|_| NoNetwork(part.to_owned()))?);
        }
        Ok(Self(networks))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_networks_and_loopback() {
        let proxies: TrustedProxies = "loopback, 10.1.0.0/16,192.0.2.7".parse().unwrap();
        for (peer, trusted) in [
            ("127.0.0.1", true),
            ("::1", true),
            ("::ffff:127.0.0.1", true),
            ("10.1.2.3", true),
            ("10.2.0.1", false),
            ("192.0.2.7", true),
            ("192.0.2.8", false),
        ] {
            assert_eq!(proxies.contains(peer.parse().unwrap()), trusted, "{peer}");
        }
        assert!(!"".parse::<TrustedProxies>().unwrap().contains("127.0.0.1".parse().unwrap()));
        assert!("10.0.0".parse::<TrustedProxies>().is_err());
    }
}

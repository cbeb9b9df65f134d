//! Origins: where a page came from (RFC 6454).

use std::{fmt, str::FromStr};

/// An origin of http or https, in its one spelling: lower case, without a default port.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin(String);

/// The text is no `http://` or `https://` address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an origin looks like https://todo.example or http://localhost:3000")]
pub struct InvalidOrigin;

impl Origin {
    /// The origin of an address; path, query and fragment are left out.
    ///
    /// Takes less than a browser does: no user name, no backslash, no missing slash, because what is written so strangely
    /// is written to deceive.
    ///
    /// # Errors
    /// The address is not of that form.
    pub fn parse(address: &str) -> Result<Self, InvalidOrigin> {
        let (scheme, rest) = address.split_once("://").ok_or(InvalidOrigin)?;
        let scheme = scheme.to_ascii_lowercase();
        let default_port = match scheme.as_str() {
            "http" => 80,
            "https" => 443,
            _ => return Err(InvalidOrigin),
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
        let (host, port) = split_port(authority)?;
        if !is_host(host) {
            return Err(InvalidOrigin);
        }
        let host = host.to_ascii_lowercase();
        Ok(Self(match port {
            Some(port) if port != default_port => format!("{scheme}://{host}:{port}"),
            _ => format!("{scheme}://{host}"),
        }))
    }

    /// Whether cookies for it are `Secure`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }

    /// `scheme://host`, with `:port` where it is not the scheme's own.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn split_port(authority: &str) -> Result<(&str, Option<u16>), InvalidOrigin> {
    // The colons inside the brackets of an IPv6 address belong to the host.
    let host_end = authority.rfind(']').map_or(0, |bracket| bracket + 1);
    match authority[host_end..].find(':').map(|colon| colon + host_end) {
        None => Ok((authority, None)),
        Some(colon) => {
            let port = &authority[colon + 1..];
            let digits = port.bytes().all(|byte| byte.is_ascii_digit());
            let port = port.parse().ok().filter(|_| digits).ok_or(InvalidOrigin)?;
            Ok((&authority[..colon], Some(port)))
        }
    }
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    !host.is_empty()
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'))
}

impl FromStr for Origin {
    type Err = InvalidOrigin;

    fn from_str(address: &str) -> Result<Self, InvalidOrigin> {
        Self::parse(address)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("http://localhost:3000", "http://localhost:3000")]
    #[case("HTTP://LOCALHOST:3000/path?query#part", "http://localhost:3000")]
    #[case("https://todo.example:443", "https://todo.example")]
    #[case("http://todo.example:80/", "http://todo.example")]
    #[case("https://todo.example:80", "https://todo.example:80")]
    #[case("http://[::1]:8000/x", "http://[::1]:8000")]
    fn keeps_scheme_host_and_port(#[case] address: &str, #[case] origin: &str) {
        assert_eq!(Origin::parse(address).unwrap().as_str(), origin);
    }

    #[rstest]
    #[case("")]
    #[case("null")]
    #[case("localhost:3000")]
    #[case("http:evil.example")]
    #[case("ftp://todo.example")]
    #[case("http://")]
    #[case("http://:3000")]
    #[case("http://todo.example:")]
    #[case("http://todo.example:+80")]
    #[case("http://todo.example:99999")]
    #[case("http://todo.example@evil.example")]
    #[case("http://todo.example\\@evil.example")]
    #[case("http://todo.exa mple")]
    #[case("http://todo.example,http://evil.example")]
    #[case("http://[::1")]
    #[case("http://[::1]x:80")]
    fn refuses_what_is_no_plain_address(#[case] address: &str) {
        assert_eq!(Origin::parse(address), Err(InvalidOrigin));
    }
}

//! The pages that list or show tasks, as addresses.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Everything but letters, digits and what needs no escape in a path.
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A page of a signed-in user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum View {
    Today,
    All { done: bool },
    Tag(String),
    Task(i64),
    Chat,
}

impl View {
    /// The page at a local address, such as `/all?done=1`.
    pub(crate) fn at(address: &str) -> Option<Self> {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        match path {
            "/" => Some(Self::Today),
            "/all" => Some(Self::All { done: query.split('&').any(|pair| pair == "done=1") }),
            "/chat" => Some(Self::Chat),
            _ => {
                let name = path.strip_prefix("/tags/").map(percent_decode_str);
                let name = name.and_then(|name| name.decode_utf8().ok());
                let tag = name.map(|name| Self::Tag(name.into_owned()));
                let number = path.strip_prefix("/tasks/").and_then(|number| number.parse().ok());
                tag.or(number.map(Self::Task))
            }
        }
    }

    /// Its address.
    pub(crate) fn address(&self) -> String {
        match self {
            Self::Today => "/".to_owned(),
            Self::All { done: false } => "/all".to_owned(),
            Self::All { done: true } => "/all?done=1".to_owned(),
            Self::Tag(name) => format!("/tags/{}", utf8_percent_encode(name, IN_PATH)),
            Self::Task(number) => format!("/tasks/{number}"),
            Self::Chat => "/chat".to_owned(),
        }
    }

    /// Whether it is a list, which a change of a task redraws.
    pub(crate) fn is_list(&self) -> bool {
        matches!(self, Self::Today | Self::All { .. } | Self::Tag(_))
    }
}

/// A page, and where in a long list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub view: View,
    /// The cursor behind which the list goes on; none at its beginning.
    pub after: Option<String>,
}

impl Place {
    /// The place at a local address, such as `/all?after=x`.
    pub(crate) fn at(address: &str) -> Option<Self> {
        let view = View::at(address)?;
        let query = address.split_once('?').map_or("", |(_, query)| query);
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
        let after = pairs.into_iter().find(|(name, value)| name == "after" && !value.is_empty());
        let after = after.map(|(_, cursor)| cursor).filter(|_| view.is_list());
        Some(Self { view, after })
    }

    /// The list at an address; Today where there is none.
    pub(crate) fn list_at(address: &str) -> Self {
        Self::at(address).filter(|place| place.view.is_list()).unwrap_or(View::Today.into())
    }

    /// Its address.
    pub(crate) fn address(&self) -> String {
        let start = self.view.address();
        let Some(cursor) = &self.after else { return start };
        let sign = if start.contains('?') { '&' } else { '?' };
        format!("{start}{sign}after={}", encoded(cursor))
    }
}

/// A page from its beginning.
impl From<View> for Place {
    fn from(view: View) -> Self {
        Self { view, after: None }
    }
}

/// An address of ours: a path from the root, which no browser takes for another site.
///
/// `better-auth.md`, section 7, rule 4.
pub(crate) fn local(address: &str) -> Option<&str> {
    let path = address.split('?').next().unwrap_or_default().to_ascii_lowercase();
    let ours = address.starts_with('/')
        && !address.starts_with("//")
        && !address.contains(|letter: char| letter == '\\' || letter.is_control())
        && !path.contains("%2f")
        && !path.contains("%5c");
    ours.then_some(address)
}

/// `address` as the value of a query parameter.
pub(crate) fn encoded(address: &str) -> String {
    utf8_percent_encode(address, NON_ALPHANUMERIC).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_are_their_addresses() {
        for address in
            ["/", "/all", "/all?done=1", "/tags/home", "/tags/a%20%C3%BC%23", "/tasks/12", "/chat"]
        {
            assert_eq!(View::at(address).unwrap().address(), address);
        }
        assert_eq!(View::at("/tasks/x"), None);
        assert_eq!(View::at("/tags/%ff"), None);
        assert_eq!(View::at("/login"), None);
    }

    #[test]
    fn places_are_their_addresses() {
        for address in ["/", "/?after=a%2Fb", "/all?done=1&after=x", "/tags/home?after=x"] {
            assert_eq!(Place::at(address).unwrap().address(), address);
        }
        for (address, start) in [("/all?after=", "/all"), ("/tasks/3?after=x", "/tasks/3")] {
            assert_eq!(Place::at(address).unwrap().address(), start);
        }
        assert_eq!(Place::list_at("/tasks/3"), View::Today.into());
    }

    #[test]
    fn only_paths_of_ours_are_local() {
        for good in ["/", "/all?done=1", "/tags/a%20b", "/tasks/3?back=%2Fall"] {
            assert_eq!(local(good), Some(good));
        }
        for bad in [
            "",
            "all",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/\n/evil",
            "/%2Fevil",
            "/%5cevil",
            "javascript:alert(1)",
        ] {
            assert_eq!(local(bad), None, "{bad:?}");
        }
    }
}

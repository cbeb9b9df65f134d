//! What just happened, told once: in a toast at once, or on the page after a redirect through a short-lived cookie.

use std::{fmt, str::FromStr};

use http::HeaderValue;

/// The cookie's name.
pub(crate) const COOKIE: &str = "flash";

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    Added,
    Completed,
    Reopened,
    Deleted,
    Saved,
    Undone,
    ZoneSet,
}

/// What happened, by which change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flash {
    pub deed: Deed,
    /// The change, which can be undone.
    pub change: Option<i64>,
    /// The task that was added, to link to it.
    pub task: Option<i64>,
}

impl Deed {
    const ALL: [Self; 7] = [
        Self::Added,
        Self::Completed,
        Self::Reopened,
        Self::Deleted,
        Self::Saved,
        Self::Undone,
        Self::ZoneSet,
    ];

    /// In words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Added => "Added.",
            Self::Completed => "Completed.",
            Self::Reopened => "Reopened.",
            Self::Deleted => "Deleted.",
            Self::Saved => "Saved.",
            Self::Undone => "Undone.",
            Self::ZoneSet => "Time zone set.",
        }
    }

    /// What a button says that takes it back.
    pub(crate) fn back(self) -> &'static str {
        if self == Self::Undone { "Redo" } else { "Undo" }
    }
}

impl Flash {
    pub(crate) fn new(deed: Deed, change: Option<i64>) -> Self {
        Self { deed, change, task: None }
    }

    /// The cookie that carries it to the next page.
    pub(crate) fn cookie(self) -> HeaderValue {
        let text = format!("{COOKIE}={self}; Max-Age=30; Path=/; HttpOnly; SameSite=Lax");
        text.parse().expect("words and digits are a header value")
    }

    /// The cookie that takes it away.
    pub(crate) fn clear() -> HeaderValue {
        HeaderValue::from_static("flash=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax")
    }
}

/// `completed-57-`: the deed, the change, the task.
impl fmt::Display for Flash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.deed)?;
        for number in [self.change, self.task] {
            f.write_str("-")?;
            number.map_or(Ok(()), |number| number.fmt(f))?;
        }
        Ok(())
    }
}

impl FromStr for Flash {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split('-');
        let word = parts.next().unwrap_or_default();
        let deed = Deed::ALL.into_iter().find(|deed| format!("{deed:?}") == word).ok_or(())?;
        let mut number = || parts.next().and_then(|digits| digits.parse().ok());
        Ok(Self { deed, change: number(), task: number() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives_the_cookie_and_takes_nothing_else() {
        let added = Flash { deed: Deed::Added, change: Some(57), task: Some(12) };
        assert_eq!(added.to_string(), "Added-57-12");
        for flash in [added, Flash::new(Deed::ZoneSet, None), Flash::new(Deed::Undone, Some(3))] {
            assert_eq!(flash.to_string().parse(), Ok(flash));
        }
        for text in ["", "Hacked-1-", "<b>"] {
            assert_eq!(text.parse::<Flash>(), Err(()));
        }
    }
}

//! The user's time zone: the one in force, and the browser's where it differs.

use domain::ZoneName;
use jiff::{Timestamp, Zoned, tz::TimeZone};

/// Which zone times are told in.
#[derive(Debug, Clone)]
pub(crate) struct Zone {
    time_zone: TimeZone,
    /// What the page says about it; most of the time nothing.
    pub(crate) offer: Option<Offer>,
}

/// A quiet line about the zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Offer {
    /// The browser is in another one, which may be taken.
    Use {
        /// The browser's.
        browser: String,
        /// The one in force.
        current: String,
    },
    /// None is known, so times are told in UTC.
    Ask,
}

impl Zone {
    /// `in_force` is what the backend says, `browser` what the browser's cookie says.
    pub(crate) fn new(in_force: Option<&str>, browser: Option<&ZoneName>) -> Self {
        let in_force = in_force.and_then(|name| ZoneName::parse(name).ok());
        let offer = match (&in_force, browser) {
            (Some(current), Some(browser)) if current != browser => {
                Some(Offer::Use { browser: browser.to_string(), current: current.to_string() })
            }
            (Some(current), None) if current.as_str() == "UTC" => Some(Offer::Ask),
            (None, None) => Some(Offer::Ask),
            _ => None,
        };
        let zone = in_force.as_ref().or(browser);
        Self { time_zone: zone.map_or(TimeZone::UTC, ZoneName::time_zone), offer }
    }

    pub(crate) fn at(&self, now: Timestamp) -> Zoned {
        now.to_zoned(self.time_zone.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_different_zone_is_offered_and_none_is_asked_for() {
        let berlin = ZoneName::parse("Europe/Berlin").unwrap();
        let offer = |in_force, browser| Zone::new(in_force, browser).offer;
        assert_eq!(offer(Some("Europe/Berlin"), Some(&berlin)), None);
        assert_eq!(offer(None, Some(&berlin)), None);
        assert_eq!(offer(Some("Asia/Tokyo"), None), None);
        assert_eq!(offer(None, None), Some(Offer::Ask));
        assert_eq!(offer(Some("UTC"), None), Some(Offer::Ask));
        let (browser, current) = ("Europe/Berlin".to_owned(), "Asia/Tokyo".to_owned());
        assert_eq!(offer(Some("Asia/Tokyo"), Some(&berlin)), Some(Offer::Use { browser, current }));
    }
}

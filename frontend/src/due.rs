//! Due dates in the user's words: today, tomorrow, Fri, 1 Dec.

use api::DueBody;
use jiff::{Zoned, civil::Date};

/// Where a task stands in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum When {
    Overdue,
    Today,
    Upcoming,
    Someday,
}

/// A due date, told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Due {
    /// Short: `Tomorrow 09:00`.
    pub text: String,
    /// The time alone, for a place that says the day already.
    pub time: Option<String>,
    /// In full: `Tuesday, 1 December 2026, 09:00`.
    pub exact: String,
    /// For programs.
    pub machine: String,
    /// For the form: the day.
    pub day: Date,
    /// Where it stands.
    pub when: When,
}

impl Due {
    /// `now` is in the zone in which to tell.
    pub(crate) fn new(due: &DueBody, now: &Zoned) -> Self {
        let (day, time, past) = match due {
            DueBody::Day(day) => (*day, None, *day < now.date()),
            DueBody::At(at) => {
                let local = at.0.to_zoned(now.time_zone().clone());
                (local.date(), Some(local.strftime("%H:%M").to_string()), local < *now)
            }
        };
        let when = match () {
            () if past => When::Overdue,
            () if day <= now.date() => When::Today,
            () => When::Upcoming,
        };
        let with_time = |day: &str, between: &str| match &time {
            Some(time) => format!("{day}{between}{time}"),
            None => day.to_owned(),
        };
        Self {
            text: with_time(&name(day, now.date()), " "),
            exact: with_time(&day.strftime("%A, %-d %B %Y").to_string(), ", "),
            machine: due.to_string(),
            day,
            when,
            time,
        }
    }

    pub(crate) fn overdue(&self) -> bool {
        self.when == When::Overdue
    }
}

/// The day as one says it on `today`.
fn name(day: Date, today: Date) -> String {
    let days = (day - today).get_days();
    match days {
        0 => "Today".to_owned(),
        1 => "Tomorrow".to_owned(),
        -1 => "Yesterday".to_owned(),
        2..=6 => day.strftime("%a").to_string(),
        _ if day.year() == today.year() => day.strftime("%-d %b").to_string(),
        _ => day.strftime("%-d %b %Y").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::today("2026-11-23", "Today", When::Today)]
    #[case::tomorrow("2026-11-24", "Tomorrow", When::Upcoming)]
    #[case::week("2026-11-27", "Fri", When::Upcoming)]
    #[case::next_week("2026-11-30", "30 Nov", When::Upcoming)]
    #[case::year("2027-01-01", "1 Jan 2027", When::Upcoming)]
    #[case::yesterday("2026-11-22", "Yesterday", When::Overdue)]
    #[case::past("2026-11-20", "20 Nov", When::Overdue)]
    #[case::hour_passed("2026-11-23T07:00:00Z", "Today 08:00", When::Overdue)]
    #[case::hour_to_come("2026-11-23T16:00:00Z", "Today 17:00", When::Today)]
    #[case::midnight_is_of_the_zone("2026-11-23T23:30:00Z", "Tomorrow 00:30", When::Upcoming)]
    fn as_one_says_it_in_berlin(#[case] due: &str, #[case] text: &str, #[case] when: When) {
        let now: Zoned = "2026-11-23T11:00:00+01:00[Europe/Berlin]".parse().unwrap();
        let due = Due::new(&due.parse().unwrap(), &now);
        assert_eq!((due.text.as_str(), due.when), (text, when));
    }

    #[test]
    fn in_full() {
        let now: Zoned = "2026-11-23T11:00:00+01:00[Europe/Berlin]".parse().unwrap();
        let due = Due::new(&"2026-12-01T08:00:00Z".parse().unwrap(), &now);
        assert_eq!(due.exact, "Tuesday, 1 December 2026, 09:00");
        assert_eq!(due.time.as_deref(), Some("09:00"));
    }
}

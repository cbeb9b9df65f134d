//! A task in one line: `12 · Call mom · Tue 24 Nov 17:00 · high · #home`.

use domain::{Due, Priority, Task};
use jiff::{ToSpan, Zoned, civil::Date};

/// A task in one line, for somebody at `now`, in their zone.
pub(crate) fn line(task: &Task, now: &Zoned) -> String {
    let mut parts = vec![task.number.to_string(), task.title.to_string()];
    parts.extend(task.due.as_ref().map(|due| due_words(due, now)));
    parts.extend(task.recurrence.as_ref().map(|_| "repeats".to_owned()));
    parts.extend(task.priority.map(|priority| {
        match priority {
            Priority::High => "high",
            Priority::Medium => "medium",
            Priority::Low => "low",
        }
        .to_owned()
    }));
    parts.extend(task.tags.iter().map(|tag| format!("#{}", tag.name)));
    parts.join(" · ")
}

fn due_words(due: &Due, now: &Zoned) -> String {
    let zone = now.time_zone();
    let day = day_words(due.day_in(zone), now.date());
    match due {
        Due::Day { .. } => day,
        Due::At { at, .. } => format!("{day} {}", at.to_zoned(zone.clone()).strftime("%H:%M")),
    }
}

/// A day as somebody says it who is at `today`.
pub(crate) fn day_words(day: Date, today: Date) -> String {
    if day == today {
        "today".to_owned()
    } else if day == today.saturating_add(1.day()) {
        "tomorrow".to_owned()
    } else if day.year() == today.year() {
        day.strftime("%a %-d %b").to_string()
    } else {
        day.strftime("%a %-d %b %Y").to_string()
    }
}

#[cfg(test)]
mod tests {
    use domain::{TaskId, TaskNumber, Title, Version};
    use jiff::{Timestamp, civil::date};

    use super::*;

    #[test]
    fn one_line_says_it_all() {
        let now: Zoned = "2026-11-23T10:00[Europe/Berlin]".parse().unwrap();
        let at: Timestamp = "2026-11-24T16:00:00Z".parse().unwrap();
        let zone = domain::ZoneName::parse("Europe/Berlin").unwrap();
        let mut task = Task {
            number: TaskNumber(12),
            id: TaskId(domain::uuid_v7(&domain::SystemRandom, at)),
            title: Title::parse("Call mom").unwrap(),
            description: None,
            due: Some(Due::At { at, zone }),
            priority: Some(Priority::High),
            completed_at: None,
            tags: Vec::new(),
            recurrence: None,
            previous: None,
            next: None,
            remind_at: None,
            reminded_at: None,
            moved_to: None,
            version: Version(1),
            created_at: at,
            updated_at: at,
        };
        assert_eq!(line(&task, &now), "12 · Call mom · tomorrow 17:00 · high");
        for (day, words) in [
            (date(2026, 11, 23), "today"),
            (date(2026, 11, 22), "Sun 22 Nov"),
            (date(2026, 12, 1), "Tue 1 Dec"),
            (date(2027, 1, 1), "Fri 1 Jan 2027"),
        ] {
            task.due = Some(Due::Day { day });
            assert_eq!(line(&task, &now), format!("12 · Call mom · {words} · high"));
        }
    }
}

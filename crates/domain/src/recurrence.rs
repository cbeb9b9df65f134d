//! Tasks that repeat: completing one makes the next.

use std::fmt;

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};

use crate::{Due, Invalid, NewTask, Previous, Rrule, Task, TaskId, ZoneName};

/// How a task repeats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recurrence {
    /// On which days.
    pub rule: RecurrenceRule,
    /// Counted from when.
    pub anchor: Anchor,
    /// The last day that an occurrence can be due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Date>,
    /// The clock time meant, where a clock change has moved this occurrence off it: the next one goes back to it. It is
    /// that of the due time, and of a task that is due on a day that of its reminder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Time>,
}

/// From when a recurrence counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// From the day that was due. Days gone by until the task is completed are left out, and count for COUNT.
    #[default]
    Schedule,
    /// From the day on which the task was completed.
    Completion,
}

impl Anchor {
    /// The stored name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Schedule => "schedule",
            Self::Completion => "completion",
        }
    }

    /// The anchor of a stored name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Schedule, Self::Completion].into_iter().find(|anchor| anchor.name() == name)
    }
}

/// A recurrence rule as text: up to 255 characters of RFC 5545, in their canonical form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RecurrenceRule(String);

impl RecurrenceRule {
    /// The most characters of a rule.
    pub const MAX: usize = 255;

    /// # Errors
    /// Longer than [`RecurrenceRule::MAX`], or what [`Rrule::parse`] refuses.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.chars().count() > Self::MAX {
            let most = Self::MAX;
            return Err(Invalid(format!("recurrence_rule must have at most {most} characters")));
        }
        Rrule::parse(text).map(|rule| Self::from(&rule))
    }

    /// What was parsed when it was written: rules that came later must not make it unreadable.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// What it says; `None` for a stored text that is no rule: such a task does not repeat.
    #[must_use]
    pub fn rule(&self) -> Option<Rrule> {
        Rrule::parse(&self.0).ok()
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&Rrule> for RecurrenceRule {
    fn from(rule: &Rrule) -> Self {
        let mut rule = rule.clone();
        rule.settle();
        Self(rule.to_string())
    }
}

impl fmt::Display for RecurrenceRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Recurrence {
    /// A rule that counts from what was due, without an end of its own.
    #[must_use]
    pub fn new(rule: RecurrenceRule) -> Self {
        Self { rule, anchor: Anchor::default(), end: None, time: None }
    }

    /// The day behind `due` and what is left of the recurrence then; `None` when there is none any more. `done` is the day
    /// on which this occurrence was completed; a task without a due day counts from there. `time` and `zone` are for an
    /// UNTIL that has a time.
    #[must_use]
    pub fn next(
        &self,
        due: Option<Date>,
        done: Date,
        time: Option<Time>,
        zone: &TimeZone,
    ) -> Option<(Date, Self)> {
        let mut rule = self.rule.rule()?;
        let until = rule.until.map(|until| until.last_day(time, zone));
        let last = [until, self.end].into_iter().flatten().min();
        let start = match (self.anchor, due) {
            (Anchor::Schedule, Some(due)) => due,
            _ => done,
        };
        let mut left = rule.count;
        let mut next = None;
        let days = rule.days_after(start);
        // A rule with COUNT ends soon enough, and every day counts.
        let days = if left.is_none() { days.near(done) } else { days };
        for day in days {
            left = left.map(|left| left.saturating_sub(1));
            if left == Some(0) || last.is_some_and(|last| day > last) {
                return None;
            }
            if day >= done {
                next = Some(day);
                break;
            }
        }
        if left != rule.count {
            rule.count = left;
        }
        let rest = Self { rule: RecurrenceRule::from(&rule), time: None, ..self.clone() };
        Some((next?, rest))
    }
}

impl Task {
    /// The occurrence that follows when this one is completed now, by somebody in `zone`; `None` for a task that does not
    /// repeat (any more), or whose next occurrence was made already.
    ///
    /// A task that is due at a time keeps that time where it was meant, and its reminder its distance. What is due on a day
    /// stays so; its reminder moves by as many days and keeps its time of day.
    #[must_use]
    pub fn following(&self, id: TaskId, now: Timestamp, zone: &ZoneName) -> Option<NewTask> {
        let recurrence = self.recurrence.as_ref().filter(|_| self.next.is_none())?;
        let viewer = match &self.due {
            Some(Due::At { zone, .. }) => zone.time_zone(),
            _ => zone.time_zone(),
        };
        let time = match &self.due {
            Some(Due::At { at, .. }) => {
                let clock = at.to_zoned(viewer.clone()).time();
                Some(recurrence.time.unwrap_or(clock))
            }
            _ => None,
        };
        let done = now.to_zoned(viewer.clone()).date();
        let due_day = self.due.as_ref().map(Due::day);
        let (day, mut rest) = recurrence.next(due_day, done, time, &viewer)?;
        let (due, remind_at) = if let (Some(Due::At { at, zone }), Some(time)) = (&self.due, time) {
            let next = day.to_datetime(time).to_zoned(viewer.clone()).ok()?;
            rest.time = (next.time() != time).then_some(time);
            let next = next.timestamp();
            let distance =
                |remind_at: Timestamp| next.checked_add(remind_at.duration_since(*at)).ok();
            (Due::At { at: next, zone: zone.clone() }, self.remind_at.and_then(distance))
        } else {
            let moved = self.remind_at.and_then(|at| {
                let meant = reminder_meant(at, recurrence.time, &viewer);
                let days = day.duration_since(due_day.unwrap_or(meant.date()));
                let next = meant.date().checked_add(days).ok()?.to_datetime(meant.time());
                let moved = next.to_zoned(viewer).ok()?;
                rest.time = (moved.time() != meant.time()).then_some(meant.time());
                Some(moved.timestamp())
            });
            (Due::Day { day }, moved)
        };
        Some(NewTask {
            id,
            title: self.title.clone(),
            description: self.description.clone(),
            due: Some(due),
            priority: self.priority,
            completed_at: None,
            tags: self.tags.clone(),
            recurrence: Some(rest),
            previous: Some(Previous { id: self.id, number: self.number }),
            remind_at,
            position: None,
            now,
        })
    }
}

/// When a reminder was meant: at the clock time noted, if that is what a clock change made into this one.
fn reminder_meant(at: Timestamp, noted: Option<Time>, viewer: &TimeZone) -> DateTime {
    let there = at.to_zoned(viewer.clone()).datetime();
    let meant = noted.map(|time| there.date().to_datetime(time));
    let becomes = |meant: &DateTime| {
        meant.to_zoned(viewer.clone()).is_ok_and(|zoned| zoned.timestamp() == at)
    };
    meant.filter(becomes).unwrap_or(there)
}

//! Day, clock time and part of a day, put together.

use domain::{Due, Frequency, Rrule, ZoneName};
use jiff::{
    ToSpan,
    civil::{Date, DateTime, Time, time},
};

use crate::{Context, policy::DayHours};

/// A clock time as said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    /// One time of the day: "5pm", "17:00".
    Exact(Time),
    /// Of morning or evening; the time is before noon: "at 5".
    Bare(Time),
    /// Where a day ends.
    Midnight,
}

/// A part of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Morning,
    Afternoon,
    Evening,
    Tonight,
    Night,
}

impl Part {
    /// The clock time that it stands for.
    pub fn time(self, hours: &DayHours) -> Time {
        match self {
            Self::Morning => hours.morning,
            Self::Afternoon => hours.afternoon,
            Self::Evening => hours.evening,
            Self::Tonight => hours.tonight,
            Self::Night => hours.night,
        }
    }

    fn is_night(self) -> bool {
        matches!(self, Self::Tonight | Self::Night)
    }
}

/// When something is due, in the parts that were said.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct When {
    pub day: Option<Date>,
    pub clock: Option<Clock>,
    pub part: Option<Part>,
    pub moment: Option<DateTime>,
}

/// When it is due, with the clock time that was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resolved {
    pub due: Due,
    pub time: Option<Time>,
}

impl When {
    /// What it means now; `None` when nothing was said.
    pub fn resolve(self, context: &Context<'_>) -> Option<Resolved> {
        if let Some(moment) = self.moment {
            return Some(at(moment, context));
        }
        let Some(times) = self.times(context) else {
            return self.day.map(|day| Resolved { due: Due::Day { day }, time: None });
        };
        let now = context.now.datetime();
        let today = times.map(|time| time.map(|time| on(now.date(), time)));
        let future = today.into_iter().flatten().find(|moment| *moment > now);
        let moment = match self.day {
            // The day was said, so it holds, even if the time is past.
            Some(day) if day == now.date() => future.or(today.into_iter().flatten().last())?,
            Some(day) => on(day, times[0]?),
            None => future.or_else(|| Some(on(now.date().tomorrow().ok()?, times[0]?)))?,
        };
        Some(at(moment, context))
    }

    /// When something that repeats is due first: when that was said, else on the first day of the rule that is not past.
    /// A rule that names no days of its own starts today. Of an hour of morning or evening the earlier one is meant: a
    /// habit does not hang on the hour at which it is written down.
    pub fn first_of(self, rule: &Rrule, context: &Context<'_>) -> Option<Resolved> {
        if self.day.is_some() || self.moment.is_some() {
            return self.resolve(context);
        }
        let now = context.now.datetime();
        // Which days an interval leaves out is counted from the first day itself.
        let all = match (&*rule.weekdays, &*rule.month_days) {
            ([], []) => Rrule::every(Frequency::Daily),
            _ => Rrule { interval: 1, ..rule.clone() },
        };
        let yesterday = now.date().yesterday().ok()?;
        let mut days = all.days_after(yesterday);
        let time = self.times(context).and_then(|[first, _]| first).map(|late| late.time);
        let Some(time) = time else {
            return days.next().map(|day| Resolved { due: Due::Day { day }, time: None });
        };
        let moment = days.map(|day| day.to_datetime(time)).find(|moment| *moment > now)?;
        Some(at(moment, context))
    }

    /// The one or two clock times that may be meant, the earlier first.
    fn times(self, context: &Context<'_>) -> Option<[Option<LateTime>; 2]> {
        let same_day = |time| [Some(LateTime { time, next_day: false }), None];
        let next_day = |time| [Some(LateTime { time, next_day: true }), None];
        let night = self.part.is_some_and(Part::is_night);
        Some(match (self.clock, self.part) {
            (None, None) => return None,
            (None, Some(part)) => same_day(part.time(&context.policy.day)),
            (Some(Clock::Midnight), _) => next_day(Time::midnight()),
            // "tonight at 1 am" is tomorrow by the calendar.
            (Some(Clock::Exact(time)), _) if night && time.hour() < 5 => next_day(time),
            (Some(Clock::Bare(time)), Some(_)) if night && time.hour() < 4 => next_day(time),
            (Some(Clock::Exact(time)), _) | (Some(Clock::Bare(time)), Some(Part::Morning)) => {
                same_day(time)
            }
            (Some(Clock::Bare(time)), Some(_)) => same_day(after_noon(time)),
            (Some(Clock::Bare(time)), None) => bare(time, context),
        })
    }
}

/// A clock time, maybe of the day after.
#[derive(Debug, Clone, Copy)]
struct LateTime {
    time: Time,
    next_day: bool,
}

fn bare(morning: Time, context: &Context<'_>) -> [Option<LateTime>; 2] {
    let window = context.policy.bare_hour_from..=context.policy.bare_hour_to;
    let waking = |time: Time| window.contains(&time).then_some(LateTime { time, next_day: false });
    let evening = after_noon(morning);
    match [waking(morning), waking(evening)] {
        [None, None] => [Some(LateTime { time: evening, next_day: false }), None],
        [None, evening] => [evening, None],
        both => both,
    }
}

fn after_noon(morning: Time) -> Time {
    time(morning.hour() % 12 + 12, morning.minute(), morning.second(), 0)
}

fn on(day: Date, late: LateTime) -> DateTime {
    let day = if late.next_day { day.checked_add(1.day()).unwrap_or(day) } else { day };
    day.to_datetime(late.time)
}

/// A civil time that a clock change skips means the same distance behind the change (jiff's "compatible").
fn at(moment: DateTime, context: &Context<'_>) -> Resolved {
    let zone = context.now.time_zone();
    let due = match moment.to_zoned(zone.clone()) {
        Ok(zoned) => Due::At {
            at: zoned.timestamp(),
            zone: zone
                .iana_name()
                .and_then(|name| ZoneName::parse(name).ok())
                .unwrap_or_else(ZoneName::utc),
        },
        Err(_) => Due::Day { day: moment.date() },
    };
    Resolved { due, time: Some(moment.time()) }
}

//! VTODO to tasks. What a program elsewhere wrote and we cannot keep is left out, and told.

use domain::{
    Anchor, Description, Due, Position, Priority, Recurrence, RecurrenceRule, TagName, TaskId,
    TaskNumber, Title, ZoneName,
};
use icalendar::{Component, Moment, Property, split, unescape};
use jiff::{Span, Timestamp, civil::DateTime, tz::TimeZone};
use service::{Import, ImportedTask, MOST_TAGS};
use uuid::Uuid;

use super::{
    super::{
        MOST_TASKS, MOST_WARNINGS,
        source_id::{SourceIds, source_id},
    },
    own,
};
use crate::error::ApiError;

/// The tasks of a calendar, and what could not be taken as it was. Clock times without a zone are meant in `zone`.
pub(in crate::portability) fn read(
    body: &[u8],
    zone: &ZoneName,
    now: Timestamp,
) -> Result<(Import, Vec<String>), ApiError> {
    let calendar = Component::parse(body)
        .map_err(|error| ApiError::Malformed(format!("The body is no iCalendar: {error}")))?;
    if calendar.name != "VCALENDAR" {
        return Err(ApiError::Malformed("The body is no iCalendar: no VCALENDAR".to_owned()));
    }
    let mut reader = Reader { zone, now, warnings: Vec::new(), ids: SourceIds::default() };
    let todos = calendar.components.iter().filter(|component| component.name == "VTODO");
    if todos.clone().count() > MOST_TASKS {
        let rule = format_args!("hold at most {MOST_TASKS} in one file");
        return Err(ApiError::must("VTODO", rule));
    }
    let tasks = todos.enumerate().map(|(place, todo)| reader.task(todo, place + 1));
    let tasks = tasks.collect::<Result<_, _>>()?;
    Ok((Import { tasks, ..Import::default() }, reader.warnings))
}

struct Reader<'a> {
    zone: &'a ZoneName,
    now: Timestamp,
    warnings: Vec<String>,
    /// For what has no UID.
    ids: SourceIds,
}

impl Reader<'_> {
    fn task(&mut self, todo: &Component, place: usize) -> Result<ImportedTask, ApiError> {
        let field = format!("VTODO {place}");
        let text = |name| todo.property(name).map(|property| unescape(&property.value));
        let description = text("DESCRIPTION").map(|text| Description::parse(&text));
        let description =
            description.transpose().map_err(|rule| ApiError::invalid(&field, rule))?;
        let summary = text("SUMMARY").unwrap_or_default().replace(['\n', '\t'], " ");
        let title = Title::parse(&summary).map_err(|rule| ApiError::invalid(&field, rule))?;
        let uid = text("UID").unwrap_or_default();
        let due = self.due(todo, &title);
        Ok(ImportedTask {
            id: TaskId(self.id(todo, &uid)),
            number: number(todo),
            remind_at: self.reminder(todo, due.as_ref(), &title),
            recurrence: self.recurrence(todo, &title),
            tags: self.tags(todo, &title),
            priority: todo.property("PRIORITY").and_then(priority),
            completed_at: self.completed_at(todo),
            previous: todo.property(own::PREVIOUS).and_then(|id| id.value.parse().ok()).map(TaskId),
            position: todo
                .property(own::POSITION)
                .and_then(|place| Position::new(place.value.parse().ok()?).ok()),
            created_at: self.instant(todo, "CREATED"),
            updated_at: self.instant(todo, "LAST-MODIFIED"),
            title,
            description: description.flatten(),
            due,
        })
    }

    /// One of our own UIDs is the id itself. Of a recurring task, RECURRENCE-ID tells one occurrence from another.
    fn id(&mut self, todo: &Component, uid: &str) -> Uuid {
        let occurrence = todo.property("RECURRENCE-ID").map(|id| id.value.as_str());
        let occurrence = occurrence.unwrap_or_default();
        match uid.parse() {
            Ok(id) if occurrence.is_empty() => id,
            _ if uid.is_empty() => self.ids.next(&["vtodo", &todo.to_string()]),
            _ => source_id(&["uid", uid, occurrence]),
        }
    }

    fn warn(&mut self, title: &Title, what: &str) {
        if self.warnings.len() < MOST_WARNINGS {
            self.warnings.push(format!("{title}: {what}"));
        }
    }

    fn due(&mut self, todo: &Component, title: &Title) -> Option<Due> {
        let property = todo.property("DUE")?;
        let Some(moment) = Moment::of(property) else {
            self.warn(title, "its due date was not understood and left out");
            return None;
        };
        let named = todo.property(own::ZONE).and_then(|zone| ZoneName::parse(&zone.value).ok());
        let due = match moment {
            Moment::Day(day) => Some(Due::Day { day }),
            Moment::Instant(at) => {
                Some(Due::At { at, zone: named.unwrap_or_else(|| self.zone.clone()) })
            }
            Moment::Floating(local) => at(local, self.zone.clone()),
            Moment::Zoned(local, zone) => {
                let known = ZoneName::parse(&zone).ok();
                if known.is_none() {
                    let here = self.zone;
                    self.warn(title, &format!("the zone {zone} is unknown; taken as {here}"));
                }
                at(local, known.unwrap_or_else(|| self.zone.clone()))
            }
        };
        if due.as_ref().is_none_or(|due| due.day().year() < 1) {
            self.warn(title, "its due date is out of range and left out");
            return None;
        }
        due
    }

    fn recurrence(&mut self, todo: &Component, title: &Title) -> Option<Recurrence> {
        let rule = todo.property("RRULE")?;
        let mut recurrence = match RecurrenceRule::parse(&rule.value) {
            Ok(rule) => Recurrence::new(rule),
            Err(rule) => {
                self.warn(title, &format!("it does not repeat here: {rule}"));
                return None;
            }
        };
        let anchor = todo.property(own::ANCHOR).and_then(|anchor| Anchor::from_name(&anchor.value));
        recurrence.anchor = anchor.unwrap_or_default();
        recurrence.end = todo.property(own::RECURRENCE_END).and_then(|end| match Moment::of(end) {
            Some(Moment::Day(day)) => Some(day),
            _ => None,
        });
        Some(recurrence)
    }

    fn tags(&mut self, todo: &Component, title: &Title) -> Vec<TagName> {
        let mut tags: Vec<TagName> = Vec::new();
        for name in todo.properties_of("CATEGORIES").flat_map(|names| split(&names.value)) {
            match TagName::parse(&name) {
                Ok(tag) if tags.len() < MOST_TAGS => tags.push(tag),
                Ok(_) => self.warn(title, &format!("it has too many tags; {name} is left out")),
                Err(_) if name.trim().is_empty() => {}
                Err(rule) => self.warn(title, &format!("a tag is left out: {rule}")),
            }
        }
        tags
    }

    /// What was cancelled needs nobody to do it any more.
    fn completed_at(&self, todo: &Component) -> Option<Timestamp> {
        let status = todo.property("STATUS").map(|status| status.value.trim().to_ascii_uppercase());
        let done = matches!(status.as_deref(), Some("COMPLETED" | "CANCELLED"));
        let at = self.instant(todo, "COMPLETED");
        if !done && (status.is_some() || at.is_none()) {
            return None;
        }
        at.or_else(|| self.instant(todo, "LAST-MODIFIED")).or(Some(self.now))
    }

    /// The first alarm: at a time, or so long before the task is due.
    fn reminder(
        &mut self,
        todo: &Component,
        due: Option<&Due>,
        title: &Title,
    ) -> Option<Timestamp> {
        let mut alarms = todo.components.iter().filter(|component| component.name == "VALARM");
        let trigger = alarms.find_map(|alarm| alarm.property("TRIGGER"))?;
        let at = match Moment::of(trigger) {
            Some(Moment::Instant(at)) => Some(at),
            _ => before(trigger, due, self.zone),
        };
        if at.is_none() {
            self.warn(title, "its alarm was not understood and left out");
        }
        at
    }

    fn instant(&self, todo: &Component, name: &str) -> Option<Timestamp> {
        match Moment::of(todo.property(name)?)? {
            Moment::Instant(at) => Some(at),
            Moment::Floating(local) => instant(local, self.zone.time_zone()),
            Moment::Zoned(local, zone) => instant(local, ZoneName::parse(&zone).ok()?.time_zone()),
            Moment::Day(day) => instant(day.at(0, 0, 0, 0), self.zone.time_zone()),
        }
    }
}

fn number(todo: &Component) -> Option<TaskNumber> {
    let number = todo.property(own::NUMBER)?.value.parse().ok().filter(|number| *number > 0);
    number.map(TaskNumber)
}

/// Section 3.8.1.9: 1 is the highest of nine, 0 is none.
fn priority(property: &Property) -> Option<Priority> {
    match property.value.trim().parse::<u8>().ok()? {
        1..=4 => Some(Priority::High),
        5 => Some(Priority::Medium),
        6..=9 => Some(Priority::Low),
        _ => None,
    }
}

fn at(local: DateTime, zone: ZoneName) -> Option<Due> {
    Some(Due::At { at: instant(local, zone.time_zone())?, zone })
}

fn instant(local: DateTime, zone: TimeZone) -> Option<Timestamp> {
    Some(local.to_zoned(zone).ok()?.timestamp())
}

/// A duration such as `-PT15M` from when the task is due (section 3.8.6.3): a day begins at midnight.
fn before(trigger: &Property, due: Option<&Due>, zone: &ZoneName) -> Option<Timestamp> {
    let span: Span = trigger.value.trim().parse().ok()?;
    let due = match due? {
        Due::At { at, zone } => at.to_zoned(zone.time_zone()),
        Due::Day { day } => day.to_zoned(zone.time_zone()).ok()?,
    };
    Some(due.checked_add(span).ok()?.timestamp())
}

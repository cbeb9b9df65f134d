//! Tasks to VTODO.

use domain::{Due, Priority, Task};
use icalendar::{Component, Property, escape, join, utc};

use super::own;

const PRODUCT: &str = concat!("-//todo-chatbot//todo-chatbot ", env!("CARGO_PKG_VERSION"), "//EN");

/// A calendar, without its tasks.
pub(in crate::portability) fn write() -> Component {
    let mut calendar = Component::new("VCALENDAR");
    calendar.push("VERSION", "2.0");
    calendar.push("PRODID", PRODUCT);
    calendar
}

/// One task.
pub(in crate::portability) fn write_task(task: &Task) -> Component {
    let mut todo = Component::new("VTODO");
    todo.push("UID", task.id.to_string());
    todo.push("DTSTAMP", utc(task.updated_at));
    todo.push("CREATED", utc(task.created_at));
    todo.push("LAST-MODIFIED", utc(task.updated_at));
    todo.push("SUMMARY", escape(task.title.as_str()));
    if let Some(description) = &task.description {
        todo.push("DESCRIPTION", escape(description.as_str()));
    }
    due(task, &mut todo);
    if let Some(priority) = task.priority {
        todo.push("PRIORITY", in_nine(priority));
    }
    match task.completed_at {
        Some(at) => {
            todo.push("STATUS", "COMPLETED");
            todo.push("COMPLETED", utc(at));
        }
        None => todo.push("STATUS", "NEEDS-ACTION"),
    }
    if !task.tags.is_empty() {
        todo.push("CATEGORIES", join(task.tags.iter().map(|tag| tag.name.as_str())));
    }
    recurrence(task, &mut todo);
    todo.push(own::NUMBER, task.number.to_string());
    if let Some(position) = task.moved_to {
        todo.push(own::POSITION, position.to_string());
    }
    todo.components.extend(alarm(task));
    todo
}

/// DTSTART goes with RRULE (section 3.8.5.3); the day that counts for a task is the one it is due.
fn due(task: &Task, todo: &mut Component) {
    let value = match &task.due {
        None => return,
        Some(Due::Day { day }) => {
            Property::new("DUE", day.strftime("%Y%m%d").to_string()).with("VALUE", "DATE")
        }
        Some(Due::At { at, zone }) => {
            todo.push(own::ZONE, zone.as_str());
            Property::new("DUE", utc(*at))
        }
    };
    if task.recurrence.is_some() {
        todo.properties.push(Property { name: "DTSTART".to_owned(), ..value.clone() });
    }
    todo.properties.push(value);
}

fn in_nine(priority: Priority) -> &'static str {
    match priority {
        Priority::High => "1",
        Priority::Medium => "5",
        Priority::Low => "9",
    }
}

fn recurrence(task: &Task, todo: &mut Component) {
    if let Some(recurrence) = &task.recurrence {
        todo.push("RRULE", recurrence.rule.as_str());
        todo.push(own::ANCHOR, recurrence.anchor.name());
        if let Some(end) = recurrence.end {
            todo.push(own::RECURRENCE_END, end.strftime("%Y%m%d").to_string());
        }
    }
    if let Some(previous) = task.previous {
        todo.push(own::PREVIOUS, previous.id.to_string());
    }
}

fn alarm(task: &Task) -> Option<Component> {
    let at = task.remind_at?;
    let mut alarm = Component::new("VALARM");
    alarm.push("ACTION", "DISPLAY");
    alarm.push("DESCRIPTION", escape(task.title.as_str()));
    alarm.properties.push(Property::new("TRIGGER", utc(at)).with("VALUE", "DATE-TIME"));
    Some(alarm)
}

//! Commands in the short form that the case files are written in.

use domain::{Due, Priority, Status};
use language::{
    Add, Command, DueRange, List, NotUnderstood, QuickAdd, Reason, Target, Understanding,
};

/// All commands, with "; " between them.
pub fn understanding(understanding: &Understanding) -> String {
    let commands = understanding.commands.iter().map(|understood| command(&understood.command));
    commands.collect::<Vec<_>>().join("; ")
}

/// The task of the quick-add box.
pub fn quick_add(quick: &QuickAdd) -> String {
    add(&quick.add)
}

fn command(command: &Command) -> String {
    match command {
        Command::Add(task) => add(task),
        Command::List(filter) => list(filter),
        Command::Complete(tasks) => format!("complete {}", target(tasks)),
        Command::Reopen(tasks) => format!("reopen {}", target(tasks)),
        Command::Delete(tasks) => format!("delete {}", target(tasks)),
        Command::Undo { count } => format!("undo {count}"),
        Command::Help => "help".to_owned(),
        Command::Greeting => "greeting".to_owned(),
        Command::Thanks => "thanks".to_owned(),
        Command::NotUnderstood(nothing) => not_understood(nothing),
    }
}

fn add(add: &Add) -> String {
    let mut parts = vec![format!("add {:?}", add.title)];
    parts.extend(add.due.as_ref().map(due));
    parts.extend(add.recurrence.as_ref().map(ToString::to_string));
    parts.extend(add.priority.map(priority));
    parts.extend(add.tags.iter().map(|tag| format!("#{tag}")));
    parts.extend(add.description.as_ref().map(|text| format!("// {text}")));
    parts.join(" ")
}

fn due(due: &Due) -> String {
    match due {
        Due::Day { day } => day.to_string(),
        Due::At { at, zone } => at.to_zoned(zone.time_zone()).strftime("%FT%H:%M").to_string(),
    }
}

fn priority(priority: Priority) -> String {
    format!("p{}", u8::from(priority))
}

fn list(list: &List) -> String {
    let status = match list.status {
        Some(Status::Open) => "open",
        Some(Status::Done) => "done",
        None => "all",
    };
    let mut parts =
        vec![if list.count_only { "count" } else { "list" }.to_owned(), status.to_owned()];
    parts.extend(list.due.map(|range| match range {
        DueRange::Overdue => "overdue".to_owned(),
        DueRange::Days { first, last } if first == last => first.to_string(),
        DueRange::Days { first, last } => format!("{first}..{last}"),
    }));
    parts.extend(list.priority.map(priority));
    parts.extend(list.tags.iter().map(|tag| format!("#{tag}")));
    parts.extend(list.words.as_ref().map(|words| format!("{words:?}")));
    parts.join(" ")
}

fn target(target: &Target) -> String {
    match target {
        Target::Numbers(numbers) => {
            numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
        }
        Target::Words(words) => format!("{words:?}"),
        Target::It => "it".to_owned(),
    }
}

fn not_understood(nothing: &NotUnderstood) -> String {
    match &nothing.reason {
        Reason::OutOfScope => "nothing".to_owned(),
        Reason::NotYet(feature) => format!("nothing: {feature:?}"),
        Reason::BadDate(text) => format!("nothing: {text}"),
        Reason::ManyAtOnce => "nothing: ManyAtOnce".to_owned(),
        Reason::NoTarget => "nothing: NoTarget".to_owned(),
    }
}

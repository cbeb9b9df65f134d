//! The tools: each runs one command through `service` and tells what came of it.

use api::{Action, TaskBody};
use auth::Actor;
use domain::{
    Description, DueBound, DueFilter, Invalid, Recurrence, Sort, SortBy, Status, TagName, Task,
    TaskQuery, Title, ZoneName,
};
use jiff::{ToSpan, Zoned, civil::Date};
use language::{Add, DueRange, List, Target};
use serde_json::{Value, json};
use service::{Service, ServiceError, TagChoice, TaskDraft, TaskKey, Undone, Written};

use crate::{
    receipt,
    reply::Reply,
    resolve::{self, Verb},
    state::State,
};

/// The most tasks that a list shows.
const SHOWN: u16 = 50;

const IN_THE_WAY: &str =
    "This I cannot undo: what it touched has changed since, here or elsewhere.";

/// What a command works with.
pub(crate) struct Tools<'a> {
    pub app: &'a Service,
    pub actor: &'a Actor,
    pub zone: &'a ZoneName,
    pub now: &'a Zoned,
    pub state: &'a mut State,
    pub reply: &'a mut Reply,
}

impl Tools<'_> {
    /// Adds a task.
    pub async fn add_task(&mut self, add: Add) -> Result<(), ServiceError> {
        if add.title.trim().is_empty() {
            self.reply.say("What should the task be called?");
            return Ok(());
        }
        let input = json!({ "title": add.title, "tags": add.tags });
        let draft = match draft(add) {
            Ok(draft) => draft,
            Err(rule) => {
                self.reply.say(format!("I could not add that: {rule}."));
                self.failed("add_task", input, &rule.to_string());
                return Ok(());
            }
        };
        let written = match service::add_task(self.app, self.actor, draft).await {
            Err(ServiceError::Invalid { message, .. }) => {
                self.reply.say(format!("I could not add that: {message}."));
                self.failed("add_task", input, &message);
                return Ok(());
            }
            written => written?,
        };
        self.state.touched = vec![written.value.number];
        self.reply.tell("Added:", std::slice::from_ref(&written.value), self.now);
        self.wrote("add_task", input, &written.map(|task| vec![task]));
        Ok(())
    }

    /// Shows tasks, or counts them.
    pub async fn list_tasks(&mut self, list: List) -> Result<(), ServiceError> {
        let today = self.now.date();
        let sentence = |count: u64| heading(&list, count, today);
        let input =
            json!({ "status": status_word(list.status), "search": list.words, "tags": list.tags });
        let mut query = match wanted(&list, self.now) {
            Ok(query) => query,
            Err(rule) => {
                self.reply.say(format!("I could not look for that: {rule}."));
                self.failed("list_tasks", input, &rule.to_string());
                return Ok(());
            }
        };
        let total = service::count_tasks(self.app, self.actor, &query).await?;
        if list.count_only {
            self.reply.say(sentence(total));
            self.done("list_tasks", input, json!({ "success": true, "total": total }));
            return Ok(());
        }
        query.limit = Some(SHOWN);
        let tasks = service::list_tasks(self.app, self.actor, &query).await?;
        if let [only] = &*tasks {
            self.state.touched = vec![only.number];
        }
        let heading = match total {
            0 => sentence(0),
            _ if total > u64::from(SHOWN) => format!("{} The first {SHOWN}:", sentence(total)),
            _ => format!("{}:", sentence(total).trim_end_matches('.')),
        };
        self.reply.tell(&heading, &tasks, self.now);
        let result = json!({ "success": true, "total": total, "tasks": bodies(&tasks) });
        self.done("list_tasks", input, result);
        Ok(())
    }

    /// Completes tasks.
    pub async fn complete_task(&mut self, target: Target) -> Result<(), ServiceError> {
        let verb = Verb { word: "complete", among: Status::Open };
        let Some(keys) = self.tasks_of(target, verb).await? else { return Ok(()) };
        let written = service::complete_tasks(self.app, self.actor, self.zone, &keys, None).await;
        let made = written.as_ref().ok().filter(|written| written.change.is_some());
        let next = made.map(|written| written.value.next.clone()).unwrap_or_default();
        let written = written.map(|written| written.map(|completed| completed.tasks));
        self.tell_written("complete_task", &keys, written, "Completed:", "Already done:")?;
        if !next.is_empty() {
            self.reply.tell("Next:", &next, self.now);
        }
        Ok(())
    }

    /// Reopens completed tasks.
    pub async fn reopen_task(&mut self, target: Target) -> Result<(), ServiceError> {
        let verb = Verb { word: "reopen", among: Status::Done };
        let Some(keys) = self.tasks_of(target, verb).await? else { return Ok(()) };
        let written = service::reopen_tasks(self.app, self.actor, &keys, None).await;
        self.tell_written("reopen_task", &keys, written, "Reopened:", "Already open:")
    }

    /// Deletes tasks.
    pub async fn delete_task(&mut self, target: Target) -> Result<(), ServiceError> {
        let verb = Verb { word: "delete", among: Status::Open };
        let Some(keys) = self.tasks_of(target, verb).await? else { return Ok(()) };
        let written = service::delete_tasks(self.app, self.actor, &keys, None).await;
        let deleted = written.is_ok();
        self.tell_written("delete_task", &keys, written, "Deleted:", "Deleted:")?;
        if deleted {
            self.state.touched.clear(); // "it" is gone
        }
        Ok(())
    }

    /// Takes back the last changes of this conversation, the last one first. Those that were taken back elsewhere, by a
    /// button or another client, do not count.
    pub async fn undo(&mut self, count: u8) -> Result<(), ServiceError> {
        let mut left = count;
        while left > 0 {
            let Some(&change) = self.state.changes.last() else { break };
            match service::undo(self.app, self.actor, change).await {
                Ok(undone) => {
                    self.tell_undone(&undone);
                    left -= 1;
                }
                Err(ServiceError::InTheWay(_))
                    if service::is_undone(self.app, self.actor, change).await? => {}
                Err(error @ (ServiceError::InTheWay(_) | ServiceError::NotFound(_))) => {
                    self.reply.say(IN_THE_WAY);
                    self.failed("undo", json!({ "change": change }), &error.to_string());
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
            self.state.changes.pop();
        }
        if left == count {
            self.reply.say("There is nothing to undo in this conversation.");
        } else if left > 0 {
            self.reply.say("There is nothing more to undo in this conversation.");
        }
        Ok(())
    }

    fn tell_undone(&mut self, undone: &Undone) {
        self.state.touched = undone.tasks.iter().map(|task| task.number).collect();
        let gone = undone.undone.after.tasks.iter();
        let gone = gone.filter(|task| undone.removed.contains(&task.number));
        let gone: Vec<Task> = gone.cloned().collect();
        if !gone.is_empty() {
            self.reply.tell("Undone, gone again:", &gone, self.now);
        }
        if !undone.tasks.is_empty() {
            self.reply.tell("Undone, as it was before:", &undone.tasks, self.now);
        }
        let input = json!({ "change": undone.undone.number });
        let result = json!({
            "success": true, "change": undone.change, "tasks": bodies(&undone.tasks),
            "removed": undone.removed,
        });
        self.done("undo", input, result);
    }

    async fn tasks_of(
        &mut self,
        target: Target,
        verb: Verb,
    ) -> Result<Option<Vec<TaskKey>>, ServiceError> {
        resolve::tasks_of(self.app, self.actor, target, verb, self.state, self.reply).await
    }

    fn tell_written(
        &mut self,
        tool: &'static str,
        keys: &[TaskKey],
        written: Result<Written<Vec<Task>>, ServiceError>,
        sentence: &str,
        unchanged: &str,
    ) -> Result<(), ServiceError> {
        let input = json!({ "task_id": keys.iter().map(number).collect::<Vec<_>>() });
        match written {
            Ok(written) => {
                self.state.touched = written.value.iter().map(|task| task.number).collect();
                let sentence = if written.change.is_some() { sentence } else { unchanged };
                self.reply.tell(sentence, &written.value, self.now);
                self.wrote(tool, input, &written);
                Ok(())
            }
            Err(error @ ServiceError::NoSuchTask(number)) => {
                self.reply.say(format!("There is no task {number}. Nothing was changed."));
                self.failed(tool, input, &error.to_string());
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    fn wrote(&mut self, tool: &'static str, input: Value, written: &Written<Vec<Task>>) {
        self.state.remember(written.change);
        let mut result = json!({ "success": true, "change": written.change });
        match &*written.value {
            [task] => result["task"] = json!(TaskBody::from(task)),
            tasks => result["tasks"] = bodies(tasks),
        }
        self.done(tool, input, result);
    }

    fn failed(&mut self, tool: &'static str, input: Value, error: &str) {
        self.done(tool, input, json!({ "success": false, "error": error }));
    }

    fn done(&mut self, tool: &'static str, input: Value, result: Value) {
        self.reply.actions.push(Action { tool: tool.to_owned(), input, result });
    }
}

fn number(key: &TaskKey) -> Value {
    match key {
        TaskKey::Number(number) => json!(number),
        TaskKey::Id(id) => json!(id),
    }
}

fn bodies(tasks: &[Task]) -> Value {
    json!(tasks.iter().map(TaskBody::from).collect::<Vec<_>>())
}

fn draft(add: Add) -> Result<TaskDraft, Invalid> {
    let tags = add.tags.iter().map(|name| TagName::parse(name)).collect::<Result<_, _>>()?;
    Ok(TaskDraft {
        title: Title::parse(&add.title)?,
        description: add.description.as_deref().map(Description::parse).transpose()?.flatten(),
        due: add.due,
        recurrence: add.recurrence.map(Recurrence::new),
        priority: add.priority,
        completed: false,
        tags: TagChoice::Names(tags),
        ..TaskDraft::new(Title::parse(&add.title)?)
    })
}

fn wanted(list: &List, now: &Zoned) -> Result<TaskQuery, Invalid> {
    let zone = now.time_zone();
    let start = |day| DueBound::start_of(day, zone);
    let (due, status) = match list.due {
        None => (None, list.status),
        Some(DueRange::Overdue) => {
            let before = Some(DueBound::now(now.timestamp(), zone));
            (Some(DueFilter::Between { from: None, before }), Some(Status::Open))
        }
        Some(DueRange::Days { first, last }) => {
            let before = last.checked_add(1.day()).ok().map(start);
            (Some(DueFilter::Between { from: Some(start(first)), before }), list.status)
        }
    };
    let sort = match status {
        Some(Status::Done) => Sort { by: SortBy::Updated, descending: true },
        _ => Sort { by: SortBy::Due, descending: false },
    };
    let (priority, search) = (list.priority, list.words.clone());
    let tag_names = list.tags.iter().map(|name| TagName::parse(name)).collect::<Result<_, _>>()?;
    Ok(TaskQuery { status, priority, tag_names, search, due, sort, ..TaskQuery::default() })
}

fn status_word(status: Option<Status>) -> &'static str {
    match status {
        None => "all",
        Some(Status::Open) => "pending",
        Some(Status::Done) => "completed",
    }
}

/// "3 open tasks.", "1 task due today.", "No overdue tasks."
fn heading(list: &List, count: u64, today: Date) -> String {
    let kind = match (list.due, list.status) {
        (Some(DueRange::Overdue), _) => "overdue ",
        (_, Some(Status::Done)) => "completed ",
        (None, Some(Status::Open)) => "open ",
        _ => "",
    };
    let due = match list.due {
        Some(DueRange::Days { first, last }) if first == last => {
            format!(" due {}", receipt::day_words(first, today))
        }
        Some(DueRange::Days { first, last }) => {
            let [from, to] = [first, last].map(|day| receipt::day_words(day, today));
            format!(" due from {from} to {to}")
        }
        _ => String::new(),
    };
    let about = list.words.as_ref().map_or_else(String::new, |words| format!(" about “{words}”"));
    let tags = list.tags.iter().fold(String::new(), |tags, tag| tags + " #" + tag);
    match count {
        0 => format!("No {kind}tasks{about}{tags}{due}."),
        1 => format!("1 {kind}task{about}{tags}{due}."),
        _ => format!("{count} {kind}tasks{about}{tags}{due}."),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_list_says_what_it_shows() {
        let today = date(2026, 11, 23);
        let open = List { status: Some(Status::Open), ..List::default() };
        let due = |first, last| Some(DueRange::Days { first, last });
        for (list, count, sentence) in [
            (List::default(), 2, "2 tasks."),
            (open.clone(), 1, "1 open task."),
            (List { due: Some(DueRange::Overdue), ..open.clone() }, 0, "No overdue tasks."),
            (List { due: due(today, today), ..open.clone() }, 4, "4 tasks due today."),
            (
                List { due: due(today, date(2026, 11, 29)), tags: vec!["home".to_owned()], ..open },
                2,
                "2 tasks #home due from today to Sun 29 Nov.",
            ),
            (
                List { words: Some("milk".to_owned()), ..List::default() },
                0,
                "No tasks about “milk”.",
            ),
        ] {
            assert_eq!(heading(&list, count, today), sentence);
        }
    }
}

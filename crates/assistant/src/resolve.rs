//! Which tasks a command is about.

use std::collections::HashMap;

use auth::Actor;
use domain::{Cursor, Sort, SortBy, Status, Task, TaskNumber, TaskQuery};
use language::{Found, Target};
use service::{Service, ServiceError, TaskKey};

use crate::{reply::Reply, state::State};

/// What a command does, as far as finding its tasks goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Verb {
    /// As a user would say it; buttons say it too.
    pub word: &'static str,
    /// Among which tasks to look for words.
    pub among: Status,
}

/// The most tasks that one command changes without asking (chat.md, rule 6).
const MOST: usize = 5;
/// The most tasks that are offered to choose from.
const OFFERED: usize = 8;

/// The tasks of a target; `None` when it is not clear which, and the reply asks.
pub(crate) async fn tasks_of(
    app: &Service,
    actor: &Actor,
    target: Target,
    verb: Verb,
    state: &State,
    reply: &mut Reply,
) -> Result<Option<Vec<TaskKey>>, ServiceError> {
    let numbers = match target {
        Target::Numbers(numbers) => numbers,
        Target::It => state.touched.clone(),
        Target::Words(words) => return by_words(app, actor, &words, verb, reply).await,
    };
    if numbers.is_empty() {
        reply.say("Which task do you mean? Tell me its number or a word of its title.");
        return Ok(None);
    }
    if numbers.len() > MOST {
        let count = numbers.len();
        reply.say(format!(
            "That would {} {count} tasks. Name at most {MOST} at a time; nothing was changed.",
            verb.word
        ));
        return Ok(None);
    }
    Ok(Some(numbers.into_iter().map(TaskKey::Number).collect()))
}

async fn by_words(
    app: &Service,
    actor: &Actor,
    words: &str,
    verb: Verb,
    reply: &mut Reply,
) -> Result<Option<Vec<TaskKey>>, ServiceError> {
    let tasks = all_tasks(app, actor, verb.among).await?;
    let titles = tasks.iter().map(|task| (task.number, task.title.as_str()));
    let kind = match verb.among {
        Status::Open => "open",
        Status::Done => "completed",
    };
    let (sentence, offered) = match language::find(words, titles) {
        Found::One(number) => return Ok(Some(vec![TaskKey::Number(number)])),
        Found::Several(numbers) => {
            (format!("Several {kind} tasks match “{words}”. Which one?"), numbers)
        }
        Found::None { near } => (format!("I found no {kind} task about “{words}”."), near),
    };
    let by_number: HashMap<TaskNumber, &Task> =
        tasks.iter().map(|task| (task.number, task)).collect();
    let offered: Vec<&Task> =
        offered.iter().filter_map(|number| by_number.get(number).copied()).take(OFFERED).collect();
    reply.say(sentence);
    reply.offer(verb.word, &offered);
    Ok(None)
}

/// Every open or every completed task, the last changed first, however many: a match must be the only one.
async fn all_tasks(app: &Service, actor: &Actor, among: Status) -> Result<Vec<Task>, ServiceError> {
    let sort = Sort { by: SortBy::Updated, descending: true };
    let (mut tasks, mut after) = (Vec::new(), None);
    loop {
        let query = TaskQuery { status: Some(among), sort, after, ..TaskQuery::default() };
        let page = service::list_tasks(app, actor, &query).await?;
        let full = page.len() == usize::from(TaskQuery::MOST);
        after = page.last().map(Cursor::from);
        tasks.extend(page);
        if !full {
            return Ok(tasks);
        }
    }
}

//! A user's change log, replayed: what it says must be what is there, and what was answered.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;
use sqlx::{Connection, PgConnection, SqliteConnection};

use crate::caller::{Answer, Caller, Sent};

/// All that the log has said so far.
#[derive(Default)]
pub struct Ledger {
    log: Vec<Value>,
    /// The tasks and tags that there are once all of it has happened.
    tasks: BTreeMap<i64, Value>,
    tags: BTreeMap<String, Value>,
    /// What a task was at each version.
    versions: HashMap<(i64, i64), Value>,
    /// Where the log has a request's change.
    by_request: HashMap<String, usize>,
    /// The tasks whose next occurrence was made, and not taken back by undo.
    followed: BTreeSet<i64>,
    /// Which tasks a change made so, or with `false` took back.
    follows: HashMap<i64, (Vec<i64>, bool)>,
}

impl Ledger {
    /// Reads what the log has more, and compares with what the user is shown.
    pub async fn read_on(&mut self, caller: &Caller, database: &str) {
        for change in changes(caller, self.log.len()).await {
            self.append(change);
        }
        let mut tasks = BTreeMap::new();
        let mut path = "/api/tasks?limit=200".to_owned();
        loop {
            let page = caller.get(&path).await;
            tasks.extend(list(&page.json).iter().map(|task| (number(task), task.clone())));
            match page.header("x-next-cursor") {
                "" => break,
                cursor => path = format!("/api/tasks?limit=200&cursor={cursor}"),
            }
        }
        assert_eq!(tasks, self.tasks, "the list is not what the log leads to");
        let tags = caller.get("/api/tags").await;
        let tags: BTreeMap<_, _> =
            list(&tags.json).iter().map(|tag| (id(tag), tag["name"].clone())).collect();
        let logged = self.tags.iter().map(|(id, tag)| (id.clone(), tag["name"].clone())).collect();
        assert_eq!(tags, logged, "the tags are not what the log leads to");
        let (task, change) = counters(database, &caller.user).await;
        assert_eq!(change, i64::try_from(self.log.len()).unwrap(), "the counter of changes");
        let last = self.versions.keys().map(|(number, _)| *number).max();
        assert_eq!(task, last.unwrap_or_default(), "the counter of tasks");
    }

    /// The log must say what it said when it was read bit by bit.
    pub async fn read_again(&self, caller: &Caller) {
        assert!(changes(caller, 0).await == self.log, "the log has changed");
    }

    pub fn len(&self) -> usize {
        self.log.len()
    }

    fn append(&mut self, change: Value) {
        let place = self.log.len();
        assert_eq!(number(&change), i64::try_from(place + 1).unwrap(), "a gap in the log");
        let request = change["request_id"].as_str().unwrap().to_owned();
        let earlier = self.by_request.insert(request, place);
        assert_eq!(earlier, None, "one request, two changes: {change}");
        let (before, after) = (&change["before"], &change["after"]);
        for tag in list(&before["tags"]) {
            assert_eq!(self.tags.remove(&id(tag)).as_ref(), Some(tag), "{change}");
        }
        for tag in list(&after["tags"]) {
            assert_eq!(self.tags.insert(id(tag), tag.clone()), None, "{change}");
        }
        for task in list(&before["tasks"]) {
            assert_eq!(self.tasks.remove(&number(task)).as_ref(), Some(task), "{change}");
        }
        for task in list(&after["tasks"]) {
            assert_eq!(self.tasks.insert(number(task), task.clone()), None, "{change}");
            let version = (number(task), task["version"].as_i64().unwrap());
            let earlier = self.versions.insert(version, task.clone());
            assert_eq!(earlier, None, "one version, two contents: {change}");
        }
        self.follow(&change);
        self.log.push(change);
    }

    /// Every occurrence is made once: with the first completion of the one before it. One that came back alone, by an undo,
    /// is taken up instead.
    fn follow(&mut self, change: &Value) {
        if let Some(undone) = change["undoes"].as_i64() {
            let Some((tasks, made)) = self.follows.get(&undone).cloned() else { return };
            for task in &tasks {
                if made {
                    self.followed.remove(task)
                } else {
                    self.followed.insert(*task)
                };
            }
            self.follows.insert(number(change), (tasks, !made));
            return;
        }
        let (before, after) = (list(&change["before"]["tasks"]), list(&change["after"]["tasks"]));
        let was = |task: &Value| before.iter().find(|other| number(other) == number(task));
        let mut made: Vec<i64> = after
            .iter()
            .filter(|task| was(task).is_none())
            .filter_map(|task| task["previous_number"].as_i64())
            .collect();
        for previous in &made {
            let behind = self.behind(*previous);
            assert!(self.followed.insert(*previous) && behind == 1, "a second one: {change}");
        }
        for task in after.iter().filter(|task| task["recurrence_rule"].is_string()) {
            let was_open = was(task).is_some_and(|task| task["completed"] == false);
            if was_open && task["completed"] == true && self.followed.insert(number(task)) {
                assert!(self.behind(number(task)) > 0, "no next occurrence: {change}");
                made.push(number(task));
            }
        }
        self.follows.insert(number(change), (made, true));
    }

    /// How many occurrences there are behind a task.
    fn behind(&self, task: i64) -> usize {
        let tasks = self.tasks.values();
        tasks.filter(|other| other["previous_number"].as_i64() == Some(task)).count()
    }

    /// Compares what was answered with what the log says of it. What has no answer, or that the database was away, may
    /// have been done or not; under one key it was done once at most.
    pub fn check(&self, all: &[Sent]) {
        let mut done: HashMap<&str, Vec<i64>> = HashMap::new();
        for sent in all {
            if let (Some(key), Some(change)) = (&sent.call.key, self.change_of(sent)) {
                done.entry(key).or_default().push(number(change));
            }
        }
        for sent in all {
            let under_key = sent.call.key.as_deref().and_then(|key| done.get(key));
            assert!(under_key.is_none_or(|changes| changes.len() == 1), "done twice: {sent:?}");
            match &sent.answer {
                None | Some(Answer { status: 503, .. }) => {}
                Some(answer) if answer.is_replayed() || is_in_progress(answer) => {
                    let change = under_key.map(|changes| changes[0]);
                    assert_eq!(answer.change(), change, "{sent:?}");
                    if let (200..300, Some(change)) = (answer.status, change) {
                        check_content(&self.log[usize::try_from(change - 1).unwrap()], sent);
                    }
                }
                Some(answer) => {
                    let change = self.change_of(sent);
                    assert_eq!(answer.change(), change.map(number), "{sent:?}");
                    assert!(change.is_none() || answer.status < 300, "{sent:?}");
                    change.inspect(|change| check_content(change, sent));
                }
            }
            for task in sent.answer.iter().flat_map(|answer| tasks_in(&answer.json)) {
                let version = (number(task), task["version"].as_i64().unwrap());
                assert_eq!(self.versions.get(&version), Some(task), "never was so: {sent:?}");
            }
        }
    }

    fn change_of(&self, sent: &Sent) -> Option<&Value> {
        self.by_request.get(&sent.call.id).map(|place| &self.log[*place])
    }
}

/// Whether it says that another request with the key may still run: its process was killed, and nobody knows yet.
fn is_in_progress(answer: &Answer) -> bool {
    answer.status == 409 && answer.json["code"] == "in_progress"
}

/// The answer has every task that the change left, as it left it, and names those that are gone.
fn check_content(change: &Value, sent: &Sent) {
    let answer = &sent.answer.as_ref().unwrap().json;
    let told = tasks_in(answer);
    let after = list(&change["after"]["tasks"]);
    for task in after {
        assert!(told.contains(&task), "{change}: {sent:?}");
    }
    for task in list(&change["before"]["tasks"]) {
        let gone = number(task);
        if after.iter().any(|task| number(task) == gone) {
            continue;
        }
        let named = [&answer["deleted"], &answer["removed"]].into_iter().flat_map(list);
        let by_path = sent.call.path == format!("/api/tasks/{gone}");
        assert!(by_path || named.into_iter().any(|named| *named == gone), "{change}: {sent:?}");
    }
}

async fn changes(caller: &Caller, mut after: usize) -> Vec<Value> {
    let mut all = Vec::new();
    loop {
        let page = caller.get(&format!("/api/changes?after={after}")).await;
        let page = list(&page.json);
        if page.is_empty() {
            return all;
        }
        after += page.len();
        all.extend_from_slice(page);
    }
}

/// The last numbers of tasks and changes that were given to a user.
async fn counters(database: &str, user: &str) -> (i64, i64) {
    const SELECT: &str = "select task, change from counter where user_id = $1";
    let row = if database.starts_with("postgres") {
        let mut connection = PgConnection::connect(database).await.unwrap();
        sqlx::query_as(SELECT).bind(user).fetch_optional(&mut connection).await
    } else {
        let mut connection = SqliteConnection::connect(database).await.unwrap();
        sqlx::query_as(SELECT).bind(user).fetch_optional(&mut connection).await
    };
    row.unwrap().unwrap_or_default()
}

/// All tasks that an answer shows, wherever they stand in it.
fn tasks_in(answer: &Value) -> Vec<&Value> {
    match answer {
        Value::Array(values) => values.iter().flat_map(tasks_in).collect(),
        Value::Object(members) if members.contains_key("version") => vec![answer],
        Value::Object(members) => members.values().flat_map(tasks_in).collect(),
        _ => Vec::new(),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn number(value: &Value) -> i64 {
    value["number"].as_i64().unwrap()
}

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

//! Whatever is done, undoing it step by step leads back to where it began, and redoing it forth again.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{cell::RefCell, collections::HashMap, sync::Arc};

use auth::{Actor, Auth, AuthSettings, Client};
use bytes::Bytes;
use domain::{
    Anchor, ChangeNumber, Clock, Color, Description, Due, Position, Priority, Recurrence,
    RecurrenceRule, SystemClock, SystemRandom, TagId, TagName, Task, TaskNumber, TaskQuery, Title,
    Version, ZoneName,
};
use http::{HeaderMap, Method, Request, header};
use jiff::{Timestamp, civil::date};
use proptest::{collection::vec, option, prelude::*, test_runner::TestRunner};
use rstest::rstest;
use service::{
    BatchAction, Service, ServiceError, TagChoice, TagDraft, TagEdit, TaskDraft, TaskEdit, TaskKey,
    Written,
};
use testkit::{Backend, TestDatabase};
use tokio::runtime::Runtime;

/// Something a user does. Indexes count around what is there.
#[derive(Debug, Clone)]
enum Step {
    Add { title: usize, tags: Vec<usize>, due: bool, rule: Option<usize> },
    Edit { task: usize, title: usize, tags: Option<Vec<usize>>, clear: bool },
    Plan { task: usize, rule: Option<usize>, position: Option<f64>, done: Option<bool> },
    Batch { tasks: Vec<usize>, action: usize, name: usize },
    Remind,
    Complete { task: usize },
    Reopen { task: usize },
    Delete { task: usize },
    AddTag { name: usize },
    RenameTag { tag: usize, name: usize },
    DeleteTag { tag: usize },
    Undo { change: usize },
}

const RULES: [&str; 6] = [
    "FREQ=DAILY;COUNT=2",
    "FREQ=WEEKLY;BYDAY=MO,FR",
    "FREQ=MONTHLY;BYMONTHDAY=-1",
    "FREQ=YEARLY;UNTIL=20261231",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=MONTHLY;BYDAY=-1FR",
];

const NAMES: [&str; 6] = ["home", "Work", "Ärger", "a b", "x", "日本"];

fn step() -> impl Strategy<Value = Step> {
    let index = 0..6_usize;
    let tags = || vec(0..6_usize, 0..3);
    prop_oneof![
        3 => (index.clone(), tags(), any::<bool>(), option::of(index.clone()))
            .prop_map(|(title, tags, due, rule)| Step::Add { title, tags, due, rule }),
        2 => (index.clone(), option::of(index.clone()), option::of(-1e9..1e9), any::<Option<bool>>())
            .prop_map(|(task, rule, position, done)| Step::Plan { task, rule, position, done }),
        2 => (vec(0..6_usize, 1..4), index.clone(), index.clone())
            .prop_map(|(tasks, action, name)| Step::Batch { tasks, action, name }),
        1 => Just(Step::Remind),
        3 => (index.clone(), index.clone(), option::of(tags()), any::<bool>())
            .prop_map(|(task, title, tags, clear)| Step::Edit { task, title, tags, clear }),
        2 => index.clone().prop_map(|task| Step::Complete { task }),
        1 => index.clone().prop_map(|task| Step::Reopen { task }),
        1 => index.clone().prop_map(|task| Step::Delete { task }),
        1 => index.clone().prop_map(|name| Step::AddTag { name }),
        1 => (index.clone(), index.clone()).prop_map(|(tag, name)| Step::RenameTag { tag, name }),
        1 => index.prop_map(|tag| Step::DeleteTag { tag }),
        3 => (0..12_usize).prop_map(|change| Step::Undo { change }),
    ]
}

/// A user and what acts for them.
struct World {
    app: Service,
    actor: Actor,
    _database: TestDatabase,
}

impl World {
    async fn new(backend: Backend) -> Self {
        let database = TestDatabase::migrated(backend).await;
        let store = storage::open(&database.url).await.unwrap();
        let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
        let secret = "0123456789abcdefghijklmnopqrstuvwxyzABCDEF".to_owned();
        let settings = AuthSettings::with_secret(secret.into());
        let auth = Auth::new(store.clone(), clock.clone(), random.clone(), settings);
        let client = Client { address: None, origin: "http://localhost".parse().unwrap() };
        let body = r#"{"name":"Ada","email":"ada@example.com","password":"correct horse"}"#;
        let request =
            Request::post("/sign-up/email").header(header::CONTENT_TYPE, "application/json");
        let request = request.body(std::future::ready(Ok(Bytes::from(body)))).unwrap();
        let answer = auth.answer(&client, "/sign-up/email", request).await;
        let token = answer.headers()["set-auth-token"].to_str().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
        let found = auth.authenticate(&client, &Method::GET, &headers, "test").await.unwrap();
        Self { app: Service::new(store, clock, random), actor: found.actor, _database: database }
    }

    /// Everything a user can see of their tasks, without what only counts changes.
    async fn tasks(&self) -> Vec<Task> {
        let tasks =
            service::list_tasks(&self.app, &self.actor, &TaskQuery::default()).await.unwrap();
        let content = |task: Task| Task {
            version: Version(0),
            updated_at: Timestamp::UNIX_EPOCH,
            reminded_at: None, // is never taken back
            ..task
        };
        tasks.into_iter().map(content).collect()
    }

    async fn task(&self, index: usize) -> Option<TaskKey> {
        let tasks = self.tasks().await;
        (!tasks.is_empty()).then(|| TaskKey::Number(tasks[index % tasks.len()].number))
    }

    async fn tag(&self, index: usize) -> Option<TagId> {
        let tags = service::tags(&self.app, &self.actor).await.unwrap();
        (!tags.is_empty()).then(|| tags[index % tags.len()].tag.id)
    }

    /// Does a step; `None` when there was nothing to do it to, or it changed nothing.
    async fn take(&self, step: Step) -> Option<ChangeNumber> {
        let (app, actor) = (&self.app, &self.actor);
        let name = |index: usize| TagName::parse(NAMES[index]).unwrap();
        let choice = |tags: Vec<usize>| TagChoice::Names(tags.into_iter().map(name).collect());
        let zone = ZoneName::parse("Europe/Berlin").unwrap();
        let rule = |index: usize| RecurrenceRule::parse(RULES[index]).unwrap();
        let now = SystemClock.now();
        let title = |index: usize| Title::parse(&format!("task {}", NAMES[index])).unwrap();
        match step {
            Step::Add { title: text, tags, due, rule: index } => {
                let draft = TaskDraft {
                    due: due.then_some(Due::Day { day: date(2026, 12, 1) }),
                    tags: choice(tags),
                    recurrence: index.map(|index| Recurrence::new(rule(index))),
                    remind_at: due.then_some(now),
                    ..TaskDraft::new(title(text))
                };
                change(service::add_task(app, actor, draft).await)
            }
            Step::Edit { task, title: text, tags, clear } => {
                let description = Description::parse("more").unwrap();
                let edit = TaskEdit {
                    title: Some(title(text)),
                    description: Some(description.filter(|_| !clear)),
                    priority: Some((!clear).then_some(Priority::High)),
                    tags: tags.map(choice),
                    ..TaskEdit::default()
                };
                let key = self.task(task).await?;
                change(service::edit_task(app, actor, &zone, key, None, edit).await)
            }
            Step::Plan { task, rule: index, position, done } => {
                let edit = TaskEdit {
                    due: Some(position.map(|_| Due::At { at: now, zone: zone.clone() })),
                    recurrence_rule: Some(index.map(rule)),
                    recurrence_anchor: index.map(|_| Some(Anchor::Completion)),
                    recurrence_end: index.map(|_| Some(date(2030, 1, 1))),
                    remind_at: Some(position.map(|_| now)),
                    position: Some(position.map(|value| Position::new(value).unwrap())),
                    completed: done,
                    ..TaskEdit::default()
                };
                let key = self.task(task).await?;
                change(service::edit_task(app, actor, &zone, key, None, edit).await)
            }
            Step::Batch { tasks, action, name: index } => {
                let action = match action {
                    0 => BatchAction::Complete,
                    1 => BatchAction::Reopen,
                    2 => BatchAction::Delete,
                    3 => BatchAction::AddTags(choice(vec![index])),
                    4 => BatchAction::RemoveTags(choice(vec![index])),
                    _ => BatchAction::Update(Box::new(TaskEdit {
                        completed: Some(true),
                        position: Some(Some(Position::new(0.5).unwrap())),
                        ..TaskEdit::default()
                    })),
                };
                let mut keys = Vec::new();
                for task in tasks {
                    keys.push(self.task(task).await?);
                }
                change(service::batch(app, actor, &zone, &keys, action).await)
            }
            Step::Remind => {
                service::remind_due(app, 10).await.unwrap();
                None
            }
            Step::Complete { task } => {
                let key = self.task(task).await?;
                change(service::complete_tasks(app, actor, &zone, &[key], None).await)
            }
            Step::Reopen { task } => {
                change(service::reopen_tasks(app, actor, &[self.task(task).await?], None).await)
            }
            Step::Delete { task } => {
                change(service::delete_tasks(app, actor, &[self.task(task).await?], None).await)
            }
            Step::AddTag { name: index } => {
                let draft = TagDraft { name: name(index), color: Color::default() };
                change(service::add_tag(app, actor, draft).await)
            }
            Step::RenameTag { tag, name: index } => {
                let edit = TagEdit { name: Some(name(index)), color: None };
                change(service::edit_tag(app, actor, self.tag(tag).await?, edit).await)
            }
            Step::DeleteTag { tag } => {
                change(service::delete_tag(app, actor, self.tag(tag).await?).await)
            }
            Step::Undo { change } => self.undo_some(change).await,
        }
    }

    /// Takes back one of the last changes, counted from the end, unless later ones stand in the way: these are named.
    async fn undo_some(&self, index: usize) -> Option<ChangeNumber> {
        let last = service::last_change(&self.app, &self.actor).await.unwrap();
        let number = ChangeNumber(last.0 - i64::try_from(index).unwrap());
        match service::undo(&self.app, &self.actor, number).await {
            Ok(undone) => Some(undone.change),
            Err(ServiceError::InTheWay(changes)) => {
                assert!(changes.first().is_some_and(|first| *first > number), "{changes:?}");
                assert!(changes.is_sorted() && changes.iter().all(|change| *change <= last));
                None
            }
            Err(ServiceError::NeverUndone(_) | ServiceError::NotFound(_)) => None,
            Err(error) => panic!("{error}"),
        }
    }

    /// Tasks have only tags that there are, and no version that was another content before.
    async fn is_consistent(&self, seen: &mut HashMap<(TaskNumber, Version), Task>) {
        let query = TaskQuery::default();
        let tasks = service::list_tasks(&self.app, &self.actor, &query).await.unwrap();
        let tags = service::tags(&self.app, &self.actor).await.unwrap();
        for task in tasks {
            for tag in &task.tags {
                assert!(tags.iter().any(|known| known.tag == *tag), "{tag:?}");
            }
            assert!(task.tags.is_sorted_by(|one, other| one.name < other.name));
            let before = seen.entry((task.number, task.version)).or_insert_with(|| task.clone());
            assert!(task.same_content(before), "{task:?} {before:?}");
        }
    }
}

fn change<T>(written: Result<Written<T>, ServiceError>) -> Option<ChangeNumber> {
    match written {
        Ok(written) => written.change,
        Err(ServiceError::TagExists) => None,
        Err(error) => panic!("{error}"),
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
fn undoing_every_step_leads_back(#[case] backend: Backend) {
    let runtime = Runtime::new().unwrap();
    let world = runtime.block_on(World::new(backend));
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let seen = RefCell::default();
    let case = |steps: Vec<Step>| {
        let mut seen = seen.borrow_mut();
        runtime.block_on(async {
            let mut states = vec![(None, world.tasks().await)];
            for step in steps {
                let change = world.take(step).await;
                world.is_consistent(&mut seen).await;
                states.push((change, world.tasks().await));
            }
            while let Some((change, after)) = states.pop() {
                prop_assert_eq!(&world.tasks().await, &after);
                // Undone, redone, and undone again.
                let (mut next, mut undoing) = (change, true);
                for _ in 0..3 {
                    let Some(change) = next else { break };
                    let undone = service::undo(&world.app, &world.actor, change).await;
                    prop_assert!(undone.is_ok(), "{:?}", undone.err());
                    let before = states.last().map(|state| &state.1);
                    let expected = if undoing { before } else { Some(&after) };
                    prop_assert_eq!(Some(&world.tasks().await), expected);
                    world.is_consistent(&mut seen).await;
                    next = undone.ok().map(|undone| undone.change);
                    undoing = !undoing;
                }
            }
            Ok(())
        })
    };
    runner.run(&vec(step(), 1..12), case).unwrap();
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_version_never_means_another_content(#[case] backend: Backend) {
    let world = World::new(backend).await;
    let edit = |title| Step::Edit { task: 0, title, tags: None, clear: true };
    let undo = async |change| service::undo(&world.app, &world.actor, change).await.unwrap();
    let version = async || {
        let key = world.task(0).await.unwrap();
        service::task(&world.app, &world.actor, key).await.unwrap().version
    };
    world.take(Step::Add { title: 0, tags: Vec::new(), due: false, rule: None }).await;
    let mut seen = vec![version().await];

    let first = world.take(Step::Delete { task: 0 }).await.unwrap();
    for title in 1..5 {
        // The first deletion is taken back although there was a second one: the task is gone, as it left it.
        undo(first).await;
        seen.push(version().await);
        world.take(edit(title)).await;
        seen.push(version().await);
        world.take(Step::Delete { task: 0 }).await;
    }
    assert!(seen.is_sorted_by(|one, next| one < next), "{seen:?}");
}

//! What storage promises, on both databases.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod accounts;
mod availability;
mod changes;
mod concurrency;
mod conversations;
mod feed;
mod idempotency;
mod list;
mod migrations;
mod settings;
mod tags;
mod tasks;

use std::sync::Arc;

use domain::{
    ChangeKind, Color, NewChange, NewTask, Snapshot, Source, SystemRandom, Tag, TagId, TagName,
    Task, TaskId, TaskQuery, Title, UserId, uuid_v7,
};
use jiff::Timestamp;
use storage::{StorageError, Store};
use testkit::{Backend, TestDatabase};
use uuid::Uuid;

const NOON: &str = "2026-11-23T12:00:00Z";

/// A migrated database and the store on it. The database comes second, so that the store goes first.
async fn store(backend: Backend) -> (Arc<dyn Store>, TestDatabase) {
    let database = TestDatabase::migrated(backend).await;
    (storage::open(&database.url).await.unwrap(), database)
}

fn user(name: &str) -> UserId {
    UserId(name.to_owned())
}

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

fn id() -> Uuid {
    uuid_v7(&SystemRandom, at(NOON))
}

fn new_tag(name: &str) -> Tag {
    Tag {
        id: TagId(id()),
        name: TagName::parse(name).unwrap(),
        color: Color::parse("#a1B2c3").unwrap(),
        created_at: at("2026-11-23T12:00:00.000001Z"),
    }
}

fn new_task(title: &str) -> NewTask {
    NewTask {
        id: TaskId(id()),
        title: Title::parse(title).unwrap(),
        description: None,
        due: None,
        priority: None,
        completed_at: None,
        tags: Vec::new(),
        recurrence: None,
        previous: None,
        remind_at: None,
        position: None,
        now: at(NOON),
    }
}

fn created(task: &Task) -> NewChange {
    NewChange {
        kind: ChangeKind::TaskCreated,
        before: Snapshot::default(),
        after: Snapshot::from(task.clone()),
        source: Source::Api,
        request_id: "request".to_owned(),
        undoes: None,
        now: task.created_at,
    }
}

/// What a service function does: one unit of work, one entry in the log.
async fn add(store: &dyn Store, owner: &UserId, new: NewTask) -> Result<Task, StorageError> {
    let mut work = store.begin(owner).await?;
    let task = work.insert_task(new).await?;
    work.append_change(created(&task)).await?;
    work.commit().await?;
    Ok(task)
}

async fn add_tag(store: &dyn Store, owner: &UserId, name: &str) -> Tag {
    let tag = new_tag(name);
    let mut work = store.begin(owner).await.unwrap();
    work.insert_tag(&tag).await.unwrap();
    work.commit().await.unwrap();
    tag
}

async fn titles(store: &dyn Store, owner: &UserId, query: &TaskQuery) -> Vec<String> {
    let tasks = store.tasks(owner, query).await.unwrap();
    tasks.into_iter().map(|task| task.title.to_string()).collect()
}

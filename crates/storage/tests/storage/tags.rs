//! Tags: names, counts, and what happens to their tasks.

use std::slice::from_ref;

use domain::{Color, NewTask, Tag, TagId, TagName, TaskQuery};
use rstest::rstest;
use storage::{StorageError, TagWithCount};
use testkit::Backend;

use crate::{add, add_tag, at, id, new_tag, new_task, store, user};

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn counts_their_tasks(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let (ada, bob) = (user("ada"), user("bob"));
    let shop = add_tag(&*store, &ada, "shop").await;
    let home = add_tag(&*store, &ada, "Home").await;
    let zoo = add_tag(&*store, &ada, "Zoo").await;
    add_tag(&*store, &bob, "home").await;
    let tags = vec![shop.clone(), home.clone()];
    add(&*store, &ada, NewTask { tags, ..new_task("both") }).await.unwrap();
    let done = Some(at(crate::NOON));
    let tags = vec![home.clone()];
    add(&*store, &ada, NewTask { tags, completed_at: done, ..new_task("done") }).await.unwrap();

    let count = |tag: &Tag, tasks, open_tasks| TagWithCount { tag: tag.clone(), tasks, open_tasks };
    let counts = [count(&home, 2, 1), count(&shop, 1, 1), count(&zoo, 0, 0)];
    assert_eq!(store.tags(&ada).await.unwrap(), counts);
    assert_eq!(store.tag(&ada, home.id).await.unwrap().as_ref(), Some(&counts[0]));
    assert_eq!(store.tag(&bob, home.id).await.unwrap(), None);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn are_changed_and_deleted(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let (ada, bob) = (user("ada"), user("bob"));
    let shop = add_tag(&*store, &ada, "shop").await;
    let tags = vec![shop.clone()];
    let task = add(&*store, &ada, NewTask { tags, ..new_task("Milk") }).await.unwrap();

    let renamed = Tag {
        name: TagName::parse("Ärger").unwrap(),
        color: Color::parse("#000000").unwrap(),
        ..shop.clone()
    };
    let mut work = store.begin(&ada).await.unwrap();
    work.update_tag(&renamed).await.unwrap();
    assert_eq!(work.tag(shop.id).await.unwrap().as_ref(), Some(&renamed));
    let names = ["ÄRGER", "shop"].map(|name| TagName::parse(name).unwrap());
    assert_eq!(work.tags_by_name(&names).await.unwrap(), from_ref(&renamed));
    assert_eq!(work.tags_by_name(&[]).await.unwrap(), []);
    assert_eq!(work.tasks_with_tag(shop.id).await.unwrap()[0].tags, from_ref(&renamed));
    work.commit().await.unwrap();
    assert_eq!(store.task(&ada, task.number).await.unwrap().unwrap().tags, from_ref(&renamed));

    // Bob neither sees nor touches it.
    let mut work = store.begin(&bob).await.unwrap();
    assert_eq!(work.tag(shop.id).await.unwrap(), None);
    assert_eq!(work.tasks_with_tag(shop.id).await.unwrap(), []);
    assert!(matches!(work.update_tag(&renamed).await, Err(StorageError::Missing("Tag"))));
    assert!(matches!(work.delete_tag(shop.id).await, Err(StorageError::Missing("Tag"))));
    drop(work);

    let mut work = store.begin(&ada).await.unwrap();
    work.delete_tag(shop.id).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(store.tags(&ada).await.unwrap(), []);
    assert_eq!(store.task(&ada, task.number).await.unwrap().unwrap().tags, []);
    let tagged = TaskQuery { tags: vec![shop.id], ..TaskQuery::default() };
    assert_eq!(store.tasks(&ada, &tagged).await.unwrap(), []);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn names_are_unique_in_any_case(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let (ada, bob) = (user("ada"), user("bob"));
    add_tag(&*store, &ada, "Ärger").await;
    let other = add_tag(&*store, &ada, "other").await;
    add_tag(&*store, &bob, "ÄRGER").await;

    let mut work = store.begin(&ada).await.unwrap();
    let second = work.insert_tag(&new_tag("ärger")).await;
    assert!(matches!(second, Err(StorageError::Exists("tag"))));
    assert!(matches!(work.commit().await, Err(StorageError::Broken)));

    let mut work = store.begin(&ada).await.unwrap();
    let renamed = Tag { name: TagName::parse("ÄRGER").unwrap(), ..other.clone() };
    assert!(matches!(work.update_tag(&renamed).await, Err(StorageError::Exists("tag"))));
    drop(work);

    let mut work = store.begin(&ada).await.unwrap();
    let recased = Tag { name: TagName::parse("OTHER").unwrap(), ..other };
    work.update_tag(&recased).await.unwrap();
    let unknown = Tag { id: TagId(id()), ..new_tag("new") };
    assert!(matches!(work.update_tag(&unknown).await, Err(StorageError::Missing("Tag"))));
    work.commit().await.unwrap();
    assert_eq!(store.tag(&ada, recased.id).await.unwrap().unwrap().tag, recased);
}

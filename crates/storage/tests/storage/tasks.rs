//! Tasks: fields, versions, units of work.

use std::slice::from_ref;

use domain::{
    Anchor, ChangeNumber, Color, Description, Due, NewTask, Position, Previous, Priority,
    Recurrence, RecurrenceRule, Snapshot, Tag, TagName, Task, TaskId, TaskNumber, TaskQuery, Title,
    Version, ZoneName,
};
use jiff::civil::{date, time};
use rstest::rstest;
use storage::{StorageError, count_queries};
use testkit::Backend;

use crate::{NOON, add, add_tag, at, created, id, new_tag, new_task, store, titles, user};

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn every_field_survives(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let ada = user("ada");
    let tags = [add_tag(&*store, &ada, "shop").await, add_tag(&*store, &ada, "Zoo").await];
    let zone = ZoneName::parse("Europe/Berlin").unwrap();
    let mut new = new_task("Büro 'putzen'; --");
    new.description = Description::parse("two\nlines\t%").unwrap();
    new.due = Some(Due::At { at: at("2026-12-01T23:30:00.000001Z"), zone });
    new.priority = Some(Priority::Low);
    new.completed_at = Some(at("2026-11-23T12:00:00.123456Z"));
    new.tags = tags.to_vec();
    let rule = RecurrenceRule::parse("FREQ=MONTHLY;BYDAY=-1FR").unwrap();
    new.recurrence = Some(Recurrence {
        anchor: Anchor::Completion,
        end: Some(date(2030, 1, 1)),
        time: Some(time(2, 30, 0, 0)),
        ..Recurrence::new(rule)
    });
    new.previous = Some(Previous { id: TaskId(id()), number: TaskNumber(7) });
    new.remind_at = Some(at("2026-12-01T22:30:00.000001Z"));
    new.position = Some(Position::new(0.1).unwrap());

    let task = add(&*store, &ada, new.clone()).await.unwrap();

    assert_eq!((&task.recurrence, task.previous), (&new.recurrence, new.previous));
    assert_eq!((task.remind_at, task.moved_to), (new.remind_at, new.position));
    let names = task.tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>();
    assert_eq!(
        (task.number, task.version, names),
        (TaskNumber(1), Version(1), vec!["Zoo", "shop"])
    );
    assert_eq!((&task.due, task.priority), (&new.due, new.priority));
    assert_eq!((&task.description, task.completed_at), (&new.description, new.completed_at));
    assert_eq!(store.task(&ada, task.number).await.unwrap().as_ref(), Some(&task));
    assert_eq!(store.task_by_id(&ada, task.id).await.unwrap().as_ref(), Some(&task));
    assert_eq!(store.tasks(&ada, &TaskQuery::default()).await.unwrap(), [task]);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn what_older_rules_let_in_stays_readable(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let ada = user("ada");
    let tag = Tag {
        name: TagName::stored("#".to_owned()),
        color: Color::stored("grey".to_owned()),
        ..new_tag("x")
    };
    let mut work = store.begin(&ada).await.unwrap();
    work.insert_tag(&tag).await.unwrap();
    work.commit().await.unwrap();
    let mut new = new_task("x");
    new.title = Title::stored("two\nlines".to_owned());
    new.description = Some(Description::stored(String::new()));
    new.tags = vec![tag.clone()];

    let task = add(&*store, &ada, new.clone()).await.unwrap();

    assert_eq!(
        (&task.title, &task.description, &task.tags),
        (&new.title, &new.description, &new.tags)
    );
    assert_eq!(store.task(&ada, task.number).await.unwrap().as_ref(), Some(&task));
    assert_eq!(store.tasks(&ada, &TaskQuery::default()).await.unwrap(), from_ref(&task));
    assert_eq!(store.tags(&ada).await.unwrap()[0].tag, tag);
    let log = store.changes_after(&ada, ChangeNumber(0), 10).await.unwrap().changes;
    assert_eq!(log.last().map(|change| &change.after), Some(&Snapshot::from(task)));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn updates_by_version(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let ada = user("ada");
    let tags = [add_tag(&*store, &ada, "urgent").await, add_tag(&*store, &ada, "home").await];
    let mut new = new_task("Milk");
    new.tags = vec![add_tag(&*store, &ada, "shop").await];
    new.due = Some(Due::Day { day: date(2026, 12, 1) });
    let before = add(&*store, &ada, new).await.unwrap();

    let later = at("2026-11-23T13:00:00.000001Z");
    let wanted = Task {
        due: None,
        completed_at: Some(later),
        updated_at: later,
        tags: tags.to_vec(),
        recurrence: Some(Recurrence::new(RecurrenceRule::parse("FREQ=DAILY").unwrap())),
        next: Some(TaskNumber(9)),
        remind_at: Some(later),
        reminded_at: Some(later),
        moved_to: Some(Position::new(-3.5).unwrap()),
        ..before.clone()
    };
    let mut work = store.begin(&ada).await.unwrap();
    work.set_tags(before.number, &tags).await.unwrap();
    let after = work.update_task(&wanted, Version(1)).await.unwrap();
    assert_eq!(work.task(before.number).await.unwrap().as_ref(), Some(&after));
    work.commit().await.unwrap();

    let [urgent, home] = tags;
    assert_eq!(after, Task { version: Version(2), tags: vec![home, urgent], ..wanted });
    assert_eq!(store.task(&ada, before.number).await.unwrap(), Some(after));

    // Both writers read version 1: the second must not win in silence, and may still do something else.
    let mut work = store.begin(&ada).await.unwrap();
    let stale = work.update_task(&before, Version(1)).await;
    assert!(matches!(stale, Err(StorageError::Stale(number)) if number == before.number));
    let stale = work.delete_task(before.number, Version(1)).await;
    assert!(matches!(stale, Err(StorageError::Stale(_))));
    work.delete_task(before.number, Version(2)).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(store.task(&ada, before.number).await.unwrap(), None);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_deleted_task_comes_back_and_its_number_never_does(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let ada = user("ada");
    let mut new = new_task("Milk");
    new.tags = vec![add_tag(&*store, &ada, "shop").await];
    let milk = add(&*store, &ada, new).await.unwrap();
    let mut work = store.begin(&ada).await.unwrap();
    work.delete_task(milk.number, milk.version).await.unwrap();
    work.commit().await.unwrap();
    let bread = add(&*store, &ada, new_task("Bread")).await.unwrap();
    assert_eq!(bread.number, TaskNumber(2));

    let restored = Task { version: Version(7), ..milk };
    let mut work = store.begin(&ada).await.unwrap();
    work.restore_task(&restored).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(store.task(&ada, restored.number).await.unwrap().as_ref(), Some(&restored));
    let shopping = TaskQuery { search: Some("SHOP".to_owned()), ..TaskQuery::default() };
    assert_eq!(titles(&*store, &ada, &shopping).await, ["Milk"]);

    let mut work = store.begin(&ada).await.unwrap();
    let again = work.restore_task(&restored).await;
    assert!(matches!(again, Err(StorageError::Exists("task"))));
    assert!(matches!(work.commit().await, Err(StorageError::Broken)));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn stores_all_or_nothing(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let ada = user("ada");

    let mut work = store.begin(&ada).await.unwrap();
    work.insert_task(new_task("dropped")).await.unwrap();
    drop(work);
    assert!(titles(&*store, &ada, &TaskQuery::default()).await.is_empty());

    let mut work = store.begin(&ada).await.unwrap();
    let first = work.insert_task(new_task("half")).await.unwrap();
    let mut twice = new_task("same id");
    twice.id = first.id;
    assert!(matches!(work.insert_task(twice).await, Err(StorageError::Exists("task"))));
    assert!(matches!(work.task(first.number).await, Err(StorageError::Broken)));
    assert!(matches!(work.commit().await, Err(StorageError::Broken)));
    assert!(titles(&*store, &ada, &TaskQuery::default()).await.is_empty());

    let task = add(&*store, &ada, new_task("whole")).await.unwrap();
    assert_eq!(task.number, TaskNumber(1), "numbers of a dropped unit of work were never seen");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn other_peoples_tasks_do_not_exist(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let (ada, bob) = (user("ada"), user("bob"));
    add(&*store, &ada, new_task("one")).await.unwrap();
    let two = add(&*store, &ada, new_task("two")).await.unwrap();
    let own = add(&*store, &bob, new_task("Bob's")).await.unwrap();
    assert_eq!(own.number, TaskNumber(1), "everyone counts from 1");

    assert_eq!(store.task(&bob, two.number).await.unwrap(), None);
    assert_eq!(store.task_by_id(&bob, two.id).await.unwrap(), None);
    assert_eq!(titles(&*store, &bob, &TaskQuery::default()).await, ["Bob's"]);
    assert_eq!(store.count_tasks(&bob, &TaskQuery::default()).await.unwrap(), 1);
    let mut work = store.begin(&bob).await.unwrap();
    assert_eq!(work.task(two.number).await.unwrap(), None);
    let stolen = work.update_task(&two, two.version).await;
    assert!(matches!(stolen, Err(StorageError::Stale(_))));
    let deleted = work.delete_task(two.number, two.version).await;
    assert!(matches!(deleted, Err(StorageError::Stale(_))));
    work.commit().await.unwrap();
    assert_eq!(store.task(&ada, two.number).await.unwrap(), Some(two));
    assert_eq!(store.task_by_id(&ada, TaskId(id())).await.unwrap(), None);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn several_are_read_at_once(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let (ada, bob) = (user("ada"), user("bob"));
    let mut tasks = Vec::new();
    for title in ["one", "two", "three"] {
        tasks.push(add(&*store, &ada, new_task(title)).await.unwrap());
    }
    let mut work = store.begin(&ada).await.unwrap();
    let (found, statements) = count_queries(async {
        let numbers = [TaskNumber(3), TaskNumber(1), TaskNumber(99), TaskNumber(-1)];
        work.tasks_named(&numbers, &[tasks[1].id, tasks[0].id, TaskId(id())]).await.unwrap()
    })
    .await;
    assert_eq!((found, statements), (tasks.clone(), 1));
    assert_eq!(work.tasks_named(&[], &[tasks[2].id]).await.unwrap(), tasks[2..]);
    assert_eq!(work.tasks_named(&[], &[]).await.unwrap(), []);
    work.commit().await.unwrap();
    let mut work = store.begin(&bob).await.unwrap();
    assert_eq!(work.tasks_named(&[TaskNumber(1)], &[tasks[0].id]).await.unwrap(), []);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn reminders_are_noted_once_and_count_no_version(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let (ada, bob) = (user("ada"), user("bob"));
    let remind = |title, time| NewTask { remind_at: Some(at(time)), ..new_task(title) };
    add(&*store, &bob, remind("early", "2026-11-23T11:00:00Z")).await.unwrap();
    add(&*store, &ada, remind("now", NOON)).await.unwrap();
    add(&*store, &ada, remind("later", "2026-11-23T12:00:00.000001Z")).await.unwrap();
    let mut done = remind("done", NOON);
    done.completed_at = Some(at(NOON));
    add(&*store, &ada, done).await.unwrap();
    add(&*store, &ada, new_task("never")).await.unwrap();

    let due = store.due_reminders(at(NOON), 10).await.unwrap();
    let found: Vec<_> = due.iter().map(|due| (due.user().clone(), due.number().0)).collect();
    assert_eq!(found, [(bob, 1), (ada.clone(), 1)], "the longest waiting first");
    assert_eq!(store.due_reminders(at(NOON), 1).await.unwrap().len(), 1);

    let before = store.task(&ada, TaskNumber(1)).await.unwrap().unwrap();
    let mut work = store.begin(&ada).await.unwrap();
    let reminded = work.remind(TaskNumber(1), at(NOON)).await.unwrap().unwrap();
    assert_eq!(work.remind(TaskNumber(1), at(NOON)).await.unwrap(), None);
    for number in 2..6 {
        assert_eq!(work.remind(TaskNumber(number), at(NOON)).await.unwrap(), None);
    }
    work.commit().await.unwrap();
    assert_eq!(reminded, Task { reminded_at: Some(at(NOON)), ..before });
    assert_eq!(store.due_reminders(at(NOON), 10).await.unwrap().len(), 1);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_request_costs_few_statements(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let ada = user("ada");
    let (task, statements) = count_queries(add(&*store, &ada, new_task("Milk"))).await;
    assert_eq!(statements, 6, "begin, counter, task, change, counter, commit");
    let task = Task { completed_at: Some(at(NOON)), ..task.unwrap() };
    let update = async {
        let mut work = store.begin(&ada).await.unwrap();
        let before = work.task(task.number).await.unwrap().unwrap();
        work.update_task(&task, before.version).await.unwrap();
        work.append_change(created(&task)).await.unwrap();
        work.commit().await.unwrap();
    };
    assert_eq!(count_queries(update).await.1, 6, "begin, counter, task, update, change, commit");
    assert_eq!(count_queries(store.tasks(&ada, &TaskQuery::default())).await.1, 1);
    let mut tagged = new_task("Bread");
    tagged.tags = vec![add_tag(&*store, &ada, "shop").await];
    add(&*store, &ada, tagged).await.unwrap();
    assert_eq!(count_queries(store.tasks(&ada, &TaskQuery::default())).await.1, 1);
    assert_eq!(count_queries(store.ready()).await.1, 1);
}

//! The change log keeps everything, in order and without gaps.

use domain::{
    ChangeKind, ChangeNumber, ConversationId, Description, Due, NewChange, NewTask, Priority,
    Snapshot, Source, TaskQuery, ZoneName,
};
use rstest::rstest;
use storage::{LogPage, LoggedTask, NewConversation, Numbers};
use testkit::Backend;

use crate::{NOON, add, add_tag, at, created, id, new_task, store, user};

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn snapshots_survive(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let ada = user("ada");
    let tag = add_tag(&*store, &ada, "Ärger").await;
    let zone = ZoneName::parse("Europe/Berlin").unwrap();
    let full = NewTask {
        description: Description::parse("\"quoted\"\n\\").unwrap(),
        due: Some(Due::At { at: at("2026-12-01T23:30:00.000001Z"), zone }),
        priority: Some(Priority::Medium),
        completed_at: Some(at("2026-11-23T12:00:00.123456Z")),
        tags: vec![tag.clone()],
        ..new_task("Milk")
    };
    let full = add(&*store, &ada, full).await.unwrap();
    let bare = add(&*store, &ada, new_task("Bread")).await.unwrap();

    let change = NewChange {
        kind: ChangeKind::Undone,
        before: Snapshot { tasks: vec![full, bare], tags: vec![tag] },
        after: Snapshot::default(),
        source: Source::Chat,
        request_id: "request".to_owned(),
        undoes: Some(ChangeNumber(1)),
        now: at("2026-11-23T12:00:00.000001Z"),
    };
    let mut work = store.begin(&ada).await.unwrap();
    let number = work.append_change(change.clone()).await.unwrap();
    let seen = work.change(number).await.unwrap().unwrap();
    work.commit().await.unwrap();

    assert_eq!((number, seen.kind, seen.source), (ChangeNumber(3), change.kind, change.source));
    assert_eq!((&seen.before, &seen.after), (&change.before, &change.after));
    assert_eq!((&seen.request_id, seen.undoes), (&change.request_id, change.undoes));
    assert_eq!(seen.created_at, change.now);
    assert_eq!(store.changes_after(&ada, ChangeNumber(2), 10).await.unwrap().changes, [seen]);
    let mut work = store.begin(&user("bob")).await.unwrap();
    assert_eq!(work.change(number).await.unwrap(), None);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_wrong_guess_leaves_no_gaps_either(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let ada = user("ada");
    let many = Numbers { tasks: 3, conversations: 2, changes: 2 };
    let (mut task, mut conversation, mut change) = (0, 0, 0);
    for (guess, tasks, conversations, changes) in [
        (many, 1, 0, 1), // fewer than guessed
        (Numbers::NONE, 2, 2, 3),
        (many, 3, 2, 2),
        (Numbers::ONE_CHANGE, 0, 1, 0),
        (many, 0, 0, 0),
        (many, 4, 3, 3),
    ] {
        let mut work = store.begin_giving(&ada, guess).await.unwrap();
        let mut last = None;
        for _ in 0..tasks {
            task += 1;
            let added = work.insert_task(new_task("x")).await.unwrap();
            assert_eq!(added.number.0, task);
            last = Some(added);
        }
        for _ in 0..conversations {
            conversation += 1;
            let new =
                NewConversation { id: ConversationId(id()), title: "x".into(), now: at(NOON) };
            assert_eq!(work.insert_conversation(new).await.unwrap().number.0, conversation);
        }
        for _ in 0..changes {
            change += 1;
            let entry = created(last.as_ref().unwrap());
            assert_eq!(work.append_change(entry).await.unwrap(), ChangeNumber(change));
        }
        work.commit().await.unwrap();
        let page = store.task_page(&ada, &TaskQuery::default(), None, true).await.unwrap().unwrap();
        assert_eq!((page.last_change.0, page.total), (change, Some(task.unsigned_abs())));
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn numbers_have_no_gaps(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let ada = user("ada");
    let task = add(&*store, &ada, new_task("one")).await.unwrap();
    // Units of work without an entry, and without a commit.
    store.begin(&ada).await.unwrap().commit().await.unwrap();
    let mut work = store.begin(&ada).await.unwrap();
    work.append_change(created(&task)).await.unwrap();
    drop(work);
    // One with two.
    let mut work = store.begin(&ada).await.unwrap();
    assert_eq!(work.append_change(created(&task)).await.unwrap(), ChangeNumber(2));
    assert_eq!(work.append_change(created(&task)).await.unwrap(), ChangeNumber(3));
    work.commit().await.unwrap();
    add(&*store, &ada, new_task("two")).await.unwrap();

    let numbers = async |after, limit| {
        let log = store.changes_after(&ada, ChangeNumber(after), limit).await.unwrap().changes;
        log.into_iter().map(|change| change.number.0).collect::<Vec<_>>()
    };
    assert_eq!(numbers(0, 10).await, [1, 2, 3, 4]);
    assert_eq!(numbers(1, 2).await, [2, 3]);
    assert_eq!(numbers(4, 10).await, [0; 0]);
    assert_eq!(store.changes_after(&user("bob"), ChangeNumber(0), 10).await.unwrap().changes, []);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn the_history_of_a_task_is_found_on_either_side(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let (ada, bob) = (user("ada"), user("bob"));
    let one = add(&*store, &ada, new_task("one")).await.unwrap();
    let two = add(&*store, &ada, new_task("two")).await.unwrap();
    add(&*store, &bob, new_task("Bob's")).await.unwrap();
    for (before, after) in [
        (vec![one.clone(), two.clone()], Vec::new()),
        (Vec::new(), vec![two.clone(), one.clone()]),
        (vec![two.clone()], vec![two.clone()]),
    ] {
        let (before, after) = (Snapshot::from(before), Snapshot::from(after));
        let mut work = store.begin(&ada).await.unwrap();
        work.append_change(NewChange { before, after, ..created(&one) }).await.unwrap();
        work.commit().await.unwrap();
    }
    let numbers = async |user, task, after, limit| {
        let log =
            store.changes_of_task(user, task, ChangeNumber(after), limit).await.unwrap().changes;
        log.into_iter().map(|change| change.number.0).collect::<Vec<_>>()
    };
    for key in [LoggedTask::Number(one.number), LoggedTask::Id(one.id)] {
        assert_eq!(numbers(&ada, key, 0, 10).await, [1, 3, 4]);
        assert_eq!(numbers(&ada, key, 1, 1).await, [3]);
    }
    assert_eq!(numbers(&ada, LoggedTask::Id(two.id), 0, 10).await, [2, 3, 4, 5]);
    assert_eq!(numbers(&bob, LoggedTask::Number(one.number), 0, 10).await, [1], "their own task 1");
    assert_eq!(numbers(&bob, LoggedTask::Id(one.id), 0, 10).await, [0; 0]);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_page_ends_where_it_would_become_too_large(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let ada = user("ada");
    let long = Description::parse(&"x".repeat(10_000)).unwrap();
    let long = add(&*store, &ada, NewTask { description: long, ..new_task("x") }).await.unwrap();
    // 1.5 MB three times, then 6 MB twice, then next to nothing.
    for tasks in [150, 150, 150, 600, 600, 1] {
        let after = Snapshot::from(vec![long.clone(); tasks]);
        let mut work = store.begin(&ada).await.unwrap();
        work.append_change(NewChange { after, ..created(&long) }).await.unwrap();
        work.commit().await.unwrap();
    }
    let numbers = |page: LogPage| {
        let numbers: Vec<_> = page.changes.iter().map(|change| change.number.0).collect();
        (numbers, page.is_last)
    };
    let after = async |after, limit| {
        numbers(store.changes_after(&ada, ChangeNumber(after), limit).await.unwrap())
    };
    assert_eq!(after(0, 100).await, (vec![1, 2, 3, 4], false));
    assert_eq!(after(1, 2).await, (vec![2, 3], false));
    assert_eq!(after(4, 100).await, (vec![5], false));
    assert_eq!(after(5, 100).await, (vec![6], false));
    assert_eq!(after(6, 100).await, (vec![7], true));
    assert_eq!(after(7, 100).await, (vec![], true));
    let task = LoggedTask::Number(long.number);
    let history = async |after| {
        numbers(store.changes_of_task(&ada, task, ChangeNumber(after), 100).await.unwrap())
    };
    assert_eq!(history(2).await, (vec![3, 4, 5], false));
    assert_eq!(history(6).await, (vec![7], true));
    let outlines = store.outlines_after(&ada, ChangeNumber(1), 100).await.unwrap();
    assert!(outlines.iter().map(|outline| outline.number.0).eq(2..=7));
}

//! Many writers at once.

use std::collections::BTreeSet;

use domain::{ChangeNumber, Sort, SortBy, TaskQuery};
use rstest::rstest;
use testkit::Backend;

use crate::{add, new_task, store, user};

const WRITERS: usize = 16;
const EACH: usize = 20;

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_lose_nothing(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;

    // Even writers share one user, odd ones have a user each.
    let owner =
        |writer| user(&if writer % 2 == 0 { "shared".into() } else { format!("own{writer}") });
    let writers = (0..WRITERS).map(|writer| {
        let store = store.clone();
        let owner = owner(writer);
        tokio::spawn(async move {
            for round in 0..EACH {
                add(&*store, &owner, new_task(&format!("{writer}.{round}"))).await.unwrap();
            }
        })
    });
    // Meanwhile a reader follows the shared log by its last number, as an open page does.
    let follower = tokio::spawn({
        let store = store.clone();
        async move {
            let mut seen = Vec::new();
            while seen.len() < WRITERS / 2 * EACH {
                let after = seen.last().copied().unwrap_or(ChangeNumber(0));
                let log = store.changes_after(&user("shared"), after, 100).await.unwrap().changes;
                seen.extend(log.into_iter().map(|change| change.number));
                tokio::task::yield_now().await;
            }
            seen
        }
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }

    let seen = follower.await.unwrap();
    let consecutive = |count: usize| (1..=i64::try_from(count).unwrap()).map(ChangeNumber);
    assert!(seen.into_iter().eq(consecutive(WRITERS / 2 * EACH)), "the follower missed a change");
    for writer in 0..WRITERS {
        let count = if writer % 2 == 0 { WRITERS / 2 * EACH } else { EACH };
        let log =
            store.changes_after(&owner(writer), ChangeNumber(0), 1_000).await.unwrap().changes;
        assert!(log.iter().map(|change| change.number).eq(consecutive(count)));
        let logged = log.iter().flat_map(|change| &change.after.tasks);
        let sort = Sort { by: SortBy::Created, descending: false };
        let query = TaskQuery { sort, ..TaskQuery::default() };
        let tasks = store.tasks(&owner(writer), &query).await.unwrap();
        assert!(logged.eq(&tasks), "log and tasks agree, in the order of the numbers");
        assert_eq!(tasks.iter().map(|task| &task.title).collect::<BTreeSet<_>>().len(), count);
    }
}

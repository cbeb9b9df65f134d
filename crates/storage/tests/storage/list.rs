//! Lists: filters, orders, pages.

use domain::{
    Cursor, Description, Due, DueBound, DueFilter, NewTask, Position, Priority, Sort, SortBy,
    Status, TagId, TagName, Task, TaskQuery, ZoneName,
};
use jiff::{
    civil::{Date, date},
    tz::TimeZone,
};
use rstest::rstest;
use testkit::Backend;

use crate::{add, add_tag, at, id, new_task, store, titles, user};

fn on(day: i8) -> Due {
    Due::Day { day: date(2026, 12, day) }
}

fn timed(time: &str) -> Due {
    Due::At { at: at(time), zone: ZoneName::parse("Europe/Berlin").unwrap() }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn filters(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let (ada, bob) = (user("ada"), user("bob"));
    let home = add_tag(&*store, &ada, "Zu Hause").await;
    let shop = add_tag(&*store, &ada, "shop").await;
    let tags = vec![home.clone(), shop.clone()];
    let description = Description::parse("Crème\nfraîche").unwrap();
    for new in [
        NewTask { tags, description, priority: Some(Priority::High), ..new_task("Milk 50%_a") },
        NewTask {
            tags: vec![home.clone()],
            completed_at: Some(at(crate::NOON)),
            ..new_task("Tax")
        },
        NewTask { priority: Some(Priority::Low), ..new_task("ÄRGER") },
    ] {
        add(&*store, &ada, new).await.unwrap();
    }
    let foreign = add_tag(&*store, &bob, "home").await;
    add(&*store, &bob, NewTask { tags: vec![foreign], ..new_task("Milk of Bob") }).await.unwrap();

    let query = TaskQuery::default;
    let named = |names: &[&str]| {
        let tag_names = names.iter().map(|name| TagName::parse(name).unwrap()).collect();
        TaskQuery { tag_names, ..query() }
    };
    let text = |text: &str| TaskQuery { search: Some(text.to_owned()), ..query() };
    for (query, found) in [
        (TaskQuery { status: Some(Status::Done), ..query() }, vec!["Tax"]),
        (TaskQuery { status: Some(Status::Open), ..query() }, vec!["ÄRGER", "Milk 50%_a"]),
        (TaskQuery { priority: Some(Priority::High), ..query() }, vec!["Milk 50%_a"]),
        (TaskQuery { tags: vec![home.id], ..query() }, vec!["Tax", "Milk 50%_a"]),
        (TaskQuery { tags: vec![home.id, shop.id], ..query() }, vec!["Milk 50%_a"]),
        (TaskQuery { tags: vec![home.id, home.id], ..query() }, vec!["Tax", "Milk 50%_a"]),
        (named(&["#zu HAUSE"]), vec!["Tax", "Milk 50%_a"]),
        (named(&["shop", "Zu Hause", "SHOP"]), vec!["Milk 50%_a"]),
        (named(&["shop", "home"]), vec![]), // that one is Bob's
        (TaskQuery { tags: vec![home.id], ..named(&["Shop"]) }, vec!["Milk 50%_a"]),
        (text("50%_A"), vec!["Milk 50%_a"]),
        (text("5%a"), vec![]),
        (text("arger"), vec!["ÄRGER"]),
        (text(" milk  CREME hause "), vec!["Milk 50%_a"]),
        (text("hause"), vec!["Tax", "Milk 50%_a"]),
        (text(&"milk ".repeat(2_000)), vec!["Milk 50%_a"]),
        (text(" "), vec!["ÄRGER", "Tax", "Milk 50%_a"]),
        (text(r"\"), vec![]),
        (text("' or 1=1 --"), vec![]),
        (TaskQuery { tags: vec![shop.id], ..text("tax") }, vec![]),
        (TaskQuery { limit: Some(2), ..query() }, vec!["ÄRGER", "Tax"]),
    ] {
        assert_eq!(titles(&*store, &ada, &query).await, found, "{query:?}");
        let all = store.count_tasks(&ada, &query).await.unwrap();
        assert_eq!(all, if query.limit.is_some() { 3 } else { found.len() as u64 }, "{query:?}");
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn filters_by_due_date(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let ada = user("ada");
    for (title, due) in [
        ("never", None),
        ("yesterday", Some(on(1))),
        ("today", Some(on(2))),
        ("tomorrow", Some(on(3))),
        ("at nine", Some(timed("2026-12-02T09:00:00Z"))),
        ("past midnight in Berlin", Some(timed("2026-12-02T23:30:00Z"))),
        ("late", Some(timed("2026-12-01T23:59:59.999999Z"))),
    ] {
        add(&*store, &ada, NewTask { due, ..new_task(title) }).await.unwrap();
    }
    let list = async |due| {
        let query = TaskQuery { due: Some(due), ..TaskQuery::default() };
        let mut titles = titles(&*store, &ada, &query).await;
        assert_eq!(store.count_tasks(&ada, &query).await.unwrap(), titles.len() as u64);
        titles.reverse();
        titles
    };
    let start = |day| Some(DueBound::start_of(date(2026, 12, day), &TimeZone::UTC));
    let now = |time| Some(DueBound::now(at(time), &TimeZone::UTC));

    assert_eq!(list(DueFilter::None).await, ["never"]);
    let today = list(DueFilter::Between { from: start(2), before: start(3) }).await;
    assert_eq!(today, ["today", "at nine", "past midnight in Berlin"]);
    let overdue =
        list(DueFilter::Between { from: None, before: now("2026-12-02T10:00:00Z") }).await;
    assert_eq!(overdue, ["yesterday", "at nine", "late"]);
    let later = list(DueFilter::Between { from: start(3), before: None }).await;
    assert_eq!(later, ["tomorrow"]);
    assert_eq!(list(DueFilter::Between { from: None, before: None }).await.len(), 6);
    let [from, before] =
        [Date::MIN, Date::MAX].map(|far| Some(DueBound::start_of(far, &TimeZone::UTC)));
    assert_eq!(list(DueFilter::Between { from, before }).await.len(), 6);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn any_number_of_tags_may_be_asked_for(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let ada = user("ada");
    let tags = (0..2_000).map(|_| TagId(id())).collect();
    let query = TaskQuery { tags, ..TaskQuery::default() };
    assert_eq!(store.tasks(&ada, &query).await.unwrap(), []);
    let names = (0..8_000).map(|number: u32| TagName::parse(&number.to_string()).unwrap());
    let query = TaskQuery { tag_names: names.collect(), ..TaskQuery::default() };
    assert_eq!(store.tasks(&ada, &query).await.unwrap(), []);
}

/// Tasks that tie in every way, stored in an order that is none of those they are listed in.
fn tasks_to_sort() -> Vec<NewTask> {
    let times = ["2026-11-23T12:00:00Z", "2026-11-23T12:00:00.5Z", "2026-11-23T12:00:00.500001Z"];
    let dues = [
        None,
        Some(on(2)),
        Some(timed("2026-12-02T12:00:00Z")),
        Some(timed("2026-12-02T11:00:00Z")),
        Some(on(1)),
        Some(timed("2026-12-02T23:30:00Z")), // the 3rd in Berlin
    ];
    let priorities = [Some(Priority::Low), None, Some(Priority::High)];
    let titles = ["b", "Äb", "a", "Z", "ab", "_", "a b"];
    (0..14)
        .map(|index| NewTask {
            due: dues[index % dues.len()].clone(),
            priority: priorities[index % priorities.len()],
            position: [None, Some(2.5), Some(-1e300), Some(4.0)][index % 4]
                .map(|value| Position::new(value).unwrap()),
            now: at(times[(index * 2) % times.len()]),
            ..new_task(titles[index % titles.len()])
        })
        .collect()
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn sorts_and_continues_in_every_order(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let ada = user("ada");
    for new in tasks_to_sort() {
        add(&*store, &ada, new).await.unwrap();
    }
    let orders = [
        SortBy::Created,
        SortBy::Updated,
        SortBy::Due,
        SortBy::Priority,
        SortBy::Title,
        SortBy::Position,
    ];
    for by in orders {
        for descending in [false, true] {
            let sort = Sort { by, descending };
            let whole =
                store.tasks(&ada, &TaskQuery { sort, ..TaskQuery::default() }).await.unwrap();
            assert_eq!(whole.len(), 14);
            for limit in [1, 5] {
                let mut pages: Vec<Task> = Vec::new();
                loop {
                    let after = pages.last().map(Cursor::from);
                    let limit = Some(limit);
                    let page = TaskQuery { sort, after, limit, ..TaskQuery::default() };
                    let page = store.tasks(&ada, &page).await.unwrap();
                    if page.is_empty() {
                        break;
                    }
                    pages.extend(page);
                }
                assert_eq!(pages, whole, "{sort:?} in pages of {limit}");
            }
        }
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn what_has_no_value_comes_last_in_both_directions(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let ada = user("ada");
    for (title, due, priority) in [
        ("none", None, None),
        ("2nd", Some(on(2)), Some(Priority::Low)),
        ("2nd at 12", Some(timed("2026-12-02T12:00:00Z")), Some(Priority::High)),
        ("1st", Some(on(1)), Some(Priority::Medium)),
        ("2nd at 11", Some(timed("2026-12-02T11:00:00Z")), None),
    ] {
        add(&*store, &ada, NewTask { due, priority, ..new_task(title) }).await.unwrap();
    }
    let list = async |by, descending| {
        let sort = Sort { by, descending };
        titles(&*store, &ada, &TaskQuery { sort, ..TaskQuery::default() }).await
    };
    let soonest = ["1st", "2nd at 11", "2nd at 12", "2nd", "none"];
    assert_eq!(list(SortBy::Due, false).await, soonest);
    let latest = ["2nd at 12", "2nd at 11", "2nd", "1st", "none"];
    assert_eq!(list(SortBy::Due, true).await, latest);
    let highest = ["2nd at 12", "1st", "2nd", "none", "2nd at 11"];
    assert_eq!(list(SortBy::Priority, false).await, highest);
    let lowest = ["2nd", "1st", "2nd at 12", "2nd at 11", "none"];
    assert_eq!(list(SortBy::Priority, true).await, lowest);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn titles_sort_without_case_and_accents(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let ada = user("ada");
    for title in ["b", "Ärger", "argo", "Zebra", "ÄRGER", "_x", "a b", "ab"] {
        add(&*store, &ada, new_task(title)).await.unwrap();
    }
    let sort = Sort { by: SortBy::Title, descending: false };
    let sorted = titles(&*store, &ada, &TaskQuery { sort, ..TaskQuery::default() }).await;
    assert_eq!(sorted, ["_x", "a b", "ab", "Ärger", "ÄRGER", "argo", "b", "Zebra"]);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn times_sort_as_times(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let ada = user("ada");
    let times = [
        "2026-11-23T12:00:00.500001Z",
        "2026-11-23T12:00:00.5Z",
        "2026-11-23T12:00:00Z",
        "2026-11-23T11:59:59.999999Z",
        "2000-01-01T00:00:00Z",
        "1969-12-31T23:59:59.999999Z",
        "0001-01-01T00:00:00Z",
    ];
    for index in [3, 0, 6, 2, 5, 1, 4] {
        let new = NewTask { now: at(times[index]), ..new_task(times[index]) };
        add(&*store, &ada, new).await.unwrap();
    }
    for by in [SortBy::Created, SortBy::Updated] {
        let sort = Sort { by, descending: true };
        let query = TaskQuery { sort, ..TaskQuery::default() };
        let tasks = store.tasks(&ada, &query).await.unwrap();
        assert!(tasks.iter().map(|task| task.updated_at).eq(times.map(at)));
        assert!(tasks.iter().map(|task| task.title.as_str()).eq(times));
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn what_was_moved_lies_between_the_numbers(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let ada = user("ada");
    for (title, position) in [
        ("1", None),
        ("2", None),
        ("1.5", Some(1.5)),
        ("also 2", Some(2.0)),
        ("first", Some(-0.25)),
        ("6", Some(6.0)),
    ] {
        let position = position.map(|value| Position::new(value).unwrap());
        let task = add(&*store, &ada, NewTask { position, ..new_task(title) }).await.unwrap();
        assert_eq!(task.moved_to.is_none(), ["1", "2", "6"].contains(&title), "{title}");
    }
    let sort = Sort { by: SortBy::Position, descending: false };
    let query = TaskQuery { sort, ..TaskQuery::default() };
    assert_eq!(titles(&*store, &ada, &query).await, ["first", "1", "1.5", "2", "also 2", "6"]);
}

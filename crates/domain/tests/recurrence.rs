//! Recurrence: rules as text, the days they name, and the tasks that follow.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use domain::{
    Anchor, Due, NewTask, Position, Recurrence, RecurrenceRule, Rrule, SystemRandom, Task, TaskId,
    TaskNumber, Title, Version, ZoneName, uuid_v7,
};
use jiff::{
    Timestamp, ToSpan,
    civil::{self, Date, date},
    tz::TimeZone,
};
use proptest::prelude::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// The first days of a rule behind a start, apart by spaces.
fn days(rule: &str, start: &str, count: usize) -> String {
    let rule = Rrule::parse(rule).unwrap();
    let days = rule.days_after(day(start)).take(count).map(|day| day.to_string());
    days.collect::<Vec<_>>().join(" ")
}

#[test]
fn rules_name_the_days_of_the_rfc() {
    // Starts are DTSTART of RFC 5545, section 3.8.5.3, which is the first occurrence of its lists and not told here.
    for (rule, start, expected) in [
        ("FREQ=DAILY", "1997-09-02", "1997-09-03 1997-09-04"),
        ("FREQ=DAILY;INTERVAL=10", "1997-09-02", "1997-09-12 1997-09-22 1997-10-02"),
        ("FREQ=DAILY;BYMONTH=1", "1998-01-30", "1998-01-31 1999-01-01"),
        ("FREQ=YEARLY;BYMONTH=1;BYDAY=SU,MO", "1998-01-26", "1999-01-03 1999-01-04"),
        ("FREQ=WEEKLY", "1997-09-02", "1997-09-09 1997-09-16"),
        ("FREQ=WEEKLY;INTERVAL=2;WKST=SU", "1997-09-02", "1997-09-16 1997-09-30 1997-10-14"),
        ("FREQ=WEEKLY;BYDAY=TU,TH", "1997-09-02", "1997-09-04 1997-09-09 1997-09-11"),
        (
            "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=MO,WE,FR",
            "1997-09-01",
            "1997-09-03 1997-09-05 1997-09-15 1997-09-17 1997-09-19 1997-09-29",
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO",
            "1997-08-05",
            "1997-08-10 1997-08-19 1997-08-24",
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU",
            "1997-08-05",
            "1997-08-17 1997-08-19 1997-08-31",
        ),
        ("FREQ=MONTHLY;BYDAY=1FR", "1997-09-05", "1997-10-03 1997-11-07 1997-12-05"),
        (
            "FREQ=MONTHLY;INTERVAL=2;BYDAY=1SU,-1SU",
            "1997-09-07",
            "1997-09-28 1997-11-02 1997-11-30 1998-01-04",
        ),
        ("FREQ=MONTHLY;BYDAY=-2MO", "1997-09-22", "1997-10-20 1997-11-17 1997-12-22"),
        (
            "FREQ=MONTHLY;BYMONTHDAY=-3",
            "1997-09-28",
            "1997-10-29 1997-11-28 1997-12-29 1998-01-29 1998-02-26",
        ),
        ("FREQ=MONTHLY;BYMONTHDAY=2,15", "1997-09-02", "1997-09-15 1997-10-02 1997-10-15"),
        (
            "FREQ=MONTHLY;BYMONTHDAY=1,-1",
            "1997-09-30",
            "1997-10-01 1997-10-31 1997-11-01 1997-11-30",
        ),
        ("FREQ=MONTHLY;INTERVAL=18;BYMONTHDAY=10,11,12", "1997-09-12", "1999-03-10 1999-03-11"),
        (
            "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
            "1997-09-02",
            "1997-09-09 1997-09-16 1997-09-23 1997-09-30 1997-11-04",
        ),
        ("FREQ=YEARLY;BYMONTH=6,7", "1997-06-10", "1997-07-10 1998-06-10 1998-07-10"),
        (
            "FREQ=YEARLY;INTERVAL=2;BYMONTH=1,2,3",
            "1997-03-10",
            "1999-01-10 1999-02-10 1999-03-10 2001-01-10",
        ),
        ("FREQ=YEARLY;BYDAY=20MO", "1997-05-19", "1998-05-18 1999-05-17"),
        ("FREQ=YEARLY;BYMONTH=3;BYDAY=TH", "1997-03-13", "1997-03-20 1997-03-27 1998-03-05"),
        (
            "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
            "1997-09-02",
            "1998-02-13 1998-03-13 1998-11-13 1999-08-13",
        ),
        (
            "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
            "1997-09-13",
            "1997-10-11 1997-11-08",
        ),
        (
            "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
            "1996-11-05",
            "2000-11-07 2004-11-02",
        ),
        ("FREQ=MONTHLY;BYDAY=TU,WE,TH;BYSETPOS=3", "1997-09-04", "1997-10-07 1997-11-06"),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
            "1997-09-29",
            "1997-10-30 1997-11-27 1997-12-30 1998-01-29",
        ),
        // Months that lack the day are left out, and the day is kept.
        ("FREQ=MONTHLY", "2027-01-31", "2027-03-31 2027-05-31 2027-07-31 2027-08-31"),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "2027-01-31", "2027-03-31 2027-05-31"),
        (
            "FREQ=MONTHLY;BYMONTHDAY=15,30",
            "2007-01-15",
            "2007-01-30 2007-02-15 2007-03-15 2007-03-30",
        ),
        ("FREQ=YEARLY", "2028-02-29", "2032-02-29 2036-02-29"),
        ("FREQ=YEARLY", "2096-02-29", "2104-02-29"),
        ("FREQ=YEARLY;BYDAY=-1SU", "2026-01-01", "2026-12-27 2027-12-26"),
        // A start that is none of the rule's days.
        ("FREQ=WEEKLY;BYDAY=MO", "2026-11-25", "2026-11-30 2026-12-07"),
        ("FREQ=DAILY;BYMONTHDAY=29;BYMONTH=2;BYDAY=SU", "2026-01-01", "2032-02-29 2060-02-29"),
        // At the end of the calendar, and without any day.
        ("FREQ=DAILY", "9999-12-30", "9999-12-31"),
        ("FREQ=YEARLY;INTERVAL=9999", "2026-01-01", ""),
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31", "2026-02-01", ""),
    ] {
        let count = expected.split_whitespace().count().max(1);
        assert_eq!(days(rule, start, count), expected, "{rule} from {start}");
    }
}

#[test]
fn rules_are_read_leniently_and_written_in_one_form() {
    for (text, canonical) in [
        ("FREQ=DAILY", "FREQ=DAILY"),
        (" rrule:freq=weekly;byday=fr,mo,mo ", "FREQ=WEEKLY;BYDAY=MO,FR"),
        ("BYMONTHDAY=-1,+1,15;INTERVAL=1;FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=1,15,-1"),
        ("FREQ=MONTHLY;BYDAY=-1FR,+2TU,MO", "FREQ=MONTHLY;BYDAY=MO,2TU,-1FR"),
        (
            "FREQ=YEARLY;UNTIL=20261231;WKST=SU;BYMONTH=02",
            "FREQ=YEARLY;UNTIL=20261231;WKST=SU;BYMONTH=2",
        ),
        ("FREQ=DAILY;UNTIL=20261231T235959Z;WKST=MO", "FREQ=DAILY;UNTIL=20261231T235959Z"),
        ("FREQ=DAILY;UNTIL=20261231T120000", "FREQ=DAILY;UNTIL=20261231T120000"),
        ("FREQ=DAILY;COUNT=3;INTERVAL=2", "FREQ=DAILY;INTERVAL=2;COUNT=3"),
    ] {
        assert_eq!(RecurrenceRule::parse(text).unwrap().as_str(), canonical, "{text}");
    }
}

#[test]
fn what_is_no_rule_says_why() {
    for (text, words) in [
        ("", "such as FREQ=WEEKLY"),
        ("NOT A RULE", "such as FREQ=WEEKLY"),
        ("daily", "such as FREQ=WEEKLY"),
        ("INTERVAL=2", "needs FREQ"),
        ("FREQ=HOURLY", "DAILY, WEEKLY"),
        ("FREQ=DAILY;", "such as FREQ=WEEKLY"),
        ("FREQ=DAILY;INTERVAL=0", "wrong INTERVAL"),
        ("FREQ=DAILY;INTERVAL=+1", "wrong INTERVAL"),
        ("FREQ=DAILY;COUNT=0", "wrong COUNT"),
        ("FREQ=DAILY;COUNT=99999999999999999999", "wrong COUNT"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20261231", "both COUNT and UNTIL"),
        ("FREQ=DAILY;UNTIL=2026-12-31", "wrong UNTIL"),
        ("FREQ=DAILY;UNTIL=20260230", "wrong UNTIL"),
        ("FREQ=DAILY;FREQ=WEEKLY", "FREQ twice"),
        ("FREQ=WEEKLY;BYDAY=XX", "wrong BYDAY"),
        ("FREQ=WEEKLY;BYDAY=", "wrong BYDAY"),
        ("FREQ=WEEKLY;BYDAY=日", "wrong BYDAY"),
        ("FREQ=WEEKLY;BYDAY=1MO", "number in BYDAY"),
        ("FREQ=MONTHLY;BYDAY=6MO", "number in BYDAY"),
        ("FREQ=MONTHLY;BYDAY=0MO", "wrong BYDAY"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY with FREQ=WEEKLY"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "wrong BYMONTHDAY"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "its months do not have"),
        ("FREQ=MONTHLY;BYSETPOS=1", "beside BYSETPOS"),
        ("FREQ=YEARLY;BYWEEKNO=20", "BYWEEKNO, which is not supported"),
        ("FREQ=DAILY;BYHOUR=9", "BYHOUR, which is not supported"),
        ("FREQ=DAILY;COLOR=RED", "unknown part \"COLOR\""),
    ] {
        let told = RecurrenceRule::parse(text).unwrap_err().to_string();
        assert!(told.starts_with("recurrence_rule ") && told.contains(words), "{text}: {told}");
    }
    let long = format!("FREQ=MONTHLY;BYMONTHDAY={}", vec!["31"; 90].join(","));
    assert!(RecurrenceRule::parse(&long).unwrap_err().to_string().contains("255"));
}

/// A task that repeats, due on a day or at a time of a zone.
fn task(rule: &str, due: &str, zone: &str) -> Task {
    let due = match (due.is_empty(), due.contains('T')) {
        (true, _) => None,
        (_, false) => Some(Due::Day { day: day(due) }),
        (_, true) => Some(Due::At { at: local(due, zone), zone: ZoneName::parse(zone).unwrap() }),
    };
    let recurrence = Recurrence::new(RecurrenceRule::parse(rule).unwrap());
    Task {
        number: TaskNumber(1),
        id: id(),
        title: Title::parse("Pay rent").unwrap(),
        description: None,
        due,
        priority: None,
        completed_at: None,
        tags: Vec::new(),
        recurrence: Some(recurrence),
        previous: None,
        next: None,
        remind_at: None,
        reminded_at: None,
        moved_to: Some(Position::new(0.5).unwrap()),
        version: Version(3),
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
    }
}

fn id() -> TaskId {
    TaskId(uuid_v7(&SystemRandom, Timestamp::UNIX_EPOCH))
}

fn local(time: &str, zone: &str) -> Timestamp {
    let zone = TimeZone::get(zone).unwrap();
    time.parse::<jiff::civil::DateTime>().unwrap().to_zoned(zone).unwrap().timestamp()
}

/// What follows a task completed at a local time.
fn following(task: &Task, done: &str, zone: &str) -> Option<NewTask> {
    task.following(id(), local(done, zone), &ZoneName::parse(zone).unwrap())
}

/// The task that a new one becomes.
fn stored(new: NewTask) -> Task {
    Task {
        due: new.due,
        recurrence: new.recurrence,
        remind_at: new.remind_at,
        ..task("FREQ=DAILY", "", "UTC")
    }
}

fn local_due(task: &Task) -> String {
    match task.due.as_ref().unwrap() {
        Due::Day { day } => day.to_string(),
        Due::At { at, zone } => at.to_zoned(zone.time_zone()).datetime().to_string(),
    }
}

#[test]
fn the_next_one_counts_from_the_anchor() {
    let zone = "Europe/Berlin";
    for (rule, anchor, due, done, next) in [
        ("FREQ=MONTHLY", Anchor::Schedule, "2026-12-01", "2026-12-01T10:00", "2027-01-01"),
        // Done early, it still goes on from what was due.
        ("FREQ=MONTHLY", Anchor::Schedule, "2026-12-01", "2026-11-23T10:00", "2027-01-01"),
        // Done late, what went by is left out; today's is still to be done.
        ("FREQ=DAILY", Anchor::Schedule, "2026-11-20", "2026-11-23T23:59", "2026-11-23"),
        ("FREQ=WEEKLY", Anchor::Schedule, "2026-11-02", "2026-11-23T10:00", "2026-11-23"),
        (
            "FREQ=WEEKLY;INTERVAL=2",
            Anchor::Schedule,
            "2026-11-02",
            "2026-11-23T10:00",
            "2026-11-30",
        ),
        (
            "FREQ=DAILY;INTERVAL=3",
            Anchor::Completion,
            "2026-11-20",
            "2026-11-23T10:00",
            "2026-11-26",
        ),
        ("FREQ=MONTHLY", Anchor::Completion, "2026-11-01", "2026-11-23T10:00", "2026-12-23"),
        (
            "FREQ=MONTHLY;BYMONTHDAY=1",
            Anchor::Completion,
            "2026-10-01",
            "2026-11-23T10:00",
            "2026-12-01",
        ),
        ("FREQ=DAILY;INTERVAL=2", Anchor::Schedule, "0001-01-01", "2026-11-23T10:00", "2026-11-23"),
        // Without a due day it counts from the completion.
        ("FREQ=WEEKLY;BYDAY=FR", Anchor::Schedule, "", "2026-11-23T10:00", "2026-11-27"),
        // Timed tasks keep their time of day, whatever the offset.
        (
            "FREQ=DAILY",
            Anchor::Schedule,
            "2026-10-24T09:00",
            "2026-10-24T10:00",
            "2026-10-25T09:00:00",
        ),
        (
            "FREQ=DAILY",
            Anchor::Completion,
            "2027-03-20T09:00",
            "2027-03-27T23:30",
            "2027-03-28T09:00:00",
        ),
    ] {
        let mut task = task(rule, due, zone);
        task.recurrence.as_mut().unwrap().anchor = anchor;
        let following = following(&task, done, zone).unwrap();
        assert_eq!(following.previous.unwrap().id, task.id);
        assert_eq!((following.completed_at, following.position), (None, None));
        let kept = following.recurrence.clone();
        assert_eq!(kept, task.recurrence, "{rule}");
        assert_eq!(local_due(&stored(following)), next, "{rule} {anchor:?} {due} {done}");
    }
}

#[test]
fn a_time_that_a_clock_change_skips_comes_back() {
    let zone = "Europe/Berlin";
    let mut task = task("FREQ=DAILY", "2027-03-27T02:30", zone);
    let mut dues = Vec::new();
    for done in ["2027-03-27T08:00", "2027-03-28T08:00", "2027-03-29T08:00"] {
        task = stored(following(&task, done, zone).unwrap());
        dues.push(local_due(&task));
    }
    assert_eq!(dues, ["2027-03-28T03:30:00", "2027-03-29T02:30:00", "2027-03-30T02:30:00"]);
}

#[test]
fn it_ends_by_count_and_by_date() {
    let zone = "Europe/Berlin";
    let rule = |task: &Task| task.recurrence.as_ref().unwrap().rule.to_string();
    let mut counted = task("FREQ=DAILY;COUNT=3", "2026-11-23", zone);
    for left in ["FREQ=DAILY;COUNT=2", "FREQ=DAILY;COUNT=1"] {
        let done = format!("{}T10:00", local_due(&counted));
        counted = stored(following(&counted, &done, zone).unwrap());
        assert_eq!(rule(&counted), left);
    }
    assert_eq!(following(&counted, "2026-11-25T10:00", zone), None);
    // Those that went by count as well.
    let late = task("FREQ=DAILY;COUNT=5", "2026-11-20", zone);
    let late = stored(following(&late, "2026-11-23T10:00", zone).unwrap());
    assert_eq!(
        (local_due(&late).as_str(), rule(&late).as_str()),
        ("2026-11-23", "FREQ=DAILY;COUNT=2")
    );

    for (text, due, exists) in [
        ("FREQ=DAILY;UNTIL=20261124", "2026-11-23", true),
        ("FREQ=DAILY;UNTIL=20261123", "2026-11-23", false),
        // The last moment lies before and behind the task's time of day, here and in UTC.
        ("FREQ=DAILY;UNTIL=20261124T090000", "2026-11-23T09:00", true),
        ("FREQ=DAILY;UNTIL=20261124T085959", "2026-11-23T09:00", false),
        ("FREQ=DAILY;UNTIL=20261124T080000Z", "2026-11-23T09:00", true),
        ("FREQ=DAILY;UNTIL=20261124T075959Z", "2026-11-23T09:00", false),
        ("FREQ=DAILY;UNTIL=20261124T230000Z", "2026-11-23", true),
    ] {
        let next = following(&task(text, due, zone), "2026-11-23T08:00", zone);
        assert_eq!(next.is_some(), exists, "{text} {due}");
    }
    let mut ended = task("FREQ=WEEKLY", "2026-11-23", zone);
    ended.recurrence.as_mut().unwrap().end = Some(date(2026, 11, 29));
    assert_eq!(following(&ended, "2026-11-23T10:00", zone), None);
    ended.recurrence.as_mut().unwrap().end = Some(date(2026, 11, 30));
    assert!(following(&ended, "2026-11-23T10:00", zone).is_some());
    // It has a next one already.
    ended.next = Some(TaskNumber(2));
    assert_eq!(following(&ended, "2026-11-23T10:00", zone), None);
    // What an import kept without understanding it.
    ended.next = None;
    ended.recurrence.as_mut().unwrap().rule = RecurrenceRule::stored("every blue moon".to_owned());
    assert_eq!(following(&ended, "2026-11-23T10:00", zone), None);
}

#[test]
fn the_reminder_moves_along() {
    let zone = "Europe/Berlin";
    for (due, remind, done, next) in [
        ("2026-10-24T09:00", "2026-10-24T08:00", "2026-10-24T10:00", "2026-10-25T08:00"),
        ("2026-10-25", "2026-10-24T18:00", "2026-10-25T10:00", "2026-10-25T18:00"),
        // Without a due day it stays as far from the next day as it was from its own.
        ("", "2026-11-20T08:00", "2026-11-23T10:00", "2026-11-24T08:00"),
    ] {
        let mut task = task("FREQ=DAILY", due, zone);
        task.remind_at = Some(local(remind, zone));
        task.reminded_at = task.remind_at;
        let following = following(&task, done, zone).unwrap();
        assert_eq!(following.remind_at, Some(local(next, zone)), "{due} {remind}");
    }
}

#[test]
fn a_reminder_comes_through_a_clock_change() {
    let zone = "Europe/Berlin";
    let reminders = |due: &str, remind: &str| {
        let mut task = task("FREQ=DAILY", due, zone);
        task.remind_at = Some(local(remind, zone));
        ["2027-03-27T08:00", "2027-03-28T08:00", "2027-03-29T08:00"].map(|done| {
            task = stored(following(&task, done, zone).unwrap());
            let remind_at = task.remind_at.unwrap().to_zoned(TimeZone::get(zone).unwrap());
            let before = match task.due {
                Some(Due::At { at, .. }) => at.duration_since(remind_at.timestamp()).as_mins(),
                _ => 0,
            };
            (remind_at.datetime().to_string(), before)
        })
    };
    let times = |times: [&str; 3], before| times.map(|time| (time.to_owned(), before));
    for (due, remind, expected, before) in [
        // 02:30 does not come on the 28th.
        (
            "2027-03-27T02:30",
            "2027-03-27T02:15",
            ["2027-03-28T03:15:00", "2027-03-29T02:15:00", "2027-03-30T02:15:00"],
            15,
        ),
        (
            "2027-03-27T02:30",
            "2027-03-27T01:30",
            ["2027-03-28T01:30:00", "2027-03-29T01:30:00", "2027-03-30T01:30:00"],
            60,
        ),
        (
            "2027-03-27T03:30",
            "2027-03-27T02:30",
            ["2027-03-28T01:30:00", "2027-03-29T02:30:00", "2027-03-30T02:30:00"],
            60,
        ),
        (
            "2027-03-27",
            "2027-03-27T02:30",
            ["2027-03-28T03:30:00", "2027-03-29T02:30:00", "2027-03-30T02:30:00"],
            0,
        ),
    ] {
        assert_eq!(reminders(due, remind), times(expected, before), "{due} {remind}");
    }
    // A reminder that was set by hand since is meant as it stands.
    let mut moved = task("FREQ=DAILY", "2027-03-28", zone);
    moved.recurrence.as_mut().unwrap().time = Some(civil::time(2, 30, 0, 0));
    moved.remind_at = Some(local("2027-03-28T09:00", zone));
    let next = following(&moved, "2027-03-28T10:00", zone).unwrap();
    assert_eq!(next.remind_at, Some(local("2027-03-29T09:00", zone)));
}

#[test]
fn a_reminder_is_given_again_only_when_it_is_put_off() {
    let mut reminded = task("FREQ=DAILY", "", "UTC");
    let at = |minutes: i64| Timestamp::UNIX_EPOCH + minutes.minutes();
    reminded.remind_at = Some(at(10));
    for (to, again) in
        [(Some(at(10)), false), (Some(at(5)), false), (Some(at(20)), true), (None, true)]
    {
        let mut task = Task { reminded_at: Some(at(11)), ..reminded.clone() };
        task.set_reminder(to);
        assert_eq!((task.remind_at, task.reminded_at.is_none()), (to, again));
    }
}

#[test]
fn older_snapshots_stay_readable() {
    let old = r#"{"number":7,"id":"01920000-0000-7000-8000-000000000000","title":"x","description":null,"due":null,
        "priority":null,"completed_at":null,"tags":[],"version":1,"created_at":"2026-11-23T10:00:00Z",
        "updated_at":"2026-11-23T10:00:00Z"}"#;
    let task: Task = serde_json::from_str(old).unwrap();
    assert_eq!(task.position(), Position::new(7.0).unwrap());
    assert_eq!((task.recurrence.as_ref(), task.remind_at, task.previous), (None, None, None));
    let json = serde_json::to_value(&task).unwrap();
    assert_eq!(
        json,
        serde_json::from_str::<serde_json::Value>(old).unwrap(),
        "an older program can read it"
    );
}

/// Any text that may be a rule.
fn rule_text() -> impl Strategy<Value = String> {
    let list = |values: &'static [&'static str]| {
        proptest::collection::vec(proptest::sample::select(values), 1..4)
            .prop_map(|all| all.join(","))
    };
    let part = prop_oneof![
        proptest::sample::select(
            &["INTERVAL=2", "INTERVAL=7", "INTERVAL=9999", "COUNT=5", "UNTIL=20301231"][..]
        )
        .prop_map(str::to_owned),
        proptest::sample::select(&["WKST=SU", "WKST=TH", "BYSETPOS=-1", "BYSETPOS=1,3"][..])
            .prop_map(str::to_owned),
        list(&["1", "2", "6", "11", "12"]).prop_map(|list| format!("BYMONTH={list}")),
        list(&["1", "15", "29", "30", "31", "-1", "-30", "-31"])
            .prop_map(|list| format!("BYMONTHDAY={list}")),
        list(&["MO", "TU", "WE", "SA", "SU"]).prop_map(|list| format!("BYDAY={list}")),
        list(&["1MO", "-1FR", "5SU", "2TU", "-5SA"]).prop_map(|list| format!("BYDAY={list}")),
    ];
    let frequency = proptest::sample::select(&["DAILY", "WEEKLY", "MONTHLY", "YEARLY"][..]);
    (frequency, proptest::collection::vec(part, 0..4)).prop_map(|(frequency, parts)| {
        let mut text = format!("FREQ={frequency}");
        for part in parts {
            text = text + ";" + &part;
        }
        text
    })
}

/// Whether a rule names a day, asked of the day and of nothing else: slow, and written from RFC 5545's table.
fn names(rule: &Rrule, start: Date, day: Date) -> bool {
    use domain::Frequency::{Daily, Monthly, Weekly, Yearly};
    let set = period(rule, start, day);
    let place = set.iter().position(|other| *other == day);
    let Some(place) = place else { return false };
    let apart = match rule.frequency {
        Daily => (day - start).get_days(),
        Weekly => (week(rule, day) - week(rule, start)).get_days() / 7,
        Monthly => {
            i32::from(day.year() - start.year()) * 12 + i32::from(day.month() - start.month())
        }
        Yearly => i32::from(day.year() - start.year()),
    };
    let number = |count: usize| i16::try_from(count).unwrap();
    let (ahead, back) = (number(place) + 1, number(place) - number(set.len()));
    apart % i32::from(rule.interval) == 0
        && (rule.places.is_empty() || rule.places.iter().any(|place| [ahead, back].contains(place)))
}

fn week(rule: &Rrule, day: Date) -> Date {
    let mut day = day;
    while day.weekday() != rule.week_start {
        day = day.yesterday().unwrap();
    }
    day
}

/// All days of the period of `day` that the other parts let through.
fn period(rule: &Rrule, start: Date, day: Date) -> Vec<Date> {
    use domain::Frequency::{Daily, Monthly, Weekly, Yearly};
    let (first, last) = match rule.frequency {
        Daily => (day, day),
        Weekly => (week(rule, day), week(rule, day) + 6.days()),
        Monthly => (day.first_of_month(), day.last_of_month()),
        Yearly => (day.first_of_year(), day.last_of_year()),
    };
    let in_year = rule.frequency == Yearly && rule.months.is_empty() && rule.month_days.is_empty();
    let fits = |day: &Date| {
        let bare = rule.weekdays.is_empty() && rule.month_days.is_empty();
        let implied = match rule.frequency {
            Daily => true,
            Weekly => !rule.weekdays.is_empty() || day.weekday() == start.weekday(),
            Yearly if rule.months.is_empty() && bare => {
                (day.month(), day.day()) == (start.month(), start.day())
            }
            Monthly | Yearly => !bare || day.day() == start.day(),
        };
        let month = rule.months.is_empty() || rule.months.contains(&day.month());
        let month_day = rule.month_days.is_empty()
            || rule.month_days.iter().any(|wanted| {
                let last = day.last_of_month().day();
                day.day() == if *wanted > 0 { *wanted } else { last + 1 + *wanted }
            });
        let (from, to) = if in_year {
            (day.first_of_year(), day.last_of_year())
        } else {
            (day.first_of_month(), day.last_of_month())
        };
        let weekday = rule.weekdays.is_empty()
            || rule.weekdays.iter().any(|wanted| {
                let ahead = (*day - from).get_days() / 7 + 1;
                let back = (to - *day).get_days() / 7 + 1;
                wanted.weekday == day.weekday()
                    && wanted
                        .nth
                        .is_none_or(|nth| i32::from(nth) == ahead || i32::from(nth) == -back)
            });
        implied && month && month_day && weekday
    };
    first.series(1.day()).take_while(|day| *day <= last).filter(fits).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn text_survives_and_parsing_never_panics(text in rule_text(), noise in any::<String>()) {
        _ = Rrule::parse(&noise);
        _ = Rrule::parse(&format!("FREQ=DAILY;BYDAY={noise}"));
        if let Ok(rule) = Rrule::parse(&text) {
            let canonical = rule.to_string();
            prop_assert_eq!(&Rrule::parse(&canonical).unwrap(), &rule, "{}", canonical);
            prop_assert!(canonical.len() <= text.len(), "{} became {}", text, canonical);
        }
    }

    #[test]
    fn what_follows_lies_ahead_and_not_behind_the_end(
        text in rule_text(), due in 0..400_i32, done in 0..400_i32, timed in any::<bool>(),
        completion in any::<bool>(), end in 300..600_i32,
    ) {
        let Ok(rule) = RecurrenceRule::parse(&text) else { return Ok(()) };
        let first = date(2027, 1, 1);
        let due = (first + due.days()).to_string() + if timed { "T02:30" } else { "" };
        let mut task = task(rule.as_str(), &due, "Europe/Berlin");
        let recurrence = task.recurrence.as_mut().unwrap();
        recurrence.anchor = if completion { Anchor::Completion } else { Anchor::Schedule };
        recurrence.end = Some(first + end.days());
        let today = first + done.days();
        let Some(next) = following(&task, &format!("{today}T12:00"), "Europe/Berlin") else { return Ok(()) };
        let day = next.due.as_ref().unwrap().day();
        prop_assert!(day >= today && day <= first + end.days());
        if completion {
            prop_assert!(day > today);
        } else {
            prop_assert!(day > task.due.as_ref().unwrap().day());
        }
        // Copied but for the count.
        let (before, after) = (rule.rule().unwrap(), next.recurrence.unwrap().rule.rule().unwrap());
        prop_assert!(after.count < before.count || before.count.is_none());
        prop_assert_eq!(Rrule { count: None, ..before }, Rrule { count: None, ..after });
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_days_are_those_of_a_slow_oracle(text in rule_text(), ahead in 0..1_500_i32) {
        let Ok(rule) = Rrule::parse(&text) else { return Ok(()) };
        let start = date(2026, 1, 1) + ahead.days();
        let end = start + 800.days();
        let found: Vec<_> = rule.days_after(start).take_while(|day| *day <= end).collect();
        let behind = (start + 1.day()).series(1.day()).take_while(|day| *day <= end);
        let expected: Vec<_> = behind.filter(|day| names(&rule, start, *day)).collect();
        prop_assert_eq!(&found, &expected, "{} from {}", text, start);
        let middle = start + 400.days();
        let near = rule.days_after(start).near(middle).take_while(|day| *day <= end);
        let near: Vec<_> = near.filter(|day| *day >= middle).collect();
        let later: Vec<_> = found.into_iter().filter(|day| *day >= middle).collect();
        prop_assert_eq!(near, later, "{} from {} near {}", text, start, middle);
    }
}

//! Any text said to the chatbot or typed into the quick-add box.

#![no_main]

use std::ops::Range;

use domain::{Due, RecurrenceRule, TagName, Title};
use fuzz::{first_columns, monday, seeds};
use language::{Command, Context, DateOrder, Policy, Span, quick_add, understand};
use libfuzzer_sys::fuzz_target;

/// The longest message. What costs more than linear time shows here as a slow input.
const LONGEST: usize = 4_000;

fuzz_target!(init: seeds("sentences", first_columns(&[
    include_str!("../../crates/language/tests/cases/chat-add.tsv"),
    include_str!("../../crates/language/tests/cases/chat-commands.tsv"),
    include_str!("../../crates/language/tests/cases/chat-list.tsv"),
    include_str!("../../crates/language/tests/cases/chat-nothing.tsv"),
    include_str!("../../crates/language/tests/cases/quick-dates.tsv"),
    include_str!("../../crates/language/tests/cases/quick-rest.tsv"),
    include_str!("../../crates/language/tests/cases/quick-text.tsv"),
    include_str!("../../crates/language/tests/cases/quick-times.tsv"),
    include_str!("../../crates/language/tests/cases/repeat.tsv"),
])), |text: &str| {
    if text.chars().count() > LONGEST {
        return;
    }
    let now = monday();
    for date_order in [DateOrder::DayMonthYear, DateOrder::MonthDayYear] {
        let policy = Policy { date_order, ..Policy::default() };
        let context = Context { now: &now, policy: &policy };
        quick(text, &context);
        chat(text, &context);
    }
});

fn quick(text: &str, context: &Context<'_>) {
    let read = quick_add(text, &[], context);
    lie_apart(text, &read.spans);
    makes_sense(&read.add);
    assert_eq!(words(&read.add.title), words(&outside(text, &read.spans)), "a word is lost");

    // What the user takes back stays text, and what is read of the rest lies beside it.
    for span in &read.spans {
        let again = quick_add(text, std::slice::from_ref(&span.range), context);
        lie_apart(text, &again.spans);
        assert!(again.spans.iter().all(|other| !overlap(&other.range, &span.range)));
    }
}

fn chat(text: &str, context: &Context<'_>) {
    let read = understand(text, context);
    assert!(!read.commands.is_empty());
    for one in &read.commands {
        lie_apart(text, &one.spans);
        assert!((0.0..=1.0).contains(&one.confidence));
        match &one.command {
            Command::Add(add) => makes_sense(add),
            Command::NotUnderstood(nothing) => {
                assert_eq!(read.commands.len(), 1, "half understood");
                for suggestion in &nothing.suggestions {
                    let again = understand(suggestion, context);
                    let understood =
                        !matches!(again.commands[0].command, Command::NotUnderstood(_));
                    assert!(understood, "suggested and not understood: {suggestion:?}");
                }
            }
            _ => {}
        }
    }
}

/// In order, between characters, none over another.
fn lie_apart(text: &str, spans: &[Span]) {
    let mut end = 0;
    for span in spans {
        assert!(span.range.start >= end && span.range.end > span.range.start, "{spans:?}");
        assert!(text.get(span.range.clone()).is_some(), "{spans:?}");
        end = span.range.end;
    }
}

/// What is read is what a task can hold, as far as its length allows.
fn makes_sense(add: &language::Add) {
    if let Some(rule) = &add.recurrence {
        assert_eq!(RecurrenceRule::parse(rule.as_str()).as_ref(), Ok(rule));
        assert!(add.due.is_some(), "it repeats from no day on");
    }
    if let Some(Due::At { at, zone }) = &add.due {
        assert_eq!(add.due.as_ref().map(Due::day), Some(at.to_zoned(zone.time_zone()).date()));
    }
    // Control characters are refused before a text is read here, and again by whoever stores what was read.
    let plain = |text: &str| !text.chars().any(char::is_control);
    for tag in add.tags.iter().filter(|tag| plain(tag) && tag.chars().count() <= TagName::MAX) {
        assert!(TagName::parse(tag).is_ok(), "no name of a tag: {tag:?}");
    }
    let title = &add.title;
    if words(title).chars().count() > 0 && title.chars().count() <= Title::MAX {
        assert!(!plain(title) || Title::parse(title).is_ok(), "no title: {title:?}");
    }
}

fn words(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).collect()
}

fn outside(text: &str, spans: &[Span]) -> String {
    let (mut rest, mut start) = (String::new(), 0);
    for span in spans {
        rest.push_str(&text[start..span.range.start]);
        start = span.range.end;
    }
    rest + &text[start..]
}

fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

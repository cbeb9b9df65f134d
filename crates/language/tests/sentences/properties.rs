//! What holds for any text.

use std::ops::Range;

use domain::Title;
use language::{Command, Context, Policy, QuickAdd, quick_add, understand};
use proptest::prelude::*;

use crate::monday;

/// Words and signs that mean something.
const PARTS: &[&str] = &[
    "add",
    "delete",
    "complete",
    "mark",
    "as",
    "done",
    "undo",
    "show",
    "my",
    "tasks",
    "remind",
    "me",
    "to",
    "and",
    "then",
    ";",
    "\n",
    ",",
    "don't",
    "not",
    "please",
    "all",
    "it",
    "that",
    "the",
    "3",
    "#3",
    "12",
    "1-9",
    "task",
    "today",
    "tomorrow",
    "next",
    "this",
    "friday",
    "sat",
    "week",
    "month",
    "end",
    "of",
    "in",
    "a",
    "2",
    "days",
    "hours",
    "before",
    "from",
    "at",
    "on",
    "by",
    "5",
    "5pm",
    "17:00",
    "half",
    "past",
    "noon",
    "midnight",
    "tonight",
    "morning",
    "jan",
    "may",
    "31st",
    "feb",
    "30",
    "2027-02-30",
    "27/1",
    "1/2",
    "99999999999999999999",
    "0",
    "every",
    "p1",
    "p4",
    "!high",
    "!!",
    "!",
    "#home",
    "@work",
    "#",
    "@",
    "//",
    "urgent",
    "tagged",
    "\"",
    "'",
    "“",
    "½",
    "é",
    "e\u{301}",
    "🥛",
    "\u{200B}",
    "list",
    "milk",
    "(",
    ")",
    ".",
    ":",
    "-",
    "due",
    "priority",
    "…",
];

/// Such words and signs in any order: more likely to meet a rule than any text is.
fn sentence() -> impl Strategy<Value = String> {
    let part = proptest::sample::select(PARTS);
    let space = proptest::sample::select(&["", " ", " ", " ", "  "][..]);
    proptest::collection::vec((part, space), 0..30)
        .prop_map(|parts| parts.into_iter().flat_map(|(part, space)| [part, space]).collect())
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![sentence(), any::<String>(), "[ -~]{0,80}"]
}

fn quick(text: &str, ignore: &[Range<usize>]) -> QuickAdd {
    quick_add(text, ignore, &Context { now: &monday(), policy: &Policy::default() })
}

/// Letters and digits, in their order.
fn words(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).collect()
}

/// The text without its spans, and with the text of quotes and descriptions kept.
fn outside(text: &str, quick: &QuickAdd) -> String {
    let mut rest = String::new();
    let mut start = 0;
    for span in &quick.spans {
        rest.push_str(&text[start..span.range.start]);
        start = span.range.end;
    }
    rest + &text[start..]
}

/// What is suggested in place of a sentence is understood.
fn suggested(text: &str) {
    let context = Context { now: &monday(), policy: &Policy::default() };
    for one in understand(text, &context).commands {
        let Command::NotUnderstood(nothing) = one.command else { continue };
        for suggestion in nothing.suggestions {
            let commands = understand(&suggestion, &context).commands;
            let understood = !matches!(commands[0].command, Command::NotUnderstood(_));
            assert!(understood, "{text:?}: {suggestion:?}");
        }
    }
}

#[test]
fn a_title_that_is_no_command_is_not_suggested() {
    suggested("order flowers 3 days before december x4");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_word_is_lost(text in text()) {
        let quick = quick(&text, &[]);
        prop_assert_eq!(words(&quick.add.title), words(&outside(&text, &quick)));
    }

    #[test]
    fn spans_are_in_order_and_lie_between_characters(text in text()) {
        let mut end = 0;
        for span in quick(&text, &[]).spans {
            prop_assert!(span.range.start >= end && span.range.end > span.range.start);
            prop_assert!(text.get(span.range.clone()).is_some());
            end = span.range.end;
        }
    }

    #[test]
    fn what_is_ignored_stays_text(text in sentence(), chosen in any::<prop::sample::Index>()) {
        let text = format!("#a p1 {text}");
        let spans = quick(&text, &[]).spans;

        let ignored = spans[chosen.index(spans.len())].range.clone();
        let again = quick(&text, std::slice::from_ref(&ignored));
        prop_assert!(again.spans.iter().all(|span| span.range.end <= ignored.start || span.range.start >= ignored.end));
        prop_assert!(words(&again.add.title).contains(&words(&text[ignored])));
    }

    #[test]
    fn a_title_reads_as_itself(text in "[a-z]{3,8}( [a-z]{3,8}){0,4}") {
        let first = quick(&text, &[]);
        prop_assume!(first.spans.is_empty());
        prop_assert_eq!(first.add.title, text);
    }

    #[test]
    fn not_understood_stands_alone(text in text()) {
        let commands = understand(&text, &Context { now: &monday(), policy: &Policy::default() }).commands;
        prop_assert!(!commands.is_empty());
        let nothing = commands.iter().filter(|one| matches!(one.command, Command::NotUnderstood(_))).count();
        prop_assert!(nothing == 0 || commands.len() == 1);
    }

    #[test]
    fn what_is_suggested_is_understood(text in sentence(), verb in "order|call|buy|") {
        suggested(&format!("{verb} {text}"));
    }

    #[test]
    fn a_negated_command_changes_nothing(text in sentence(), negation in "don't|do not|never|please don't|dont") {
        let one_clause = text.replace([',', ';', '\n', '.', '&'], " ").replace("and", " ").replace("then", " ");
        let text = format!("{negation} delete {one_clause}");
        let commands = understand(&text, &Context { now: &monday(), policy: &Policy::default() }).commands;
        prop_assert!(matches!(commands[0].command, Command::NotUnderstood(_)), "{:?}", commands);
    }

    #[test]
    fn a_title_is_one_line(text in text()) {
        prop_assume!(!text.chars().any(|letter| letter.is_control() && !letter.is_whitespace()));
        let title = quick(&text, &[]).add.title;
        prop_assert!(title.chars().all(|letter| !letter.is_control()));
        prop_assert!(title.chars().count() > Title::MAX || title.is_empty() || Title::parse(&title).is_ok() || title.chars().all(|letter| words(&letter.to_string()).is_empty()));
    }
}

/// 4,000 characters of what costs most: no assertion on time, but quadratic work would be noticed.
#[test]
fn long_input_is_read() {
    let (now, policy) = (monday(), Policy::default());
    let context = Context { now: &now, policy: &policy };
    for part in [
        "a",
        " ",
        "a ",
        "\"",
        "\" ",
        "' ",
        "#",
        "#a",
        " #a",
        "@",
        "!",
        "! ",
        "// ",
        "/",
        "and ",
        "and add x ",
        "add ",
        "add x; ",
        "tomorrow ",
        "in 3 days ",
        "at 5 ",
        "every mon, ",
        "1-",
        "1/",
        "3 ",
        "3, ",
        "task 3 and ",
        "\n",
        "don't ",
        "please ",
        "a-",
        "a'",
        "e\u{301}",
        "\u{301}",
        "ﬃ",
        "½",
        "🥛",
        "remind me to ",
        "mark x as done and ",
        "show my tasks and ",
        "from 3 to ",
        "next ",
        "the ",
        "p1 ",
        "tagged a ",
        "delete 3 and ",
        "12:30",
        "5pm ",
    ] {
        let text: String = part.chars().cycle().take(4_000).collect();
        let _ = (understand(&text, &context), quick(&text, &[]));
        let text: String = "complete ".chars().chain(text.chars()).take(4_000).collect();
        let _ = understand(&text, &context);
    }
}

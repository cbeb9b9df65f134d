//! English words for tasks and what they have.

use domain::Priority;

pub(crate) const LEVELS: &[(&str, Priority)] = &[
    ("high", Priority::High),
    ("highest", Priority::High),
    ("top", Priority::High),
    ("medium", Priority::Medium),
    ("normal", Priority::Medium),
    ("low", Priority::Low),
    ("lowest", Priority::Low),
];
pub(crate) const HYPHENED_LEVELS: &[(&str, Priority)] = &[
    ("high-priority", Priority::High),
    ("top-priority", Priority::High),
    ("medium-priority", Priority::Medium),
    ("low-priority", Priority::Low),
];
pub(crate) const PRIORITY_NOUNS: &[&str] = &["priority", "prio"];
pub(crate) const PRIORITY_LEADS: &[&str] = &["with", "as", "at"];
pub(crate) const URGENT: &[&str] = &["urgent", "asap"];
/// Behind these "urgent" describes something: "make it less urgent", "reply to the urgent".
pub(crate) const BEFORE_ATTRIBUTE: &[&str] = &[
    "the", "a", "an", "is", "not", "less", "more", "very", "so", "are", "be", "if", "of", "for",
    "and", "or",
];

pub(crate) const TAGGED: &[&str] = &["tagged", "labeled", "labelled"];
pub(crate) const TAG_NOUNS: &[&str] = &["tag", "label"];
pub(crate) const TAG_LINKS: &[&str] = &[":", "it"];
pub(crate) const TAG_FILLERS: &[&str] = &["as", "with", "#", ":"];

pub(crate) const TASK_NOUNS: &[&str] = &[
    "task",
    "tasks",
    "todo",
    "todos",
    "to-do",
    "to-dos",
    "item",
    "items",
    "reminder",
    "reminders",
    "entry",
    "chore",
    "chores",
];

/// Words that do not tell one title from another.
pub(crate) const EMPTY_WORDS: &[&str] = &[
    "a", "an", "the", "my", "our", "your", "to", "of", "for", "with", "at", "in", "on", "about",
    "and", "task", "todo",
];

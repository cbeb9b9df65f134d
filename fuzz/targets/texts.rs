//! Any text as a title, a description, the name of a tag, and as what is searched for.

#![no_main]

use domain::{
    Color, Description, TagName, TaskNumber, Title, ZoneName, fold, message_text, search_text,
};
use fuzz::seeds;
use language::{Found, find};
use libfuzzer_sys::fuzz_target;

const CASES: [&str; 8] = [
    "Crème ﬁne",
    "İSTANBUL",
    "ὈΔΥΣΣΕΎΣ",
    "e\u{301}\u{200D}x",
    "#home",
    "a\r\nb\tc",
    "½ 🥛",
    "Europe/Berlin",
];

fuzz_target!(init: seeds("texts", CASES), |text: &str| {
    assert_eq!(fold(&fold(text)), fold(text), "folding again changes it");
    let description = Description::parse(text).ok().flatten();
    if let Some(description) = &description {
        assert_eq!(Description::parse(description.as_str()).ok().flatten().as_ref(), Some(description));
    }
    if let Ok(title) = Title::parse(text) {
        assert_eq!(Title::parse(title.as_str()).as_ref(), Ok(&title));
        searched(&title, description.as_ref());
        found(&title);
    }
    if let Ok(name) = TagName::parse(text) {
        assert_eq!(TagName::parse(name.as_str()).as_ref(), Ok(&name));
        let again = TagName::stored(name.key());
        assert_eq!(again.key(), name.key(), "a name and its key are two tags");
    }
    if let Ok(message) = message_text(text) {
        assert_eq!(message_text(&message).as_ref(), Ok(&message));
    }
    if let Ok(color) = Color::parse(text) {
        assert_eq!(color.as_str(), text);
    }
    if let Ok(zone) = ZoneName::parse(text) {
        assert_eq!(ZoneName::parse(zone.as_str()).as_ref(), Ok(&zone));
    }
});

/// A title is found by each of its words, by itself, and in capitals where they are the same letters.
fn searched(title: &Title, description: Option<&Description>) {
    let stored = search_text(title, description, &[]);
    for word in title.as_str().split_whitespace().chain([title.as_str()]) {
        assert!(stored.contains(&fold(word)), "{word:?} is not found in {title:?}");
    }
    if let Some(beginning) = title.as_str().char_indices().nth(4) {
        let beginning = &title.as_str()[..beginning.0];
        assert!(stored.contains(&fold(beginning)), "{beginning:?} is not found in {title:?}");
    }
}

/// A guess never picks another task than the one whose title was said.
fn found(title: &Title) {
    let tasks = [(TaskNumber(1), title.as_str()), (TaskNumber(2), "feed the cat")];
    if let Found::One(number) = find(title.as_str(), tasks.into_iter()) {
        let same = fold(title.as_str()).contains("cat");
        assert!(number == TaskNumber(1) || same, "{title:?} is taken for another task");
    }
}

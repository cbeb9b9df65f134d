//! Which task is meant by words of its title.
//!
//! A guess never writes: only a task that has all the words is found. A word with a typo counts as the word when it is so
//! long that hardly another word is one letter away; all else is offered as near.

use domain::{TaskNumber, fold};
use strsim::osa_distance;

use crate::words;

/// What [`find`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// One clear match.
    One(TaskNumber),
    /// Several fit equally well: ask.
    Several(Vec<TaskNumber>),
    /// None fits.
    None {
        /// What may be meant, the likeliest first, at most five.
        near: Vec<TaskNumber>,
    },
}

/// How many near matches are offered.
const NEAR: usize = 5;
/// From so many letters on a word with one typo is taken for the word.
const LONG_WORD: usize = 7;
/// Shorter words have no near ones: too many others are a letter away.
const SHORT_WORD: usize = 4;

/// Looks for the task whose title has all the words, in any order, whatever their case, accents and plurals.
///
/// A title that has these words and no others is a clear match, even if longer titles have them too.
pub fn find<'t>(words: &str, tasks: impl Iterator<Item = (TaskNumber, &'t str)>) -> Found {
    let wanted = content_words(words);
    let mut fits: Vec<Fit> = tasks.map(|(number, title)| Fit::of(number, &wanted, title)).collect();
    fits.retain(|fit| fit.score > 0);
    // Stable, so that equals keep the order they were given in.
    fits.sort_by_key(|fit| (std::cmp::Reverse(fit.level), std::cmp::Reverse(fit.score)));
    let best = fits.first().map_or(Level::Near, |fit| fit.level);
    let numbers = |fits: &[Fit]| fits.iter().map(|fit| fit.number).collect::<Vec<_>>();
    let equals = fits.partition_point(|fit| fit.level == best);
    match best {
        Level::Near => Found::None { near: numbers(&fits[..fits.len().min(NEAR)]) },
        _ if equals == 1 => Found::One(fits[0].number),
        _ => Found::Several(numbers(&fits[..equals])),
    }
}

/// How well a title fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    /// Some words, or words like them.
    Near,
    /// All words, one with a typo.
    Typo,
    /// All words.
    All,
    /// All words and no others.
    Whole,
}

struct Fit {
    number: TaskNumber,
    level: Level,
    /// How much of the words is there; 0 is nothing.
    score: usize,
}

impl Fit {
    fn of(number: TaskNumber, wanted: &[String], title: &str) -> Self {
        let has = content_words(title);
        let likeness = |word: &String| has.iter().map(|other| likeness(word, other)).max();
        let each: Vec<usize> =
            wanted.iter().map(|word| likeness(word).unwrap_or(NOTHING)).collect();
        let level = match each.iter().min() {
            None | Some(&(NOTHING..=LIKE)) => Level::Near,
            Some(&TYPO) => Level::Typo,
            Some(_) if has.len() == wanted.len() => Level::Whole,
            Some(_) => Level::All,
        };
        let enough =
            each.iter().filter(|likeness| **likeness > NOTHING).count() * 2 >= wanted.len();
        Self { number, level, score: if enough { each.iter().sum() } else { 0 } }
    }
}

const NOTHING: usize = 0;
const LIKE: usize = 1;
const TYPO: usize = 2;
const SAME: usize = 3;

/// How alike two words are.
fn likeness(wanted: &str, word: &str) -> usize {
    if wanted == word || singular(wanted) == singular(word) {
        return SAME;
    }
    let digits = |text: &str| text.contains(|letter: char| letter.is_ascii_digit());
    // "2026" and "2027" are no typos of each other.
    if digits(wanted) || digits(word) {
        return NOTHING;
    }
    let (letters, others) = (wanted.chars().count(), word.chars().count());
    let begins = word.starts_with(wanted) || wanted.starts_with(word);
    if begins && letters.min(others) >= SHORT_WORD {
        return LIKE;
    }
    // A difference in length is a distance at least.
    let distance = if letters.abs_diff(others) > 2 { 3 } else { osa_distance(wanted, word) };
    let same_start = wanted.chars().next() == word.chars().next();
    match distance {
        1 if letters >= LONG_WORD && same_start => TYPO,
        1 if letters >= SHORT_WORD => LIKE,
        2 if letters >= LONG_WORD - 1 => LIKE,
        _ => NOTHING,
    }
}

/// A plural as its singular, roughly: only used to compare.
fn singular(word: &str) -> &str {
    let long = word.len() > 3 && !word.ends_with("ss");
    if long { word.strip_suffix('s').unwrap_or(word) } else { word }
}

/// The words that tell a title from others, folded; all words when there are no such.
fn content_words(text: &str) -> Vec<String> {
    let folded = fold(text).replace('’', "'");
    let all = || {
        let parts = folded.split(|letter: char| !letter.is_alphanumeric() && letter != '\'');
        parts.map(|word| word.trim_matches('\'')).filter(|word| !word.is_empty())
    };
    let content: Vec<String> =
        all().filter(|word| !words::EMPTY_WORDS.contains(word)).map(str::to_owned).collect();
    if content.is_empty() { all().map(str::to_owned).collect() } else { content }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const TASKS: [(i64, &str); 12] = [
        (1, "Buy milk"),
        (2, "Call mom"),
        (3, "Call mom about the garden"),
        (4, "Prepare meeting with Anna"),
        (5, "Dentist appointment"),
        (6, "Buy groceries"),
        (7, "Invoice 2026"),
        (8, "Write invoices"),
        (9, "Crème brûlée"),
        (10, "Email Jake"),
        (11, "Read 'The Hobbit'"),
        (12, "Fix the kitchen-door"),
    ];

    fn search(words: &str) -> Found {
        find(words, TASKS.iter().map(|(number, title)| (TaskNumber(*number), *title)))
    }

    fn none(near: &[i64]) -> Found {
        Found::None { near: near.iter().copied().map(TaskNumber).collect() }
    }

    #[rstest]
    #[case::a_word("milk", 1)]
    #[case::any_case("MEETING", 4)]
    #[case::any_order("anna meeting", 4)]
    #[case::articles("the meeting with anna", 4)]
    #[case::plural("meetings", 4)]
    #[case::accents("creme brulee", 9)]
    #[case::whole_title("call mom", 2)]
    #[case::more_words("mom garden", 3)]
    #[case::long_word_with_a_typo("dentsit", 5)]
    #[case::long_word_lacking_a_letter("grocries", 6)]
    #[case::number("invoice 2026", 7)]
    #[case::quotes("the hobbit", 11)]
    #[case::hyphen("kitchen door", 12)]
    fn one_clear_match(#[case] words: &str, #[case] number: i64) {
        assert_eq!(search(words), Found::One(TaskNumber(number)));
    }

    #[rstest]
    #[case::both("mom", &[2, 3])]
    #[case::verb("buy", &[1, 6])]
    #[case::plural_of_one("invoice", &[7, 8])]
    fn several(#[case] words: &str, #[case] numbers: &[i64]) {
        assert_eq!(
            search(words),
            Found::Several(numbers.iter().copied().map(TaskNumber).collect())
        );
    }

    #[rstest]
    #[case::unknown("spaceship", &[])]
    #[case::nothing("", &[])]
    #[case::short_typo("mlik", &[1])]
    #[case::another_name("email jane", &[10])]
    #[case::another_year("invoice 2027", &[7, 8])]
    #[case::beginning("dent", &[5])]
    #[case::one_word_too_many("buy oat milk", &[1])]
    #[case::part_of_a_word("ilk", &[])]
    fn none_but_near(#[case] words: &str, #[case] near: &[i64]) {
        assert_eq!(search(words), none(near));
    }
}

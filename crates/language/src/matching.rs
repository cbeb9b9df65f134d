//! Which task is meant by words of its title.

use domain::TaskNumber;

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

/// Looks for the task whose title has all the words.
pub fn find<'t>(words: &str, tasks: impl Iterator<Item = (TaskNumber, &'t str)>) -> Found {
    let words = domain::fold(words);
    let found: Vec<_> =
        tasks.filter(|(_, title)| domain::fold(title).contains(&words)).map(|(n, _)| n).collect();
    match found[..] {
        [] => Found::None { near: Vec::new() },
        [one] => Found::One(one),
        _ => Found::Several(found),
    }
}

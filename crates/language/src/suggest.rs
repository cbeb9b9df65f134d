//! Sentences that would be understood, for one that is not.

use std::ops::Range;

use crate::{Command, Reason, find::Scan, title, understand, words};

/// The longest sentence that may be a title.
const LONGEST_TITLE: usize = 12;

/// What may have been meant, the likeliest first.
pub(crate) fn suggestions(scan: &Scan<'_>, clause: &Range<usize>, reason: &Reason) -> Vec<String> {
    let fixed = match reason {
        Reason::NoTarget | Reason::ManyAtOnce | Reason::NotYet(_) => words::SUGGEST_TASK,
        Reason::BadDate(_) => &[],
        Reason::OutOfScope => words::SUGGEST_ANY,
    };
    let fixed = fixed.iter().map(|&text| text.to_owned());
    let add = may_be_title(scan, clause, reason)
        .then(|| format!("{} {}", words::SUGGEST_ADD, title::typed(scan, clause)))
        .filter(|text| is_understood(scan, text));
    add.into_iter().chain(fixed).take(3).collect()
}

/// A title may hold what a command must not, such as a day that does not exist.
fn is_understood(scan: &Scan<'_>, text: &str) -> bool {
    let commands = understand(text, &scan.context).commands;
    !commands.iter().any(|one| matches!(one.command, Command::NotUnderstood(_)))
}

/// Whether a sentence reads like something to do, rather than a question or a wish.
fn may_be_title(scan: &Scan<'_>, clause: &Range<usize>, reason: &Reason) -> bool {
    *reason == Reason::OutOfScope
        && clause.len() <= LONGEST_TITLE
        && [words::PLAIN_ACTIONS, words::OTHER_ACTIONS]
            .iter()
            .any(|verbs| scan.is(clause.start, verbs))
        && !title::typed(scan, clause).contains(['\n', '\r'])
}

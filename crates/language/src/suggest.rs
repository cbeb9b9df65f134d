//! Sentences that would be understood, for one that is not.

use std::ops::Range;

use crate::{Reason, find::Scan, title, words};

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
        .then(|| format!("{} {}", words::SUGGEST_ADD, title::typed(scan, clause)));
    add.into_iter().chain(fixed).take(3).collect()
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

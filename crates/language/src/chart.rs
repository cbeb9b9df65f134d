//! All that might be meant, and the best choice of it.

use std::ops::Range;

use domain::Priority;
use jiff::civil::{Date, DateTime};

use crate::{
    Feature,
    due::{Clock, Part},
    find::Repeat,
};

/// What tokens may mean. Finders propose claims without knowing of each other; [`best_cover`] chooses.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Claim {
    /// The tokens, by index into the whole text.
    pub tokens: Range<usize>,
    /// What they may mean.
    pub meaning: Meaning,
}

/// What a claim means.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Meaning {
    /// A day.
    Day(Date),
    /// A clock time.
    Clock(Clock),
    /// A part of a day.
    Part(Part),
    /// A part of the day that it is now: "this evening", "tonight".
    PartOf(Date, Part),
    /// A day and a time at once.
    Moment(DateTime),
    /// An importance.
    Priority(Option<Priority>),
    /// The name of a tag.
    Tag(String),
    /// Text to be taken literally.
    Literal,
    /// More about the task.
    Description(String),
    /// A day that does not exist, with a text that says so.
    BadDate(String),
    /// On which days it repeats.
    Repeat(Box<Repeat>),
    /// Something that cannot be done yet.
    Later(Feature),
}

impl Meaning {
    /// What a task has only one of, as bits. Claims that share a bit exclude each other.
    fn fields(&self) -> usize {
        const DAY: usize = 1;
        const CLOCK: usize = 2;
        const PART: usize = 4;
        const PRIORITY: usize = 8;
        match self {
            Self::Day(_) | Self::BadDate(_) => DAY,
            Self::Clock(_) => CLOCK,
            Self::Part(_) => PART,
            Self::PartOf(..) => DAY | PART,
            Self::Moment(_) => DAY | CLOCK | PART,
            Self::Priority(_) => PRIORITY,
            Self::Tag(_)
            | Self::Literal
            | Self::Description(_)
            | Self::Repeat(_)
            | Self::Later(_) => 0,
        }
    }

    /// Whether it says when.
    pub fn is_when(&self) -> bool {
        matches!(
            self,
            Self::Day(_) | Self::Clock(_) | Self::Part(_) | Self::PartOf(..) | Self::Moment(_)
        )
    }
}

/// The claims that start in a range of tokens; `claims` are sorted by start.
pub(crate) fn starting_in<'c>(claims: &'c [Claim], tokens: &Range<usize>) -> &'c [Claim] {
    let first = claims.partition_point(|claim| claim.tokens.start < tokens.start);
    let last = claims.partition_point(|claim| claim.tokens.start < tokens.end);
    &claims[first..last]
}

const STATES: usize = 16;

/// Chooses claims that do not overlap and give a task at most one day, one clock time, one part of a day, one priority.
///
/// A claim counts ten thousand for each token, so the choice that explains most wins; two that explain as much differ by
/// where they start, the later one wins: people say what, then when ("prepare friday presentation on thursday").
/// Runs through the tokens once from the end, for each set of fields already taken. `claims` must be sorted by start.
pub(crate) fn best_cover(claims: &[Claim], tokens: Range<usize>) -> Vec<Claim> {
    let length = tokens.len();
    let mut score = vec![[0_u64; STATES]; length + 1];
    let mut choice = vec![[None; STATES]; length];
    let mut rest = claims.len();
    for at in (0..length).rev() {
        score[at] = score[at + 1];
        while rest > 0 && claims[rest - 1].tokens.start > tokens.start + at {
            rest -= 1;
        }
        let starting = claims[..rest].iter().enumerate().rev();
        for (index, claim) in
            starting.take_while(|(_, claim)| claim.tokens.start == tokens.start + at)
        {
            let worth = 10_000 * claim.tokens.len() as u64 + at as u64;
            let fields = claim.meaning.fields();
            for taken in (0..STATES).filter(|taken| taken & fields == 0) {
                let total = worth + score[claim.tokens.end - tokens.start][taken | fields];
                if total > score[at][taken] {
                    score[at][taken] = total;
                    choice[at][taken] = Some(index);
                }
            }
        }
    }
    follow(claims, &tokens, &choice)
}

fn follow(
    claims: &[Claim],
    tokens: &Range<usize>,
    choice: &[[Option<usize>; STATES]],
) -> Vec<Claim> {
    let mut chosen = Vec::new();
    let (mut at, mut taken) = (0, 0);
    while at < choice.len() {
        let Some(index) = choice[at][taken] else {
            at += 1;
            continue;
        };
        let claim = &claims[index];
        taken |= claim.meaning.fields();
        at = claim.tokens.end - tokens.start;
        chosen.push(claim.clone());
    }
    chosen
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn day(tokens: Range<usize>, day: i8) -> Claim {
        Claim { tokens, meaning: Meaning::Day(date(2026, 12, day)) }
    }

    fn tag(tokens: Range<usize>) -> Claim {
        Claim { tokens, meaning: Meaning::Tag("home".to_owned()) }
    }

    #[test]
    fn the_longer_claim_wins() {
        let claims = [day(0..1, 1), day(0..2, 2), day(1..2, 3)];
        assert_eq!(best_cover(&claims, 0..3), [day(0..2, 2)]);
    }

    #[test]
    fn of_two_days_the_later_one_wins() {
        let claims = [day(1..2, 1), day(3..4, 2)];
        assert_eq!(best_cover(&claims, 0..4), [day(3..4, 2)]);
    }

    #[test]
    fn tags_do_not_exclude_each_other() {
        let claims = [tag(0..1), day(1..2, 1), tag(2..3)];
        assert_eq!(best_cover(&claims, 0..3), claims);
    }

    #[test]
    fn works_on_a_part_of_the_text() {
        let claims = [day(4..5, 1), tag(6..7)];
        assert_eq!(best_cover(&claims, 4..7), claims);
    }
}

//! Places in the order that a user makes by hand.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::TaskNumber;

/// A place in the order made by hand: a finite number, so that something can go between two; see [`make_room`] for where
/// numbers end. In the log it is written as text, whose digits every reader takes for the same number.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Position(f64);

/// A position that is no finite number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("position must be a finite number")]
pub struct NoPosition;

impl Position {
    /// # Errors
    /// Infinite, or not a number.
    pub fn new(value: f64) -> Result<Self, NoPosition> {
        // Adding zero makes one zero of the two.
        if value.is_finite() { Ok(Self(value + 0.0)) } else { Err(NoPosition) }
    }

    /// Where a task lies that was never moved.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "nobody has 2^53 tasks")]
    pub fn of(number: TaskNumber) -> Self {
        Self(number.0 as f64)
    }

    /// The same for a task that was moved there; none for one that lies there by its number.
    #[must_use]
    pub fn moved(self, task: TaskNumber) -> Option<Self> {
        Some(self).filter(|place| *place != Self::of(task))
    }

    /// The number.
    #[must_use]
    pub fn value(self) -> f64 {
        self.0
    }
}

/// Neighbours nearer than this part of their size would soon have no number between them: the last digits are some 1e-16.
const TOO_NEAR: f64 = 1e-12;
/// How far apart they are put then, at the least: three halvings.
const APART: f64 = 1e-11;
/// How much nearer than the best they may be put so that fewer move: one halving.
const WORSE: f64 = 2.0;

/// The places of something that is sent to `wanted`, and of those behind it that must move for it: the first of `behind`, in
/// their order. `before` is what lies at `wanted` or before it, `behind` begins with what lies next; `is_all` says that there
/// is no more behind these.
///
/// That is `wanted` alone where it has room. Something sent to where another lies comes behind that one. `None` where all of
/// `behind` together leave no room.
#[must_use]
pub fn make_room(
    before: Option<Position>,
    wanted: Position,
    behind: &[Position],
    is_all: bool,
) -> Option<Vec<Position>> {
    let size = wanted.0.abs().max(1.0);
    let is_near = |other: &Position| (other.0 - wanted.0).abs() < size * TOO_NEAR;
    if !before.iter().chain(behind.first()).any(is_near) {
        return Some(vec![wanted]);
    }
    let from = before.map_or(wanted.0 - size, |before| before.0);
    // How far apart they come to lie when so many move as stand before a step.
    let steps = behind.iter().zip(2_u32..).map(|(next, parts)| (next.0 - from) / f64::from(parts));
    let steps: Vec<_> = steps.collect();
    let best = steps.iter().copied().fold(0.0, f64::max);
    let (moved, step) = if best >= size * APART {
        let moved = steps.iter().position(|step| *step >= best / WORSE)?;
        (moved, steps[moved])
    } else if is_all {
        (behind.len(), size)
    } else {
        return None;
    };
    let places = std::iter::successors(Some(from + step), |place| Some(place + step));
    places.take(moved + 1).map(|place| Position::new(place).ok()).collect()
}

/// Finite numbers equal themselves.
impl Eq for Position {}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Position> for String {
    fn from(position: Position) -> Self {
        position.to_string()
    }
}

impl TryFrom<String> for Position {
    type Error = NoPosition;

    fn try_from(text: String) -> Result<Self, NoPosition> {
        text.parse().map_err(|_| NoPosition).and_then(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(value: f64) -> Position {
        Position::new(value).unwrap()
    }

    #[test]
    fn one_gap_is_halved_again_and_again() {
        const MOST: usize = 200;
        for first in [-1e6, 0.0, 3.0, 1e12] {
            for down in [true, false] {
                let mut places = vec![at(first), at(first + 1.0)];
                for _ in 0..400 {
                    let place = if down { 1 } else { places.len() - 1 };
                    let (before, next) = (places[place - 1], places[place]);
                    let wanted = at(f64::midpoint(before.0, next.0));
                    let behind = &places[place..];
                    let is_all = behind.len() <= MOST;
                    let behind = &behind[..behind.len().min(MOST)];
                    let room = make_room(Some(before), wanted, behind, is_all).unwrap();
                    places.splice(place..place + room.len() - 1, room);
                    assert!(places.is_sorted_by(|one, other| one < other), "{places:?}");
                }
            }
        }
    }

    #[test]
    fn what_has_room_stays() {
        let [one, two] = [1.0, 2.0].map(at);
        for (before, wanted, behind, is_all, places) in [
            (Some(one), 1.5, &[two][..], true, &[1.5][..]),
            (None, 0.5, &[one], true, &[0.5]),
            // Behind the one there.
            (Some(one), 1.0, &[two], true, &[1.5]),
            (Some(two), 2.0, &[], true, &[4.0]),
            (Some(one), 1.0, &[at(1.0 + 1e-13), at(4.0), at(5.0)], false, &[2.0, 3.0]),
        ] {
            let room = make_room(before, at(wanted), behind, is_all).unwrap();
            assert_eq!(room, places.iter().copied().map(at).collect::<Vec<_>>());
        }
        assert_eq!(make_room(Some(one), one, &[at(1.0 + 1e-13); 2], false), None);
        let last = at(f64::MAX);
        assert_eq!(make_room(Some(last), last, &[], true), None);
    }

    proptest! {
        #[test]
        fn every_number_survives_the_log(value in any::<f64>()) {
            if let Ok(position) = Position::new(value) {
                let json = serde_json::to_string(&position).unwrap();
                prop_assert_eq!(serde_json::from_str::<Position>(&json).unwrap(), position);
            } else {
                prop_assert!(!value.is_finite());
            }
        }
    }
}

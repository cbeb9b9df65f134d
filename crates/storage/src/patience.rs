//! How long a request may wait in all.
//!
//! Each wait has a limit of its own, and a request waits several times: for a connection, for each of its statements. A
//! caller must not be left without an answer for the sum of them.

use std::{cell::Cell, time::Duration};

use tokio::time::{Instant, timeout};

tokio::task_local! {
    static LEFT: Cell<Left>;
}

/// How long some work may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// So long for everything together.
    InAll(Duration),
    /// So long since the database answered last: for work of many statements that gets on.
    SinceAnswer(Duration),
}

#[derive(Debug, Clone, Copy)]
struct Left {
    patience: Patience,
    left: Duration,
}

/// Runs `work`, whose waits end when its patience does. What it spawns is not bound by that: see [`as_patiently`].
pub async fn with_patience<T>(patience: Patience, work: impl Future<Output = T>) -> T {
    let (Patience::InAll(left) | Patience::SinceAnswer(left)) = patience;
    LEFT.scope(Cell::new(Left { patience, left }), work).await
}

/// Lets `work`, which is to be spawned, have what patience is left to the work at hand.
pub fn as_patiently<T>(work: impl Future<Output = T>) -> impl Future<Output = T> {
    let left = LEFT.try_with(Cell::get).ok();
    async move {
        match left {
            Some(left) => LEFT.scope(Cell::new(left), work).await,
            None => work.await,
        }
    }
}

/// Waits for `limit` at most, and no longer than patience is left to the work at hand. `None`: that was too short.
pub async fn in_time<T>(limit: Duration, awaited: impl Future<Output = T>) -> Option<T> {
    let left = LEFT.try_with(|left| left.get().left).unwrap_or(limit); // not everybody is in a hurry
    if left.is_zero() {
        return None; // what is not begun need not be abandoned
    }
    let start = Instant::now();
    let answer = timeout(limit.min(left), awaited).await;
    let _ = LEFT.try_with(|now| {
        let Left { patience, left } = now.get();
        now.set(Left { patience, left: left.saturating_sub(start.elapsed()) });
    });
    answer.ok()
}

/// The database has answered.
pub(crate) fn note_answer() {
    let _ = LEFT.try_with(|now| {
        if let Left { patience: patience @ Patience::SinceAnswer(left), .. } = now.get() {
            now.set(Left { patience, left });
        }
    });
}

#[cfg(test)]
mod tests {
    use tokio::time::sleep;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    async fn waits(seconds: u32) -> bool {
        in_time(SECOND * 5, sleep(SECOND * seconds)).await.is_some()
    }

    #[tokio::test(start_paused = true)]
    async fn the_sum_of_the_waits_is_bounded() {
        let start = Instant::now();
        let work = async {
            note_answer();
            [waits(4).await, waits(2).await, waits(2).await, waits(0).await]
        };
        let done = with_patience(Patience::InAll(SECOND * 7), work).await;
        assert_eq!(done, [true, true, false, false]);
        assert_eq!(start.elapsed().as_secs(), 7);
    }

    #[tokio::test(start_paused = true)]
    async fn patience_goes_along_with_what_is_spawned() {
        let work = async {
            waits(4).await;
            tokio::spawn(as_patiently(async { [waits(2).await, waits(2).await] })).await.unwrap()
        };
        let done = with_patience(Patience::InAll(SECOND * 7), work).await;
        assert_eq!(done, [true, false]);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_renews_some_patience() {
        let work = async {
            let before = [waits(4).await, waits(2).await];
            note_answer();
            (before, [waits(4).await, waits(4).await, waits(1).await])
        };
        let done = with_patience(Patience::SinceAnswer(SECOND * 7), work).await;
        assert_eq!(done, ([true, true], [true, false, false]));
    }

    #[tokio::test(start_paused = true)]
    async fn each_wait_has_its_limit() {
        assert_eq!([waits(4).await, waits(6).await, waits(4).await], [true, false, true]);
    }
}

//! Users who write without pause, and take down what they were answered.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use http::Method;
use serde_json::{Value, json};

use crate::{
    caller::{Call, Caller, Sent},
    dice::Dice,
};

/// How long a caller may be left without an answer.
pub const PATIENCE: Duration = Duration::from_secs(8);

/// The last numbers that a user has seen; the writers of one user get in each other's way.
#[derive(Default)]
pub struct Seen {
    task: AtomicI64,
    change: AtomicI64,
    /// How many answers have come.
    pub answers: AtomicUsize,
}

/// One who sends a request after the other.
pub struct Writer {
    pub caller: Caller,
    /// Unlike all others: what it writes is named after it.
    pub name: String,
    pub seen: Arc<Seen>,
}

impl Writer {
    /// Writes until it is told to stop, or gets no answer.
    pub async fn run(self, stop: Arc<AtomicBool>) -> Vec<Sent> {
        let mut dice = Dice::of(&self.name);
        let mut all = Vec::new();
        while !stop.load(Ordering::Relaxed) {
            let call = self.next(&mut dice, all.len());
            let start = Instant::now();
            let answer = self.caller.send(&call).await;
            assert!(start.elapsed() < PATIENCE, "{call:?} took {:?}", start.elapsed());
            let status = answer.as_ref().map(|answer| answer.status);
            if let Some(answer) = &answer {
                self.seen.answers.fetch_add(1, Ordering::Relaxed);
                let number = answer.json["number"].as_i64().unwrap_or_default();
                self.seen.task.fetch_max(number, Ordering::Relaxed);
                self.seen.change.fetch_max(answer.change().unwrap_or_default(), Ordering::Relaxed);
            }
            all.push(Sent { call, answer });
            match status {
                None => break,
                Some(503) => tokio::time::sleep(Duration::from_millis(50)).await,
                Some(_) => {}
            }
        }
        all
    }

    fn next(&self, dice: &mut Dice, place: usize) -> Call {
        let id = format!("{}-{place}", self.name);
        let (method, path, body) = self.write(dice, &id);
        let key = (method != Method::GET && dice.below(2) == 0).then(|| id.clone());
        Call { id, key, method, path, body }
    }

    fn write(&self, dice: &mut Dice, title: &str) -> (Method, String, Value) {
        let some = |dice: &mut Dice| recent(&self.seen.task, dice);
        let task = some(dice);
        match dice.below(16) {
            0..4 => (Method::POST, "/api/tasks".to_owned(), draft(dice, title)),
            4..7 => (Method::POST, format!("/api/tasks/{task}/complete"), Value::Null),
            7 => (Method::POST, format!("/api/tasks/{task}/reopen"), Value::Null),
            8..10 => {
                let patch = json!({ "title": title, "priority": dice.one_of(&[1, 2, 3]) });
                (Method::PATCH, format!("/api/tasks/{task}"), patch)
            }
            10 => (Method::DELETE, format!("/api/tasks/{task}"), Value::Null),
            11..13 => {
                let change = recent(&self.seen.change, dice);
                (Method::POST, format!("/api/changes/{change}/undo"), Value::Null)
            }
            13..15 => {
                let ids = [task, some(dice), some(dice)];
                let action = dice.one_of(&["complete", "reopen", "add_tags", "delete"]);
                let mut action = json!({ "type": action });
                if action["type"] == "add_tags" {
                    action["tags"] = json!([dice.one_of(&["home", "work", "late"])]);
                }
                let body = json!({ "ids": ids, "action": action });
                (Method::POST, "/api/tasks/batch".to_owned(), body)
            }
            _ => (Method::GET, "/api/tasks?limit=50".to_owned(), Value::Null),
        }
    }
}

/// A task of that title; half of them repeat.
fn draft(dice: &mut Dice, title: &str) -> Value {
    let mut draft = json!({ "title": title, "tags": ["soak", dice.one_of(&["home", "work"])] });
    if dice.below(8) == 0 {
        draft["tags"] = json!([title]); // a tag that only this one has, and that undo takes away
    }
    if dice.below(2) == 0 {
        draft["recurrence_rule"] = "FREQ=DAILY".into();
        draft["due_date"] = "2026-12-01".into();
    }
    draft
}

/// One of the last ten: writers meet.
fn recent(last: &AtomicI64, dice: &mut Dice) -> i64 {
    let back = i64::try_from(dice.below(10)).unwrap();
    (last.load(Ordering::Relaxed) - back).max(1)
}

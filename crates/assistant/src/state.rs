//! What later messages of a conversation may refer to. Stored as JSON with each answer.

use domain::{ChangeNumber, TaskNumber};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What later messages may refer to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct State {
    /// "it", "them": the tasks of the last command.
    pub touched: Vec<TaskNumber>,
    /// What "undo" takes back, the last one first taken.
    pub changes: Vec<ChangeNumber>,
}

impl State {
    /// How many changes of a conversation can be taken back one after the other.
    const REMEMBERED: usize = 50;

    /// Out of a stored answer. What an older program stored in another form is as good as nothing.
    pub fn read(stored: Option<&Value>) -> Self {
        let stored = stored.and_then(|value| serde_json::from_value(value.clone()).ok());
        stored.unwrap_or_default()
    }

    /// As it is stored.
    pub fn write(&self) -> Value {
        serde_json::to_value(self).expect("numbers are JSON")
    }

    /// Notes a change that "undo" takes back.
    pub fn remember(&mut self, change: Option<ChangeNumber>) {
        self.changes.extend(change);
        let too_many = self.changes.len().saturating_sub(Self::REMEMBERED);
        self.changes.drain(..too_many);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_survives_storage_and_tolerates_other_forms() {
        let mut state = State { touched: vec![TaskNumber(3)], changes: Vec::new() };
        for number in 0..60 {
            state.remember(Some(ChangeNumber(number)));
        }
        assert_eq!(state.changes.len(), 50);
        assert_eq!(state.changes.last(), Some(&ChangeNumber(59)));
        assert_eq!(State::read(Some(&state.write())), state);
        assert_eq!(State::read(None), State::default());
        assert_eq!(State::read(Some(&serde_json::json!("other"))), State::default());
    }
}

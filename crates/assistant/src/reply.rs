//! The answer of a turn while it grows: text, actions, choices.
//!
//! The text is made of blocks with a blank line between: a sentence, then one line for each task it is about. A page that
//! shows the tasks as cards shows the sentences alone.

use api::{Action, Choice};
use domain::Task;
use jiff::Zoned;

use crate::receipt;

/// The answer of a turn while it grows.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    blocks: Vec<String>,
    pub actions: Vec<Action>,
    pub choices: Vec<Choice>,
}

impl Reply {
    /// A sentence.
    pub fn say(&mut self, sentence: impl Into<String>) {
        self.blocks.push(sentence.into());
    }

    /// A sentence about tasks, with a line for each.
    pub fn tell(&mut self, sentence: &str, tasks: &[Task], now: &Zoned) {
        let lines = tasks.iter().map(|task| receipt::line(task, now));
        let block: Vec<String> = [sentence.to_owned()].into_iter().chain(lines).collect();
        self.blocks.push(block.join("\n"));
    }

    /// A button for each task: `verb` and its number.
    pub fn offer(&mut self, verb: &str, tasks: &[&Task]) {
        self.choices.extend(tasks.iter().map(|task| Choice {
            label: format!("{} · {}", task.number, task.title),
            message: format!("{verb} {}", task.number),
        }));
    }

    /// A button for each sentence that would be understood.
    pub fn suggest(&mut self, sentences: &[String]) {
        self.choices.extend(
            sentences
                .iter()
                .map(|sentence| Choice { label: sentence.clone(), message: sentence.clone() }),
        );
    }

    /// The whole text.
    pub fn text(&self) -> String {
        self.blocks.join("\n\n")
    }
}

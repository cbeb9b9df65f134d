//! The chat: a page of its own, and a panel beside the lists.

use api::{
    Action, ChatAnswer, ChatHistory, Choice, ConversationBody, Failure, HistoryQuery, MessageBody,
    TaskBody,
};
use askama::Template;
use axum::response::Response;
use http::StatusCode;
use jiff::Zoned;
use serde::Deserialize;

use super::{
    home::Home,
    row::{Card, Row},
    shell::Shell,
    show,
};
use crate::{
    extract::Query,
    flash::Flash,
    view::View,
    visit::{Visit, with_cookies},
};

/// The page.
#[derive(Template)]
#[template(path = "chat.html")]
pub(crate) struct ChatPage {
    pub shell: Shell,
    pub talk: Talk,
}

/// A conversation with its box; the page and the panel are made of it.
#[derive(Template, Default)]
#[template(path = "talk.html")]
pub(crate) struct Talk {
    /// The id of the conversation that goes on; nothing begins one.
    pub conversation: String,
    pub turns: Vec<Turn>,
    pub choices: Vec<Choice>,
    /// What was typed and not taken.
    pub text: String,
    pub error: Option<String>,
    pub back: String,
    /// Whether it stands beside a list.
    pub panel: bool,
}

/// Something said.
#[derive(Template)]
#[template(path = "turn.html")]
pub(crate) struct Turn {
    pub mine: bool,
    pub text: String,
    pub receipts: Vec<Receipt>,
    pub back: String,
}

/// Something done for an answer.
pub(crate) struct Receipt {
    pub verb: &'static str,
    /// The tasks as they were then.
    pub rows: Vec<Row>,
    /// Whether the tasks are gone.
    pub gone: bool,
    /// The change, which can be undone.
    pub undo: Option<i64>,
}

/// What the chat says to somebody new.
const EXAMPLES: [&str; 3] =
    ["What is due today?", "Add buy groceries tomorrow", "What can you do?"];
/// A receipt is no list: this many cards, then a count.
const CARDS: usize = 10;

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Which {
    new: Option<String>,
}

/// `GET /chat`
pub(crate) async fn chat(visit: Visit, Query(which): Query<Which>) -> Response {
    match ChatPage::load(&visit, which.new.is_some()).await {
        Ok(page) => {
            let told = visit.flash.map(|_| Flash::clear());
            with_cookies(show(StatusCode::OK, &page), told)
        }
        Err(failure) => visit.refuse(&failure, visit.address()),
    }
}

/// `GET /chat/panel`: the conversation alone.
pub(crate) async fn panel(visit: Visit, Query(which): Query<Which>) -> Response {
    let back = visit.back("");
    match Talk::load(&visit, which.new.is_some(), &back, None).await {
        Ok(talk) => show(StatusCode::OK, &Talk { panel: true, ..talk }),
        Err(failure) if failure.status() == StatusCode::UNAUTHORIZED => visit.sign_in(&back),
        Err(failure) => {
            let error = Some(crate::words::failure(&failure));
            show(StatusCode::OK, &Talk { error, back, panel: true, ..Talk::default() })
        }
    }
}

impl ChatPage {
    pub(crate) async fn load(visit: &Visit, new: bool) -> Result<Self, Failure> {
        let home = Home::load(visit).await?;
        let talk = Talk::load(visit, new, "/chat", Some(&home.now)).await?;
        Ok(Self { shell: Shell::new(&home, &View::Chat, visit.flash, "/chat"), talk })
    }
}

impl Talk {
    /// The conversation with the newest message, unless a new one is wanted.
    pub(crate) async fn load(
        visit: &Visit,
        new: bool,
        back: &str,
        now: Option<&Zoned>,
    ) -> Result<Self, Failure> {
        if new {
            return Ok(Self::of(None, Vec::new(), back));
        }
        let all = visit.api.chat_history(&query(None, 1, 0)).await?;
        let Some(conversation) = all.body.conversations.into_iter().next() else {
            return Ok(Self::of(None, Vec::new(), back));
        };
        let (size, id) = (50, conversation.id.to_string());
        let skipped = conversation.message_count.saturating_sub(size);
        let answer = visit.api.chat_history(&query(Some(id), size, skipped)).await?;
        let zone = visit.zone(answer.zone.as_deref()).at(visit.now);
        let ChatHistory { messages, .. } = answer.body;
        let now = now.unwrap_or(&zone);
        let turns = messages.iter().map(|message| Turn::of(message, now, back)).collect();
        Ok(Self::of(Some(&conversation), turns, back))
    }

    fn of(conversation: Option<&ConversationBody>, turns: Vec<Turn>, back: &str) -> Self {
        let example = |text: &str| Choice { label: text.to_owned(), message: text.to_owned() };
        let fresh = turns.is_empty();
        Self {
            conversation: conversation.map(|it| it.id.to_string()).unwrap_or_default(),
            choices: EXAMPLES.into_iter().filter(|_| fresh).map(example).collect(),
            turns,
            back: back.to_owned(),
            ..Self::default()
        }
    }
}

fn query(conversation_id: Option<String>, limit: u64, offset: u64) -> HistoryQuery {
    let (limit, offset) = (Some(limit.to_string()), Some(offset.to_string()));
    HistoryQuery { conversation_id, limit, offset }
}

impl Turn {
    pub(crate) fn of(message: &MessageBody, now: &Zoned, back: &str) -> Self {
        let actions = message.tool_calls.as_ref().map_or(&[][..], |calls| &calls.data);
        let receipts: Vec<_> = receipts(actions, now);
        let text = beside(&message.content, &receipts);
        Self { mine: message.role == "user", text, receipts, back: back.to_owned() }
    }

    /// What the user just said.
    pub(crate) fn mine(text: &str, back: &str) -> Self {
        Self { mine: true, text: text.to_owned(), receipts: Vec::new(), back: back.to_owned() }
    }

    /// What the chatbot just answered.
    pub(crate) fn answer(answer: &ChatAnswer, now: &Zoned, back: &str) -> Self {
        let receipts = receipts(&answer.actions_taken, now);
        let text = beside(&answer.response, &receipts);
        Self { mine: false, text, receipts, back: back.to_owned() }
    }
}

fn receipts(actions: &[Action], now: &Zoned) -> Vec<Receipt> {
    actions.iter().filter_map(|action| Receipt::of(action, now)).collect()
}

/// What a text says beside its receipts. It is made of blocks with a blank line between, each a sentence and a line for
/// each task (`12 · Pay rent · today`), which stands on its card; so does a sentence that is only the verb.
fn beside(text: &str, receipts: &[Receipt]) -> String {
    let is_on_card = |line: &&str| {
        let number = line.split_once(" · ").and_then(|(number, _)| number.trim().parse().ok());
        let mut rows = receipts.iter().flat_map(|receipt| &receipt.rows);
        number.is_some_and(|number: i64| rows.any(|row| row.number == number))
    };
    let is_verb = |block: &str| {
        let word = block.trim().trim_end_matches([':', '.']);
        receipts.iter().any(|receipt| receipt.verb == word)
    };
    let blocks = text.split("\n\n").map(|block| {
        let left: Vec<_> = block.lines().filter(|line| !is_on_card(line)).collect();
        left.join("\n")
    });
    blocks.filter(|block| !is_verb(block)).collect::<Vec<_>>().join("\n\n")
}

impl Receipt {
    fn cards(&self) -> impl Iterator<Item = Card<'_>> {
        self.rows.iter().take(CARDS).map(Row::card)
    }

    /// How many tasks have no card.
    fn more(&self) -> usize {
        self.rows.len().saturating_sub(CARDS)
    }

    /// Nothing for what failed: the text says why.
    pub(crate) fn of(action: &Action, now: &Zoned) -> Option<Self> {
        let result = &action.result;
        if result["success"] != true {
            return None;
        }
        let one = serde_json::from_value::<TaskBody>(result["task"].clone()).ok();
        let many = serde_json::from_value::<Vec<TaskBody>>(result["tasks"].clone());
        let tasks: Vec<TaskBody> = one.into_iter().chain(many.unwrap_or_default()).collect();
        let verb = match action.tool.as_str() {
            "add_task" => "Added",
            "complete_task" => "Completed",
            "reopen_task" => "Reopened",
            "delete_task" => "Deleted",
            "update_task" => "Changed",
            "undo" => "Undone",
            _ => "",
        };
        let undo = result["change"].as_i64();
        (undo.is_some() || !tasks.is_empty()).then(|| Self {
            verb,
            rows: tasks.iter().map(|task| Row::new(task, now)).collect(),
            gone: action.tool == "delete_task",
            undo,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_does_not_repeat_its_cards() {
        let receipt = |verb, numbers: &[i64]| {
            let row = |number: &i64| Row { number: *number, ..Row::default() };
            let rows = numbers.iter().map(row).collect();
            Receipt { verb, rows, gone: false, undo: None }
        };
        let added = [receipt("Added", &[3])];
        assert_eq!(beside("Added:\n3 · call mom · tomorrow 17:00", &added), "");
        assert_eq!(beside("Added:\n4 · call mom", &added), "Added:\n4 · call mom");
        let found = [receipt("", &[3, 4])];
        assert_eq!(
            beside("2 tasks are due today:\n3 · a\n4 · b", &found),
            "2 tasks are due today:"
        );
        assert_eq!(beside("3 · a", &[]), "3 · a");

        let both = [receipt("Added", &[3]), receipt("Added", &[4])];
        assert_eq!(beside("Added:\n3 · a\n\nAdded:\n4 · b", &both), "");
        let undone = [receipt("Undone", &[])];
        let text = "Undone, this task is gone again:\n3 · a";
        assert_eq!(beside(text, &undone), text);
        let mixed = beside("Added:\n3 · a\n\nThere is no task 99. Nothing was changed.", &added);
        assert_eq!(mixed, "There is no task 99. Nothing was changed.");
        let many: Vec<i64> = (1..=12).collect();
        let lines: Vec<_> = many.iter().map(|number| format!("{number} · a")).collect();
        let listed =
            beside(&format!("12 open tasks:\n{}", lines.join("\n")), &[receipt("", &many)]);
        assert_eq!(listed, "12 open tasks:");
    }
}

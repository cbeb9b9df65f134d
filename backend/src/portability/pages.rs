//! An export, a page at a time: however much it holds, one page of it is in memory.

use api::{ExportedConversation, ExportedTask, TaskBody};
use auth::Actor;
use axum::body::Bytes;
use domain::{ConversationNumber, Due, Task};
use serde::Serialize;
use storage::ConversationSummary;
use tokio::sync::mpsc;

use super::{PAGE, export::tasks_behind, vtodo};
use crate::{app::App, chat::history, error::ApiError, streamed::Part};

/// Writes the body of an export.
pub(super) struct Pages {
    pub app: App,
    pub actor: Actor,
    pub parts: mpsc::Sender<Part>,
}

/// Why an export is not written to its end.
enum Stopped {
    /// The client left.
    Left,
    Failed(ApiError),
}

impl<E: Into<ApiError>> From<E> for Stopped {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl Pages {
    /// `frame` is the export without tasks and conversations, `first` the first page of tasks.
    pub(super) async fn json(self, frame: &str, first: Vec<Task>) {
        let written = self.write_json(frame, first).await;
        self.end(written).await;
    }

    /// `frame` is a calendar without tasks, `first` the first page of them.
    pub(super) async fn calendar(self, frame: &str, first: Vec<Task>) {
        let written = self.write_calendar(frame, first).await;
        self.end(written).await;
    }

    async fn end(self, written: Result<(), Stopped>) {
        if let Err(Stopped::Failed(error)) = written {
            tracing::warn!(
                user.id = %self.actor.user_id(), error = %domain::chain(&error), "an export broke off"
            );
            // A client that left has seen that it is not whole.
            let _ = self.parts.send(Err(error.into())).await;
        }
    }

    async fn write_json(&self, frame: &str, first: Vec<Task>) -> Result<(), Stopped> {
        let (head, tail) = open(frame, r#"],"conversations":[]}"#);
        self.send(head).await?;
        self.each_page(first, |tasks, place| list(tasks.iter().map(exported), place > 0)).await?;
        let (between, end) = open(tail, "]}");
        self.send(between).await?;
        self.write_conversations().await?;
        self.send(end).await
    }

    async fn write_calendar(&self, frame: &str, first: Vec<Task>) -> Result<(), Stopped> {
        let (head, end) = open(frame, "END:VCALENDAR\r\n");
        self.send(head).await?;
        self.each_page(first, |tasks, _| {
            Ok(tasks.iter().map(|task| vtodo::write_task(task).to_string()).collect())
        })
        .await?;
        self.send(end).await
    }

    async fn each_page(
        &self,
        first: Vec<Task>,
        write: impl Fn(&[Task], usize) -> Result<String, ApiError>,
    ) -> Result<(), Stopped> {
        let (mut tasks, mut place) = (first, 0);
        while !tasks.is_empty() {
            self.send(&write(&tasks, place)?).await?;
            place += tasks.len();
            tasks = tasks_behind(&self.app, &self.actor, tasks.last()).await?;
        }
        Ok(())
    }

    async fn write_conversations(&self) -> Result<(), Stopped> {
        let (service, actor) = (&self.app.service, &self.actor);
        let mut seen = ConversationNumber(0);
        loop {
            let page = service::conversations_behind(service, actor, seen, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            let is_first = seen == ConversationNumber(0);
            seen = last.conversation.number;
            for (place, conversation) in page.into_iter().enumerate() {
                if !is_first || place > 0 {
                    self.send(",").await?;
                }
                self.write_conversation(conversation).await?;
            }
        }
    }

    async fn write_conversation(&self, summary: ConversationSummary) -> Result<(), Stopped> {
        let id = summary.conversation.id;
        let conversation = history::summary(summary);
        let frame = json(&ExportedConversation { conversation, messages: Vec::new() })?;
        let (head, end) = open(&frame, "]}");
        self.send(head).await?;
        let mut seen = 0;
        loop {
            let (service, actor) = (&self.app.service, &self.actor);
            let (page, _) = service::messages(service, actor, id, PAGE, seen).await?;
            let (count, is_first) = (page.len(), seen == 0);
            self.send(&list(page.into_iter().map(history::message), !is_first)?).await?;
            seen += u32::try_from(count).unwrap_or(u32::MAX);
            if count < usize::from(PAGE) {
                break;
            }
        }
        self.send(end).await
    }

    async fn send(&self, text: &str) -> Result<(), Stopped> {
        if text.is_empty() {
            return Ok(());
        }
        let part = Bytes::copy_from_slice(text.as_bytes());
        self.parts.send(Ok(part)).await.map_err(|_| Stopped::Left)
    }
}

/// What stands before an end that a text is known to have, and that end.
fn open<'a>(frame: &'a str, end: &str) -> (&'a str, &'a str) {
    frame.split_at(frame.len() - end.len())
}

/// Rows as the next ones of a list.
fn list<T: Serialize>(rows: impl Iterator<Item = T>, goes_on: bool) -> Result<String, ApiError> {
    let mut text = String::new();
    for row in rows {
        if goes_on || !text.is_empty() {
            text.push(',');
        }
        text += &json(&row)?;
    }
    Ok(text)
}

fn json(row: &impl Serialize) -> Result<String, ApiError> {
    serde_json::to_string(row).map_err(|error| ApiError::Internal(error.into()))
}

fn exported(task: &Task) -> ExportedTask {
    let due_zone = match &task.due {
        Some(Due::At { zone, .. }) => Some(zone.as_str().to_owned()),
        _ => None,
    };
    ExportedTask { task: TaskBody::from(task), due_zone }
}

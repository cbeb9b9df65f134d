//! The only code that changes tasks.
//!
//! The HTTP API and the chatbot call the same functions, with an [`Actor`] that only authentication makes. A write is
//! one unit of work: it checks, writes the rows, appends one entry to the change log, commits, and returns the new state
//! as the database gave it. Every function that writes returns [`Written`], whose change number undoes it.

mod batch;
mod changing;
mod complete;
mod conversations;
mod edit;
mod error;
mod idempotency;
mod import;
mod log;
mod reminders;
mod room;
mod settings;
mod tags;
mod tasks;
mod undo;
mod upkeep;

use std::sync::Arc;

use auth::Actor;
use domain::{ChangeKind, ChangeNumber, Clock, NewChange, Random, Snapshot, uuid_v7};
use jiff::Timestamp;
use storage::{Numbers, StorageError, Store, Write};
use uuid::Uuid;

pub use self::{
    batch::{Batch, BatchAction, MOST_TASKS, batch},
    complete::{Completed, complete_tasks, reopen_tasks, toggle_task},
    conversations::{
        Begun, Said, begin_turn, conversation, conversation_by_number, conversations,
        conversations_behind, delete_conversations, end_turn, messages,
    },
    edit::{TaskEdit, edit_task},
    error::ServiceError,
    idempotency::{change_of, may_run, store_answer, used_key},
    import::{Import, Imported, ImportedConversation, ImportedMessage, ImportedTask, import},
    log::{changes, changes_of_task, follow, last_change},
    reminders::remind_due,
    settings::{
        InForce, Question, SettingsEdit, edit_settings, policy, remember_zone, settings,
        stored_settings,
    },
    tags::{TagDraft, TagEdit, add_tag, delete_tag, edit_tag, tag, tags},
    tasks::{
        MOST_TAGS, TagChoice, TaskDraft, TaskKey, add_task, add_tasks, count_tasks, delete_tasks,
        list_tasks, task, task_page,
    },
    undo::{Undone, is_undone, undo},
    upkeep::{old_logs, shorten, sweep},
};

/// What the functions of this crate work with.
#[derive(Clone)]
pub struct Service {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl Service {
    /// A service over a database.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self { store, clock, random }
    }

    /// The time, in whole microseconds.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whether the database answers and is migrated.
    ///
    /// # Errors
    /// What keeps it from being so.
    pub async fn ready(&self) -> Result<(), ServiceError> {
        Ok(self.store.ready().await?)
    }

    /// Begins the one unit of work of a write. The request's `Idempotency-Key` goes with what is written first.
    async fn begin(&self, actor: &Actor) -> Result<Box<dyn Write>, StorageError> {
        self.begin_giving(actor, Numbers::ONE_CHANGE).await
    }

    /// The same, where it is known which numbers will be given.
    async fn begin_giving(
        &self,
        actor: &Actor,
        numbers: Numbers,
    ) -> Result<Box<dyn Write>, StorageError> {
        let mut work = self.store.begin_giving(actor.user_id(), numbers).await?;
        if let Some(claim) = actor.claim().filter(|claim| !claim.settled.is_settled()) {
            work.claim(claim).await?;
        }
        Ok(work)
    }

    fn new_id(&self, now: Timestamp) -> Uuid {
        uuid_v7(&*self.random, now)
    }
}

/// What a write left, and the entry of the change log that it made. No entry: there was nothing to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written<T> {
    /// The new state.
    pub value: T,
    /// What undoes it.
    pub change: Option<ChangeNumber>,
}

impl<T> Written<T> {
    fn unchanged(value: T) -> Self {
        Self { value, change: None }
    }

    /// The same write, seen as something else.
    #[must_use]
    pub fn map<U>(self, view: impl FnOnce(T) -> U) -> Written<U> {
        Written { value: view(self.value), change: self.change }
    }
}

/// The entry of a change that `actor` makes.
fn entry(
    actor: &Actor,
    kind: ChangeKind,
    before: impl Into<Snapshot>,
    after: impl Into<Snapshot>,
    now: Timestamp,
) -> NewChange {
    NewChange {
        kind,
        before: before.into(),
        after: after.into(),
        source: actor.source(),
        request_id: actor.request_id().to_owned(),
        undoes: None,
        now,
    }
}

//! Why the service did not do what it was asked.

use domain::{ChangeKind, ChangeNumber, Invalid, TaskNumber};
use storage::StorageError;

/// Why the service did not do what it was asked. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The row does not exist or is someone else's; the caller must not learn which.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// Like [`Self::NotFound`], when several tasks were named.
    #[error("there is no task {0}")]
    NoSuchTask(TaskNumber),
    /// Understood, and against a rule; the message names it and is meant for the user.
    #[error("{message}")]
    Invalid {
        /// The member of the body that breaks the rule.
        field: &'static str,
        /// The rule.
        message: String,
    },
    /// The task no longer has the version that the caller saw.
    #[error("the task was changed meanwhile")]
    Stale,
    /// A tag of that name exists.
    #[error("Tag with this name already exists")]
    TagExists,
    /// The message before still waits for its answer.
    #[error("I am still answering your last message. Please say it again in a moment.")]
    StillAnswering,
    /// Later changes stand in the way of undoing this one: these, the oldest first.
    #[error("{}", in_the_way(.0))]
    InTheWay(Vec<ChangeNumber>),
    /// The change is one that nobody takes back.
    #[error("{}", never_undone(*.0))]
    NeverUndone(ChangeKind),
    /// The log has nothing right behind the change that the caller saw last.
    #[error("{}", log_gone(*.after, *.oldest, *.last))]
    LogGone {
        /// The change that the caller saw last.
        after: ChangeNumber,
        /// The oldest change that is kept.
        oldest: Option<ChangeNumber>,
        /// The last change.
        last: ChangeNumber,
    },
    /// The user follows the log so often that one stream more is refused.
    #[error("too many streams are open: close one, or wait")]
    TooManyStreams,
    /// The database.
    #[error(transparent)]
    Storage(StorageError),
}

fn in_the_way(changes: &[ChangeNumber]) -> String {
    let numbers = changes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match changes.len() {
        0 => "what this change touched has changed since".to_owned(),
        1 => format!("change {numbers} came later and stands in the way; undo it first"),
        _ => format!("changes {numbers} came later and stand in the way; undo them first"),
    }
}

fn never_undone(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::TaskReminded => "a reminder that was given cannot be taken back",
        _ => "this change was made by a newer program: only that can take it back",
    }
}

fn log_gone(after: ChangeNumber, oldest: Option<ChangeNumber>, last: ChangeNumber) -> String {
    let kept = match oldest {
        Some(oldest) => format!("the oldest that is kept is {oldest}, the last is {last}"),
        None => format!("none is kept, the last was {last}"),
    };
    format!(
        "The changes behind {after} are gone: {kept}. Read everything anew and go on after {last}"
    )
}

impl ServiceError {
    /// A rule of the domain, broken by a member of the body.
    #[must_use]
    pub fn invalid(field: &'static str, rule: Invalid) -> Self {
        Self::Invalid { field, message: rule.0 }
    }
}

impl From<StorageError> for ServiceError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Stale(_) => Self::Stale,
            StorageError::Missing(what) => Self::NotFound(what),
            other => Self::Storage(other),
        }
    }
}

//! Ids as types of their own, so that one cannot stand in for another.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Whose data it is. Comes from authentication alone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct UserId(pub String);

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! uuid_ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

uuid_ids! {
    /// A task's id in links and exports; version 7.
    TaskId;
    /// A tag's id; version 7.
    TagId;
    /// A conversation's id; version 7.
    ConversationId;
    /// The id of one message of a conversation; version 7.
    MessageId;
}

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

numbers! {
    /// The small number a user calls a task by. Counts from 1 for each user; given once, never again.
    TaskNumber;
    /// The number of a conversation, per user, from 1; given once, never again.
    ConversationNumber;
    /// Rises with each change of a task, from 1; a writer says which one it has seen. None comes twice, though some may
    /// never come: a task that was deleted goes on far behind where it was.
    Version;
    /// Place in the user's change log: 1, 2, 3, without gaps, in the order of the commits.
    ChangeNumber;
}

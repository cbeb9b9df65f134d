//! What a task, a tag and a change are, and the rules they obey.
//!
//! Pure: nothing here waits, reads a file or asks the time. What needs the time or chance takes a [`Clock`] or a
//! [`Random`].

mod chain;
mod chance;
mod change;
mod clock;
mod due;
mod ids;
mod position;
mod priority;
mod recurrence;
mod rrule;
mod search;
mod tag;
mod task;
mod task_query;
mod text;
mod zone;

pub use self::{
    chain::chain,
    chance::{Random, SystemRandom, token, uuid_v7},
    change::{Change, ChangeKind, NewChange, Snapshot, Source},
    clock::{Clock, SystemClock},
    due::Due,
    ids::{
        ChangeNumber, ConversationId, ConversationNumber, MessageId, TagId, TaskId, TaskNumber,
        UserId, Version,
    },
    position::{NoPosition, Position, make_room},
    priority::Priority,
    recurrence::{Anchor, Recurrence, RecurrenceRule},
    rrule::{Days, Frequency, NthWeekday, Rrule, Until},
    search::{fold, search_text},
    tag::{Color, Tag, TagName},
    task::{NewTask, Previous, Task},
    task_query::{Cursor, DueBound, DueFilter, Sort, SortBy, Status, TaskQuery},
    text::{Description, Invalid, Title, message_text, said_text},
    zone::ZoneName,
};

//! Tasks as iCalendar VTODO (RFC 5545, section 3.6.2), both ways.
//!
//! | task | VTODO |
//! |---|---|
//! | id | UID; a UID of elsewhere becomes an id that is always the same |
//! | title, description, tags | SUMMARY, DESCRIPTION, CATEGORIES |
//! | `due_date` | DUE, a DATE, or a DATE-TIME in UTC with the zone in X-TODO-ZONE |
//! | priority 1, 2, 3 | PRIORITY 1, 5, 9; read 1 to 4, 5, 6 to 9 |
//! | completed | STATUS:COMPLETED and COMPLETED |
//! | recurrence | RRULE, with DTSTART; X-TODO-ANCHOR, X-TODO-RECURRENCE-END, X-TODO-PREVIOUS |
//! | reminder | VALARM with TRIGGER |
//! | number, position | X-TODO-NUMBER, X-TODO-POSITION |
//! | made, changed | CREATED, LAST-MODIFIED |

mod read;
mod write;

pub(super) use self::{
    read::read,
    write::{write, write_task},
};

/// What other programs do not know of a task.
mod own {
    pub(super) const ZONE: &str = "X-TODO-ZONE";
    pub(super) const ANCHOR: &str = "X-TODO-ANCHOR";
    pub(super) const RECURRENCE_END: &str = "X-TODO-RECURRENCE-END";
    pub(super) const PREVIOUS: &str = "X-TODO-PREVIOUS";
    pub(super) const NUMBER: &str = "X-TODO-NUMBER";
    pub(super) const POSITION: &str = "X-TODO-POSITION";
}

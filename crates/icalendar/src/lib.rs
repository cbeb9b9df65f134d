//! iCalendar as text: components with properties, and the values in them.
//!
//! Pure. What a property means is its reader's to know: a task's is `backend`'s. Sources are sections of RFC 5545.

mod component;
mod line;
mod moment;
mod property;
mod text;

pub use self::{
    component::{Component, ParseError},
    moment::{Moment, utc},
    property::Property,
    text::{escape, join, split, unescape},
};

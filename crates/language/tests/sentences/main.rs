//! The engine against sentences that people type: `tests/cases/*.tsv`, properties, and long input.

mod cases;
mod properties;
mod render;

use jiff::Zoned;

/// Monday, 23 November 2026, 10:00 in Berlin, where a test does not say otherwise.
fn monday() -> Zoned {
    "2026-11-23T10:00[Europe/Berlin]".parse().expect("a time in a zone")
}

//! Quick add: a line, and the ranges of it that are left as text. Ranges count UTF-16 code units, as JavaScript does.

use std::ops::Range;

use api::ParsedSpan;
use domain::ZoneName;
use jiff::Timestamp;
use language::{Context, Policy, QuickAdd, Span, Value};
use serde_json::json;

use crate::error::ApiError;

/// The longest line, in characters: as long as a message to the chatbot.
const LONGEST: usize = 4_000;
/// The most ranges.
const MOST_RANGES: usize = 100;

/// What quick add makes of a line, and the pieces that it understood.
pub(super) fn understood(
    text: &str,
    ignore: &[[usize; 2]],
    zone: &ZoneName,
    policy: &Policy,
    now: Timestamp,
) -> Result<(QuickAdd, Vec<ParsedSpan>), ApiError> {
    let places = Places::of(text);
    if places.letters() > LONGEST {
        return Err(ApiError::must("text", format_args!("have at most {LONGEST} characters")));
    }
    if ignore.len() > MOST_RANGES {
        return Err(ApiError::must("ignore", format_args!("hold at most {MOST_RANGES} ranges")));
    }
    let ignore = ignore.iter().map(|&range| places.bytes(range)).collect::<Option<Vec<_>>>();
    let outside = || ApiError::must("ignore", "hold ranges that lie in the text");
    let now = now.to_zoned(zone.time_zone());
    let context = Context { now: &now, policy };
    let understood = language::quick_add(text, &ignore.ok_or_else(outside)?, &context);
    let spans = understood.spans.iter().map(|span| parsed(text, &places, span)).collect();
    Ok((understood, spans))
}

/// Where each character of a text begins, in UTF-16 code units and in bytes; the last is the text's end.
struct Places(Vec<(usize, usize)>);

impl Places {
    fn of(text: &str) -> Self {
        let mut units = 0;
        let begins = text.char_indices().map(|(byte, letter)| {
            let place = (units, byte);
            units += letter.len_utf16();
            place
        });
        let mut places: Vec<_> = begins.collect();
        places.push((units, text.len()));
        Self(places)
    }

    fn letters(&self) -> usize {
        self.0.len() - 1
    }

    /// The bytes of a range in UTF-16 code units; none when it does not lie between characters of the text.
    fn bytes(&self, [start, end]: [usize; 2]) -> Option<Range<usize>> {
        let byte = |unit| {
            let found = self.0.binary_search_by_key(&unit, |place| place.0).ok()?;
            Some(self.0[found].1)
        };
        (start <= end).then_some(())?;
        Some(byte(start)?..byte(end)?)
    }

    /// The UTF-16 code units before a byte at which a character begins.
    fn units(&self, byte: usize) -> usize {
        let before = self.0.partition_point(|place| place.1 < byte);
        self.0[before].0
    }
}

fn parsed(text: &str, places: &Places, span: &Span) -> ParsedSpan {
    ParsedSpan {
        kind: span.value.kind().to_owned(),
        start: places.units(span.range.start),
        end: places.units(span.range.end),
        text: text[span.range.clone()].to_owned(),
        value: match &span.value {
            Value::Date(day) => json!(day),
            Value::Time(time) => json!(time),
            Value::DateTime(moment) => json!(moment),
            Value::Priority(priority) => json!(priority.map(u8::from)),
            Value::Repeat(rule) => json!(rule),
            Value::Tag(text) | Value::Description(text) => json!(text),
            Value::Number(number) => json!(number),
        },
        alternatives: Vec::new(), // quick add does not ask back
    }
}

#[cfg(test)]
mod tests {
    use super::Places;

    #[test]
    fn ranges_count_utf_16_units() {
        let bytes = |text, range| Places::of(text).bytes(range);
        assert_eq!(bytes("a😀b", [1, 3]), Some(1..5));
        assert_eq!(bytes("a😀b", [3, 4]), Some(5..6));
        assert_eq!(bytes("a😀b", [2, 3]), None);
        assert_eq!(bytes("ab", [0, 3]), None);
        assert_eq!(bytes("ab", [2, 1]), None);
        assert_eq!(bytes("", [0, 0]), Some(0..0));
        assert_eq!([0, 1, 5, 6].map(|byte| Places::of("a😀b").units(byte)), [0, 1, 3, 4]);
    }
}

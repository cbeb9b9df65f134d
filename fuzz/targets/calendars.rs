//! Any bytes as an iCalendar file, and any text as a value in one.

#![no_main]

use fuzz::seeds;
use icalendar::{Component, Moment, escape, join, split, unescape};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: seeds("calendars", cases()), |bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        values(text);
    }
    let Ok(calendar) = Component::parse(bytes) else { return };
    moments(&calendar);
    let written = calendar.to_string();
    for line in written.split("\r\n") {
        assert!(line.len() <= 75, "a long line: {line:?}");
    }
    let again = Component::parse(written.as_bytes());
    let again = again.unwrap_or_else(|error| panic!("{error} of what was written: {written:?}"));
    assert_eq!(again.to_string(), written);
    let plain = !bytes.iter().any(|byte| byte.is_ascii_control() && !b"\r\n\t".contains(byte));
    if plain && !written.contains('\u{85}') {
        assert_eq!(values_of(&again), values_of(&calendar));
    }
});

/// Files of the tests of import.
fn cases() -> Vec<String> {
    let tests = include_str!("../../backend/tests/api/portability.rs");
    let files = tests.split('"').filter(|text| text.contains("BEGIN:"));
    let files = files.map(|text| text.replace("\\r\\n", "\n").replace("\\n", "\n"));
    let whole = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTODO\r\nSUMMARY;LANGUAGE=\"en,de\":Pay\r\n  \
        rent\r\nDUE;TZID=Europe/Berlin:20261201T080000\r\nRRULE:FREQ=DAILY;COUNT=2\r\nCATEGORIES:a\\,b,c\r\n\
        BEGIN:VALARM\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\nEND:VTODO\r\nEND:VCALENDAR\r\n";
    files.chain([whole.to_owned()]).collect()
}

fn values(text: &str) {
    let kept = |letter: &char| matches!(letter, '\n' | '\t') || !letter.is_control();
    let kept: String = text.chars().filter(kept).collect();
    let escaped = escape(text);
    assert_eq!(unescape(&escaped), kept);
    assert!(!escaped.contains(['\n', '\r']), "more than one line");
    assert_eq!(split(&escaped), [kept], "one text is one of a list");
    let parts: Vec<&str> = text.split('\r').collect();
    assert_eq!(split(&join(parts.iter().copied())).len(), parts.len());
    let _ = split(text);
}

fn moments(component: &Component) {
    for property in &component.properties {
        if let Some(Moment::Instant(at)) = Moment::of(property) {
            let written = icalendar::utc(at);
            let again = Moment::of(&icalendar::Property::new("DUE", written));
            assert_eq!(again, Some(Moment::Instant(at)));
        }
    }
    component.components.iter().for_each(moments);
}

/// Names and values, without the parameters, some of whose signs cannot be written.
fn values_of(component: &Component) -> Vec<(String, String)> {
    let own = component.properties.iter().map(|one| (one.name.clone(), one.value.clone()));
    own.chain(component.components.iter().flat_map(values_of)).collect()
}

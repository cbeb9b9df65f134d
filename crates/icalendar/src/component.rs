//! Components: `BEGIN:VTODO` to `END:VTODO` (section 3.6).

use std::{fmt, iter};

use crate::{
    Property,
    line::{self, Folded},
};

/// Deeper than any calendar: a calendar, its tasks, their alarms.
const DEEPEST: usize = 8;

/// A component: properties, and components within.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Component {
    /// In upper case, such as `VTODO`.
    pub name: String,
    /// In their order.
    pub properties: Vec<Property>,
    /// In their order.
    pub components: Vec<Component>,
}

/// Why a text is no iCalendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct ParseError {
    /// The line of the text, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl Component {
    /// An empty component.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// Reads one component, such as a calendar. Lines may end in a line feed alone; what follows the component may only
    /// be blank.
    ///
    /// # Errors
    /// Names the first line that is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        let mut open: Vec<Self> = Vec::new();
        let mut whole = None;
        let mut last = 1;
        for (line, content) in line::unfold(bytes) {
            last = line;
            let wrong = |problem| ParseError { line, problem };
            let content = String::from_utf8(content).map_err(|_| wrong("is not UTF-8"))?;
            if content.trim().is_empty() {
                continue;
            }
            if whole.is_some() {
                return Err(wrong("stands behind the end of the calendar"));
            }
            let property = Property::parse(&content).map_err(wrong)?;
            let name = property.value.trim().to_ascii_uppercase();
            let depth = open.len();
            match (&*property.name, open.last_mut()) {
                ("BEGIN", _) if depth == DEEPEST => return Err(wrong("is nested too deep")),
                ("BEGIN", _) => open.push(Self { name, ..Self::default() }),
                ("END", Some(component)) if component.name == name => {
                    let component = open.pop().expect("it was looked at just now");
                    match open.last_mut() {
                        Some(around) => around.components.push(component),
                        None => whole = Some(component),
                    }
                }
                ("END", _) => return Err(wrong("ends what did not begin")),
                (_, Some(component)) => component.properties.push(property),
                (_, None) => return Err(wrong("must be BEGIN:VCALENDAR")),
            }
        }
        let problem = if open.is_empty() { "there is no calendar" } else { "the END is missing" };
        whole.ok_or(ParseError { line: last, problem })
    }

    /// The first property of a name, which is given in upper case.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.properties_of(name).next()
    }

    /// All properties of a name, which is given in upper case.
    pub fn properties_of(&self, name: &str) -> impl Iterator<Item = &Property> {
        self.properties.iter().filter(move |property| property.name == name)
    }

    /// Adds a property.
    pub fn push(&mut self, name: &str, value: impl Into<String>) {
        self.properties.push(Property::new(name, value));
    }
}

/// Writes it with folded lines, each ended by CR LF.
impl fmt::Display for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let edge = |name: &str| Property::new(name, self.name.clone());
        for property in iter::once(&edge("BEGIN")).chain(&self.properties) {
            Folded(property).fmt(f)?;
        }
        for component in &self.components {
            component.fmt(f)?;
        }
        Folded(&edge("END")).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};
    use rstest::rstest;

    use super::*;

    const CALENDAR: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTODO\r\n\
        SUMMARY;LANGUAGE=en:Pay\r\n  rent\r\nEND:VTODO\r\nEND:VCALENDAR\r\n";

    #[test]
    fn reads_components_and_folded_lines() {
        let calendar = Component::parse(CALENDAR.as_bytes()).unwrap();
        assert_eq!(calendar.property("VERSION").unwrap().value, "2.0");
        let summary = calendar.components[0].property("SUMMARY").unwrap();
        assert_eq!((&*summary.value, summary.parameter("LANGUAGE")), ("Pay rent", Some("en")));
        let feeds = CALENDAR.replace("\r\n", "\n").to_lowercase();
        assert_eq!(Component::parse(feeds.as_bytes()).unwrap().components[0].name, "VTODO");
    }

    #[rstest]
    #[case::nothing("", 1, "there is no calendar")]
    #[case::other_text("hello", 1, "has no colon")]
    #[case::no_begin("VERSION:2.0", 1, "must be BEGIN:VCALENDAR")]
    #[case::no_end("BEGIN:VCALENDAR\nVERSION:2.0", 2, "the END is missing")]
    #[case::crossed("BEGIN:A\nBEGIN:B\nEND:A", 3, "ends what did not begin")]
    #[case::behind("BEGIN:A\nEND:A\n\nX:1", 4, "stands behind the end of the calendar")]
    #[case::quoted("BEGIN:A\nX;P=\"open:1\nEND:A", 2, "has a quote that does not end")]
    #[case::quoted_name("BEGIN:A\nX;P\"=\"a:1\nEND:A", 2, "has a quote in the name of a parameter")]
    fn names_the_line_that_is_wrong(
        #[case] text: &str,
        #[case] line: usize,
        #[case] problem: &'static str,
    ) {
        assert_eq!(Component::parse(text.as_bytes()), Err(ParseError { line, problem }));
    }

    #[test]
    fn nothing_nests_for_ever() {
        let deep = "BEGIN:A\n".repeat(100_000);
        let error = Component::parse(deep.as_bytes()).unwrap_err();
        assert_eq!(error, ParseError { line: 9, problem: "is nested too deep" });
    }

    fn properties() -> impl Strategy<Value = Vec<Property>> {
        let parameter = ("[A-Z-]{1,9}", "[^\"\\p{Cc}]{0,20}");
        let name =
            "[A-Z][A-Z0-9-]{0,20}".prop_filter("an edge", |name| name != "BEGIN" && name != "END");
        let property = (name, vec(parameter, 0..3), "\\PC{0,200}");
        let property =
            property.prop_map(|(name, parameters, value)| Property { name, parameters, value });
        vec(property, 0..6)
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(outer in properties(), inner in properties()) {
            let inner = Component { name: "VTODO".to_owned(), properties: inner, components: vec![] };
            let outer = Component {
                name: "VCALENDAR".to_owned(), properties: outer, components: vec![inner],
            };
            let text = outer.to_string();
            for line in text.split("\r\n") {
                prop_assert!(line.len() <= 75, "{line:?}");
            }
            prop_assert_eq!(Component::parse(text.as_bytes()), Ok(outer));
        }

        #[test]
        fn no_text_is_too_much(bytes in vec(any::<u8>(), 0..300)) {
            let _ = Component::parse(&bytes);
        }
    }
}

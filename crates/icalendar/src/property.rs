//! Properties: `NAME;PARAMETER=value:value` (section 3.1).

use std::fmt;

/// One content line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// In upper case.
    pub name: String,
    /// Names in upper case; a list of values as it stands, without quotes.
    pub parameters: Vec<(String, String)>,
    /// As it stands: a text is still escaped.
    pub value: String,
}

impl Property {
    /// A property without parameters.
    #[must_use]
    pub fn new(name: &str, value: impl Into<String>) -> Self {
        Self { name: name.to_owned(), parameters: Vec::new(), value: value.into() }
    }

    /// The same with one parameter more.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.parameters.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The value of a parameter, whose name is given in upper case.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Reads an unfolded line.
    pub(crate) fn parse(line: &str) -> Result<Self, &'static str> {
        let colon = outside_quotes(line, ':')?.ok_or("has no colon")?;
        let (head, value) = (&line[..colon], &line[colon + 1..]);
        let mut parts = Vec::new();
        let mut rest = head;
        while let Some(end) = outside_quotes(rest, ';')? {
            parts.push(&rest[..end]);
            rest = &rest[end + 1..];
        }
        parts.push(rest);
        let mut parts = parts.into_iter();
        let name = parts.next().unwrap_or_default().trim().to_ascii_uppercase();
        if name.is_empty() {
            return Err("has no name");
        }
        let parameters = parts.map(parameter).collect::<Result<_, _>>()?;
        Ok(Self { name, parameters, value: value.to_owned() })
    }
}

fn parameter(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("has a parameter without a value")?;
    if name.contains('"') {
        return Err("has a quote in the name of a parameter");
    }
    Ok((name.to_ascii_uppercase(), value.replace('"', "")))
}

/// Where the first such character stands that no quotes are around.
fn outside_quotes(text: &str, wanted: char) -> Result<Option<usize>, &'static str> {
    let mut quoted = false;
    for (place, letter) in text.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            _ if letter == wanted && !quoted => return Ok(Some(place)),
            // Quotes in the value are characters like others.
            ':' if !quoted => return Ok(None),
            _ => {}
        }
    }
    if quoted { Err("has a quote that does not end") } else { Ok(None) }
}

/// The line without its folds. Quotes and control characters cannot stand in a parameter, and are left out.
impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        for (name, value) in &self.parameters {
            let value: String =
                value.chars().filter(|letter| *letter != '"' && !letter.is_control()).collect();
            // Some readers know no quotes where none are needed.
            let quote = if value.contains([':', ';', ',']) { "\"" } else { "" };
            write!(f, ";{name}={quote}{value}{quote}")?;
        }
        write!(f, ":{}", self.value)
    }
}

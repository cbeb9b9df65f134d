//! The shape of a body: which fields, of which types, and what to say where it is another.
//!
//! Better Auth says it in the words of zod, its validator: `[body.email] Invalid input: expected string, received undefined`.
//!
//! Source: `better-auth.md`, section 4.

use serde_json::{Map, Value};

use crate::{email, failure::Refusal};

/// A body under inspection. All mistakes are told at once, in the order in which the fields were asked for.
#[derive(Debug)]
pub(crate) struct Shape<'a> {
    fields: &'a Map<String, Value>,
    faults: Vec<String>,
}

impl<'a> Shape<'a> {
    /// A body that must be an object.
    pub(crate) fn object(body: Option<&'a Value>) -> Result<Self, Refusal> {
        Self::of(body, &["object"])
    }

    /// The same for a schema that takes further fields: zod then complains twice, as two schemas are checked.
    pub(crate) fn open_object(body: Option<&'a Value>) -> Result<Self, Refusal> {
        Self::of(body, &["object", "record"])
    }

    /// An object of any members.
    pub(crate) fn record(body: Option<&'a Value>) -> Result<Self, Refusal> {
        Self::of(body, &["record"])
    }

    fn of(body: Option<&'a Value>, expected: &[&str]) -> Result<Self, Refusal> {
        match body {
            Some(Value::Object(fields)) => Ok(Self { fields, faults: Vec::new() }),
            other => {
                let received = kind(other);
                let fault = |expected| {
                    format!("[body] Invalid input: expected {expected}, received {received}")
                };
                let faults: Vec<_> = expected.iter().map(fault).collect();
                Err(Refusal::validation(faults.join("; ")))
            }
        }
    }

    /// A text that must be there. The empty text stands in for a wrong one until [`Shape::finish`].
    pub(crate) fn text(&mut self, key: &str) -> &'a str {
        self.fields.get(key).and_then(Value::as_str).unwrap_or_else(|| {
            self.fault(key, "string");
            ""
        })
    }

    /// A text that must be an e-mail address.
    pub(crate) fn email(&mut self, key: &str) -> &'a str {
        let before = self.faults.len();
        let address = self.text(key);
        if self.faults.len() == before && !email::is_address(address) {
            self.faults.push(format!("[body.{key}] Invalid email address"));
        }
        address
    }

    /// A text of at least one character.
    pub(crate) fn filled_text(&mut self, key: &str) -> &'a str {
        let before = self.faults.len();
        let text = self.text(key);
        if self.faults.len() == before && text.is_empty() {
            let fault = format!("[body.{key}] Too small: expected string to have >=1 characters");
            self.faults.push(fault);
        }
        text
    }

    /// A text that may be missing, but not null.
    pub(crate) fn optional_text(&mut self, key: &str) -> Option<&'a str> {
        self.fields.get(key)?;
        Some(self.text(key))
    }

    /// A text that may be missing, or null.
    pub(crate) fn nullable_text(&mut self, key: &str) -> Option<Option<&'a str>> {
        match self.fields.get(key)? {
            Value::Null => Some(None),
            _ => Some(Some(self.text(key))),
        }
    }

    /// True or false, or missing.
    pub(crate) fn optional_bool(&mut self, key: &str) -> Option<bool> {
        let value = self.fields.get(key)?;
        if !value.is_boolean() {
            self.fault(key, "boolean");
        }
        value.as_bool()
    }

    /// # Errors
    /// What was wrong.
    pub(crate) fn finish(self) -> Result<(), Refusal> {
        if self.faults.is_empty() {
            Ok(())
        } else {
            Err(Refusal::validation(self.faults.join("; ")))
        }
    }

    fn fault(&mut self, key: &str, expected: &str) {
        let received = kind(self.fields.get(key));
        let fault = format!("[body.{key}] Invalid input: expected {expected}, received {received}");
        self.faults.push(fault);
    }
}

/// What zod calls the type of a value.
fn kind(value: Option<&Value>) -> &'static str {
    match value {
        None => "undefined",
        Some(Value::Null) => "null",
        Some(Value::Bool(_)) => "boolean",
        Some(Value::Number(_)) => "number",
        Some(Value::String(_)) => "string",
        Some(Value::Array(_)) => "array",
        Some(Value::Object(_)) => "object",
    }
}

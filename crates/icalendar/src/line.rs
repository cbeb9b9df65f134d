//! Content lines: what a long line is folded into (section 3.1).

use std::fmt::{self, Write};

use crate::Property;

/// The longest line, in bytes, without its end.
const LONGEST: usize = 75;

/// The content lines of a text, each with the number of its first line, from 1. They are put together as bytes: some
/// programs fold within a character.
pub(crate) fn unfold(bytes: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> {
    let bytes = bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(bytes);
    let mut lines = bytes.split(|byte| *byte == b'\n').enumerate().peekable();
    std::iter::from_fn(move || {
        let (number, first) = lines.next()?;
        let mut content = without_return(first).to_vec();
        let folded = |(_, line): &(usize, &[u8])| line.starts_with(b" ") || line.starts_with(b"\t");
        while let Some((_, more)) = lines.next_if(folded) {
            content.extend_from_slice(&without_return(more)[1..]);
        }
        Some((number + 1, content))
    })
}

fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// A property as lines of at most 75 bytes, folded between characters, each ended by CR LF.
pub(crate) struct Folded<'a>(pub(crate) &'a Property);

impl fmt::Display for Folded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut length = 0;
        for letter in self.0.to_string().chars() {
            if length + letter.len_utf8() > LONGEST {
                f.write_str("\r\n ")?;
                length = 1;
            }
            f.write_char(letter)?;
            length += letter.len_utf8();
        }
        f.write_str("\r\n")
    }
}

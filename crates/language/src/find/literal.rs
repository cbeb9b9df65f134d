//! Quoted text: nothing in it is read.

use super::Scan;
use crate::{
    chart::{Claim, Meaning},
    token::Kind,
};

/// Quoted parts. A quote opens at the start of a word and closes behind the end of one.
pub(super) fn find(scan: &Scan<'_>) -> Vec<Claim> {
    let mut claims = Vec::new();
    let mut opened: Option<usize> = None;
    for (at, token) in scan.tokens.iter().enumerate() {
        if token.kind == Kind::Break {
            opened = None;
        }
        if !token.is_in(&["\"", "'"]) {
            continue;
        }
        match opened {
            Some(start) if scan.text(start) != token.text => {}
            Some(start) if token.glued && scan.ends_word(at + 1) => {
                claims.push(Claim { tokens: start..at + 1, meaning: Meaning::Literal });
                opened = None;
            }
            None if scan.starts_word(at) && scan.glued(at + 1) => opened = Some(at),
            _ => {}
        }
    }
    claims
}

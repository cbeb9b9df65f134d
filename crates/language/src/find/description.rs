//! ` // text`: the rest of the line describes the task.

use super::Scan;
use crate::{
    chart::{Claim, Meaning},
    token::Kind,
};

/// The first `//` that stands alone, and all behind it up to the end of the line.
pub(super) fn find(scan: &Scan<'_>) -> Option<Claim> {
    let start = (1..scan.tokens.len()).find(|&at| stands_alone(scan, at))?;
    let line = scan.tokens[start..].iter().take_while(|token| token.kind != Kind::Break);
    let end = start + line.count();
    let text = &scan.typed[scan.tokens[start + 2].range.start..scan.tokens[end - 1].range.end];
    Some(Claim { tokens: start..end, meaning: Meaning::Description(text.to_owned()) })
}

/// Two slashes between spaces, with text behind them: `http://x//y` has none.
fn stands_alone(scan: &Scan<'_>, at: usize) -> bool {
    let slashes = scan.is(at, &["/"]) && scan.is(at + 1, &["/"]) && scan.glued(at + 1);
    let next = scan.tokens.get(at + 2);
    slashes && !scan.glued(at) && next.is_some_and(|next| !next.glued && next.kind != Kind::Break)
}

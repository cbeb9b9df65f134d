//! An error with its causes, as one line of a log.

use std::error::Error;

/// `error: cause: its cause`. Loggers that write JSON keep only the first of them otherwise. A cause that its error has
/// told already is left out.
#[must_use]
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let words = cause.to_string();
        if !text.ends_with(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the file is gone")]
    struct Gone;

    #[derive(Debug, thiserror::Error)]
    #[error(transparent)]
    struct Same(#[from] Gone);

    #[derive(Debug, thiserror::Error)]
    #[error("cannot start")]
    struct Start(#[source] Same);

    #[test]
    fn each_cause_is_told_once() {
        assert_eq!(chain(&Start(Same(Gone))), "cannot start: the file is gone");
    }
}

//! What went wrong, in plain words.

use api::{Failure, FieldError};
use http::StatusCode;

/// The backend does not answer.
pub(crate) const AWAY: &str =
    "The server cannot be reached right now. Nothing is lost; try again in a moment.";

/// One or two sentences for the user, with what to do.
pub(crate) fn failure(failure: &Failure) -> String {
    match failure {
        Failure::Unreachable(_) => AWAY.to_owned(),
        Failure::Garbled(status) => {
            format!(
                "The server gave an answer that makes no sense ({status}). Try again in a moment."
            )
        }
        Failure::Auth(problem) => problem.message.clone(),
        Failure::Problem(problem) => match problem.status {
            404 => "This is gone; it may have been deleted elsewhere.".to_owned(),
            412 => {
                "This was changed elsewhere meanwhile. Your text is kept: saving again replaces \
                    what was changed."
                    .to_owned()
            }
            429 => "Too many requests. Wait a moment, then try again.".to_owned(),
            503 => "The server is busy. Try again in a moment.".to_owned(),
            500 => format!(
                "Something went wrong on the server. Should it happen again, tell its operator: {}",
                problem.request_id
            ),
            _ if problem.errors.is_empty() => sentence(&problem.detail),
            _ => sentences(&problem.errors),
        },
    }
}

/// What an answer without words means, with what to do.
pub(crate) fn status(status: StatusCode) -> &'static str {
    match status.as_u16() {
        403 => {
            "This form was sent from another site, so nothing was done. Open the page here and send it again."
        }
        404 => "There is no page at this address.",
        405 => "There is no page at this address: it only takes forms.",
        413 => "This is too long, so nothing was done. Go back, shorten it and send it again.",
        400..=499 => "This form cannot be read, so nothing was done. Go back and send it again.",
        _ => "Something went wrong on the server. Try again in a moment.",
    }
}

/// What is wrong with fields, as sentences.
pub(crate) fn sentences<'a>(errors: impl IntoIterator<Item = &'a FieldError>) -> String {
    let sentences = errors.into_iter().map(|error| sentence(&error.message));
    sentences.collect::<Vec<_>>().join(" ")
}

/// Whether the API refused because of the parameter or member called `field`.
pub(crate) fn is_about(failure: &Failure, field: &str) -> bool {
    let Failure::Problem(problem) = failure else { return false };
    problem.errors.iter().any(|error| error.field == field)
}

/// With a capital letter and a full stop.
fn sentence(text: &str) -> String {
    let text = text.trim().trim_end_matches('.');
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).chain(['.']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_begins_and_ends_as_one() {
        assert_eq!(
            sentence("title must have 1 to 500 characters"),
            "Title must have 1 to 500 characters."
        );
        assert_eq!(sentence("Done."), "Done.");
    }
}

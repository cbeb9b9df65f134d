//! What went wrong, in plain words.

use api::Failure;

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
            _ => {
                let errors = problem.errors.iter();
                errors.map(|error| sentence(&error.message)).collect::<Vec<_>>().join(" ")
            }
        },
    }
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

//! The page for what cannot be shown.

use askama::Template;
use axum::response::Response;
use http::{StatusCode, header};

use super::show;
use crate::words;

/// Says what went wrong and what to do.
#[derive(Template)]
#[template(path = "problem.html")]
pub(crate) struct ProblemPage<'a> {
    pub title: &'a str,
    pub text: &'a str,
    /// The page to try again, where that may help.
    pub again: Option<&'a str>,
    /// A form that did not get through, to be sent once more.
    pub typed: Option<Typed>,
}

/// A form with what was typed into it.
pub(crate) struct Typed {
    pub action: String,
    pub fields: Vec<Field>,
}

/// A field of it.
pub(crate) struct Field {
    name: &'static str,
    value: String,
    /// What it is called; one without a label is only sent along.
    label: &'static str,
    /// Whether its text has lines.
    long: bool,
}

impl Field {
    pub(crate) fn hidden(name: &'static str, value: impl Into<String>) -> Self {
        Self { name, value: value.into(), label: "", long: false }
    }

    pub(crate) fn line(label: &'static str, name: &'static str, value: impl Into<String>) -> Self {
        Self { label, ..Self::hidden(name, value) }
    }

    pub(crate) fn text(label: &'static str, name: &'static str, value: impl Into<String>) -> Self {
        Self { long: true, ..Self::line(label, name, value) }
    }
}

/// The page of a status; `again` is the address from where to try again.
pub(crate) fn page(status: StatusCode, text: &str, again: &str, typed: Option<Typed>) -> Response {
    let title = match status.as_u16() {
        403 => "Not allowed",
        404 | 405 => "Not found",
        413 => "Too long",
        429 => "Too many requests",
        502..=504 => "Not reachable",
        _ => "Something went wrong",
    };
    let again = Some(again).filter(|_| status.is_server_error());
    show(status, &ProblemPage { title, text, again, typed })
}

/// For every address that is none of ours.
pub(crate) async fn not_found() -> Response {
    bare(StatusCode::NOT_FOUND)
}

/// A status of which nothing more is known.
fn bare(status: StatusCode) -> Response {
    page(status, words::status(status), "/", None)
}

/// Gives a page to every error that has none: a wrong method, a form that cannot be read or comes from another site.
pub(crate) async fn explain(answer: Response) -> Response {
    let status = answer.status();
    let kind = answer.headers().get(header::CONTENT_TYPE);
    let is_page = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_page || !(status.is_client_error() || status.is_server_error()) {
        return answer;
    }
    let mut page = bare(status);
    let (mut head, _) = answer.into_parts();
    for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH] {
        head.headers.remove(name);
    }
    page.headers_mut().extend(head.headers);
    page
}

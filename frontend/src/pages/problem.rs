//! The page for what cannot be shown.

use askama::Template;
use axum::response::Response;
use http::StatusCode;

use super::show;

/// Says what went wrong and what to do.
#[derive(Template)]
#[template(path = "problem.html")]
pub(crate) struct ProblemPage<'a> {
    pub title: &'a str,
    pub text: &'a str,
    /// Whether trying again may help.
    pub again: bool,
}

pub(crate) fn page(status: StatusCode, text: &str) -> Response {
    let title = match status.as_u16() {
        404 => "Not found",
        429 => "Too many requests",
        502..=504 => "Not reachable",
        _ => "Something went wrong",
    };
    show(status, &ProblemPage { title, text, again: status.is_server_error() })
}

/// For every address that is none of ours.
pub(crate) async fn not_found() -> Response {
    page(StatusCode::NOT_FOUND, "There is no page at this address.")
}

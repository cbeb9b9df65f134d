//! Pages and their parts: a struct for each template, with what it shows and how it decides.

pub(crate) mod account;
pub(crate) mod chat;
pub(crate) mod home;
pub(crate) mod list;
pub(crate) mod problem;
pub(crate) mod row;
#[cfg(test)]
mod samples;
pub(crate) mod shell;
pub(crate) mod task;
pub(crate) mod update;

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;

/// A template as an answer.
pub(crate) fn show(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a template failed");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

//! Signing in and registering.

use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;

use super::show;
use crate::{
    extract::Query,
    view::{encoded, local},
    visit::Visit,
};

/// The form to sign in.
#[derive(Template, Default)]
#[template(path = "login.html")]
pub(crate) struct LoginPage {
    pub email: String,
    pub error: Option<String>,
    pub next: String,
}

/// The form to register.
#[derive(Template, Default)]
#[template(path = "register.html")]
pub(crate) struct RegisterPage {
    pub name: String,
    pub email: String,
    pub error: Option<String>,
    pub next: String,
}

/// Where to go afterwards.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Next {
    #[serde(default)]
    next: String,
}

impl LoginPage {
    fn query(&self) -> String {
        query(&self.next)
    }
}

impl RegisterPage {
    fn query(&self) -> String {
        query(&self.next)
    }
}

/// Carries `next` to the other form.
fn query(next: &str) -> String {
    if next == "/" { String::new() } else { format!("?next={}", encoded(next)) }
}

/// Where to go, if it is an address of ours.
pub(crate) fn next(text: &str) -> String {
    local(text).unwrap_or("/").to_owned()
}

/// `GET /login`
pub(crate) async fn login(visit: Visit, Query(query): Query<Next>) -> Response {
    let next = next(&query.next);
    if signed_in(&visit).await {
        return Redirect::to(&next).into_response();
    }
    show(StatusCode::OK, &LoginPage { next, ..LoginPage::default() })
}

/// `GET /register`
pub(crate) async fn register(visit: Visit, Query(query): Query<Next>) -> Response {
    let next = next(&query.next);
    if signed_in(&visit).await {
        return Redirect::to(&next).into_response();
    }
    show(StatusCode::OK, &RegisterPage { next, ..RegisterPage::default() })
}

/// A backend that does not answer counts as no: the form can be read meanwhile.
async fn signed_in(visit: &Visit) -> bool {
    visit.api.session().await.is_ok_and(|answer| answer.body.is_some())
}

//! Signing in, registering, signing out.

use api::{Failure, SignIn, SignUp};
use axum::{
    extract::Form,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use crate::{
    pages::{
        account::{LoginPage, RegisterPage, next},
        show,
    },
    visit::Visit,
    words,
};

/// The form to sign in.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct LoginForm {
    email: String,
    password: String,
    remember_me: Option<String>,
    next: String,
}

/// The form to register.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct RegisterForm {
    name: String,
    email: String,
    password: String,
    next: String,
}

/// `POST /login`
pub(crate) async fn login(visit: Visit, Form(form): Form<LoginForm>) -> Response {
    let LoginForm { email, password, remember_me, next: to } = form;
    let next = next(&to);
    let email = email.trim().to_owned();
    let body = SignIn { email, password, remember_me: remember_me.is_some() };
    match visit.api.sign_in(&body).await {
        Ok(_) => Redirect::to(&next).into_response(),
        Err(failure) => {
            let error = Some(told(&failure));
            show(failure.status(), &LoginPage { email: body.email, error, next })
        }
    }
}

/// `POST /register`
pub(crate) async fn register(visit: Visit, Form(form): Form<RegisterForm>) -> Response {
    let RegisterForm { name, email, password, next: to } = form;
    let next = next(&to);
    let body = SignUp { name: name.trim().to_owned(), email: email.trim().to_owned(), password };
    match visit.api.sign_up(&body).await {
        Ok(_) => Redirect::to(&next).into_response(),
        Err(failure) => {
            let (error, status) = (Some(told(&failure)), failure.status());
            show(status, &RegisterPage { name: body.name, email: body.email, error, next })
        }
    }
}

/// `POST /logout`
pub(crate) async fn logout(visit: Visit) -> Response {
    match visit.api.sign_out().await {
        Ok(_) => Redirect::to("/login").into_response(),
        Err(failure) => visit.refuse(&failure, "/"),
    }
}

/// Better Auth's answers in words that help.
fn told(failure: &Failure) -> String {
    let Failure::Auth(problem) = failure else {
        return words::failure(failure);
    };
    let words = match problem.code.as_deref() {
        Some("INVALID_EMAIL_OR_PASSWORD") => "This email address and password do not match.",
        Some("INVALID_EMAIL") => "This is not an email address.",
        Some("PASSWORD_TOO_SHORT") => "The password needs at least 8 characters.",
        Some("PASSWORD_TOO_LONG") => "The password may have at most 128 characters.",
        Some("USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL") => {
            "There is an account with this email address already. Sign in, or use another one."
        }
        Some("VALIDATION_ERROR") => "Fill in a valid email address and a password.",
        _ if problem.status == 429 => "Too many attempts. Wait a few seconds, then try again.",
        _ => return problem.message.clone(),
    };
    words.to_owned()
}

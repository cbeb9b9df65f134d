//! Completing, reopening, deleting a task, and undoing a change.

use api::{Answer, Failure};
use axum::{extract::Form, response::Response};
use serde::Deserialize;

use super::{made, refused};
use crate::{
    extract::Number,
    flash::{Deed, Flash},
    pages::update::Update,
    visit::Visit,
};

/// Where the button stood.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Back {
    back: String,
}

/// `POST /tasks/{number}/complete`
pub(crate) async fn complete(
    visit: Visit,
    Number(number): Number,
    Form(form): Form<Back>,
) -> Response {
    let answer = visit.api.complete_task(number).await;
    tell(&visit, &form, Deed::Completed, answer).await
}

/// `POST /tasks/{number}/reopen`
pub(crate) async fn reopen(
    visit: Visit,
    Number(number): Number,
    Form(form): Form<Back>,
) -> Response {
    let answer = visit.api.reopen_task(number).await;
    tell(&visit, &form, Deed::Reopened, answer).await
}

/// `POST /tasks/{number}/delete`
pub(crate) async fn delete(
    visit: Visit,
    Number(number): Number,
    Form(form): Form<Back>,
) -> Response {
    let answer = visit.api.delete_task(number).await;
    tell(&visit, &form, Deed::Deleted, answer).await
}

/// `POST /changes/{number}/undo`
pub(crate) async fn undo(visit: Visit, Number(number): Number, Form(form): Form<Back>) -> Response {
    let back = visit.back(&form.back);
    match visit.api.undo(number).await {
        Ok(answer) => {
            let flash = Flash::new(Deed::Undone, Some(answer.body.change));
            let update = Update { undone: Some(number), ..Update::default() };
            made(&visit, &back, flash, update).await
        }
        Err(failure) => refused(&visit, &back, &failure, Update::default()).await,
    }
}

async fn tell<T>(
    visit: &Visit,
    form: &Back,
    deed: Deed,
    answer: Result<Answer<T>, Failure>,
) -> Response {
    let back = visit.back(&form.back);
    match answer {
        Ok(answer) => made(visit, &back, Flash::new(deed, answer.change), Update::default()).await,
        Err(failure) => refused(visit, &back, &failure, Update::default()).await,
    }
}

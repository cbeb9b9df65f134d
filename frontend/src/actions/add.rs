//! `POST /tasks`: quick add.

use api::NewTask;
use axum::{extract::Form, response::Response};
use http::StatusCode;
use serde::Deserialize;

use super::{made, redraw};
use crate::{
    due::Due,
    flash::{Deed, Flash},
    pages::{
        list::ListPage,
        problem::{Field, Typed},
        shell::Toast,
        show,
        update::Update,
    },
    view::Place,
    visit::Visit,
    words,
};

/// The quick-add box.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct QuickAddForm {
    text: String,
    back: String,
    /// The tag of the page, for text that names none.
    tag: String,
}

pub(crate) async fn add(visit: Visit, Form(form): Form<QuickAddForm>) -> Response {
    let back = visit.back(&form.back);
    let text = match form.tag.as_str() {
        "" => form.text.clone(),
        tag if names(&form.text, tag) || tag.contains(char::is_whitespace) => form.text.clone(),
        tag => format!("{} #{tag}", form.text.trim_end()),
    };
    let task = NewTask { text: Some(text), ..NewTask::default() };
    let failure = match visit.api.add_task(&task).await {
        Ok(added) => {
            let task = Some(added.body.task.number);
            let flash = Flash { deed: Deed::Added, change: added.change, task };
            let now = visit.zone(added.zone.as_deref()).at(visit.now);
            let due = added.body.task.due_date.map(|due| Due::new(&due, &now).text);
            let toast = Some(Toast { detail: due, ..Toast::default() });
            let quick_error = Some(String::new());
            let update = Update { toast, quick_error, ..Update::default() };
            return made(&visit, &back, flash, update).await;
        }
        Err(failure) => failure,
    };
    let status = failure.status();
    if status == StatusCode::UNAUTHORIZED {
        return visit.sign_in(&back);
    }
    let error = words::failure(&failure);
    if visit.htmx {
        let update = Update { quick_error: Some(error), ..Update::default() };
        return redraw(&visit, &back, status, update).await;
    }
    if let Ok(mut page) = ListPage::load(&visit, &Place::list_at(&back)).await {
        (page.quick_add.text, page.quick_add.error) = (form.text, Some(error));
        return show(status, &page);
    }
    let fields = vec![
        Field::line("Task", "text", form.text),
        Field::hidden("tag", form.tag),
        Field::hidden("back", back.as_str()),
    ];
    let typed = Typed { action: "/tasks".to_owned(), fields };
    visit.refuse_form(&failure, &back, Some(typed))
}

/// Whether a text has `#tag` already.
fn names(text: &str, tag: &str) -> bool {
    let wanted = format!("#{}", tag.to_lowercase());
    text.split_whitespace().any(|word| word.to_lowercase() == wanted)
}

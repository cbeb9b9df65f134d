//! `POST /tasks/{number}/edit`: saving the form of a task.

use api::{Failure, FieldError, Problem, TaskPatch};
use axum::{
    extract::Form,
    response::{IntoResponse, Redirect, Response},
};
use http::StatusCode;

use crate::{
    due::Due,
    extract::Number,
    flash::{Deed, Flash},
    pages::{
        problem::{Field, Typed},
        show,
        task::{Fields, TaskPage},
    },
    view::local,
    visit::{Visit, with_cookies},
};

pub(crate) async fn edit(
    visit: Visit,
    Number(number): Number,
    Form(fields): Form<Fields>,
) -> Response {
    let back = local(&fields.back).unwrap_or("/").to_owned();
    match save(&visit, number, &fields).await {
        Ok(change) => {
            let told = change.map(|change| Flash::new(Deed::Saved, Some(change)).cookie());
            with_cookies(Redirect::to(&back).into_response(), told)
        }
        Err(failure) if failure.status() == StatusCode::UNAUTHORIZED => {
            visit.sign_in(&format!("/tasks/{number}"))
        }
        Err(failure) => again(&visit, number, fields, &back, &failure).await,
    }
}

/// Writes what differs, if the task is still as the user saw it. Gives the change, if there was one.
async fn save(visit: &Visit, number: i64, fields: &Fields) -> Result<Option<i64>, Failure> {
    if fields.due_day.trim().is_empty() && !fields.due_time.trim().is_empty() {
        return Err(no_day());
    }
    let current = visit.api.task(number).await?;
    let now = visit.zone(current.zone.as_deref()).at(visit.now);
    let due = current.body.due_date.as_ref().map(|due| Due::new(due, &now));
    let patch = patch(&Fields::of(&current.body, due.as_ref(), ""), fields);
    if patch == TaskPatch::default() {
        return Ok(None);
    }
    let version = fields.version.parse().ok();
    visit.api.update_task(number, version, &patch).await.map(|answer| answer.change)
}

/// The form once more, with what was typed and why it was not taken.
async fn again(
    visit: &Visit,
    number: i64,
    fields: Fields,
    back: &str,
    failure: &Failure,
) -> Response {
    let fields = Fields { back: back.to_owned(), ..fields };
    let Ok(page) = TaskPage::load(visit, number, back).await else {
        return visit.refuse_form(failure, back, Some(typed(number, fields)));
    };
    let version = match failure.status() {
        // The version of now: whoever saves again has read that something changed.
        StatusCode::PRECONDITION_FAILED => page.fields.version.clone(),
        _ => fields.version.clone(),
    };
    let page = TaskPage { fields: Fields { version, ..fields }, ..page }.refused(failure);
    show(failure.status(), &page)
}

/// The form for a page without the task.
fn typed(number: i64, fields: Fields) -> Typed {
    let action = format!("/tasks/{number}/edit");
    let fields = vec![
        Field::line("Title", "title", fields.title),
        Field::text("Description", "description", fields.description),
        Field::line("Due day", "due_day", fields.due_day),
        Field::line("Time", "due_time", fields.due_time),
        Field::line("Tags, separated by commas", "tags", fields.tags),
        Field::hidden("priority", fields.priority),
        Field::hidden("version", fields.version),
        Field::hidden("back", fields.back),
    ];
    Typed { action, fields }
}

/// The refusal of a time that no day goes with.
fn no_day() -> Failure {
    let message = "Choose a day for the time".to_owned();
    Failure::Problem(Box::new(Problem {
        kind: "/problems/invalid".to_owned(),
        title: "Unprocessable Content".to_owned(),
        status: 422,
        detail: message.clone(),
        code: "invalid".to_owned(),
        request_id: String::new(),
        errors: vec![FieldError { field: "due_date".to_owned(), message }],
        changes: Vec::new(),
    }))
}

/// What differs between two forms.
fn patch(before: &Fields, after: &Fields) -> TaskPatch {
    let after = &Fields { description: after.description.replace("\r\n", "\n"), ..after.clone() };
    let differs = |field: fn(&Fields) -> &String| {
        let (before, after) = (field(before).trim(), field(after).trim());
        (before != after).then(|| after.to_owned())
    };
    let filled = |text: String| Some(text).filter(|text| !text.is_empty());
    let due = (due(before) != due(after)).then(|| due(after));
    TaskPatch {
        title: differs(|fields| &fields.title),
        description: differs(|fields| &fields.description).map(filled),
        due_date: due,
        priority: differs(|fields| &fields.priority).map(|text| text.parse().ok()),
        tags: (tags(before) != tags(after)).then(|| tags(after)),
        ..TaskPatch::default()
    }
}

/// A day, or a day with a time.
fn due(fields: &Fields) -> Option<String> {
    match (fields.due_day.trim(), fields.due_time.trim()) {
        ("", _) => None,
        (day, "") => Some(day.to_owned()),
        (day, time) => Some(format!("{day}T{time}")),
    }
}

fn tags(fields: &Fields) -> Vec<String> {
    let names = fields.tags.split(',').map(|name| name.trim().trim_start_matches('#').to_owned());
    names.filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_sent() {
        let before = Fields {
            title: "Pay rent".to_owned(),
            description: "a\nb".to_owned(),
            due_day: "2026-12-01".to_owned(),
            due_time: "09:00".to_owned(),
            priority: "1".to_owned(),
            tags: "home, money".to_owned(),
            ..Fields::default()
        };
        let same = Fields {
            description: "a\r\nb".to_owned(),
            tags: "home,#money ,".to_owned(),
            ..before.clone()
        };
        assert_eq!(patch(&before, &same), TaskPatch::default());

        let other = Fields {
            description: String::new(),
            due_time: String::new(),
            priority: String::new(),
            ..before.clone()
        };
        let patch = patch(&before, &other);
        assert_eq!(patch.description, Some(None));
        assert_eq!(patch.due_date, Some(Some("2026-12-01".to_owned())));
        assert_eq!(patch.priority, Some(None));
        assert_eq!((patch.title, patch.tags), (None, None));
    }
}

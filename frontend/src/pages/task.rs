//! One task: all its fields.

use api::{Failure, FieldError, TaskBody};
use askama::Template;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;

use super::{home::Home, shell::Shell, show};
use crate::{
    due::Due,
    extract::{Number, Query},
    flash::Flash,
    view::{View, local},
    visit::{Visit, with_cookies},
    words,
};

/// The form of a task.
#[derive(Template)]
#[template(path = "task.html")]
pub(crate) struct TaskPage {
    pub shell: Shell,
    pub number: i64,
    pub done: bool,
    pub fields: Fields,
    /// Why it was not saved, as far as no field is to blame.
    pub error: Option<String>,
    /// What is wrong with fields, by their names in the API.
    pub wrong: Vec<FieldError>,
    /// When it was made, in words.
    pub created: String,
}

/// The fields that say themselves what is wrong with them.
const FIELDS: [&str; 5] = ["title", "description", "due_date", "priority", "tags"];

/// What the form holds, as text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    pub title: String,
    pub description: String,
    /// `2026-12-01`, or nothing.
    pub due_day: String,
    /// `09:00`, or nothing.
    pub due_time: String,
    /// `1` to `3`, or nothing.
    pub priority: String,
    /// Names, separated by commas.
    pub tags: String,
    /// The version that was read.
    pub version: String,
    pub back: String,
}

/// Where the list is that the user came from.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Back {
    #[serde(default)]
    back: String,
}

/// `GET /tasks/{number}`
pub(crate) async fn task(
    visit: Visit,
    Number(number): Number,
    Query(query): Query<Back>,
) -> Response {
    let back = local(&query.back).unwrap_or("/").to_owned();
    match TaskPage::load(&visit, number, &back).await {
        Ok(page) => {
            let told = visit.flash.map(|_| Flash::clear());
            with_cookies(show(StatusCode::OK, &page), told)
        }
        Err(failure) => visit.refuse(&failure, visit.address()),
    }
}

impl TaskPage {
    pub(crate) async fn load(visit: &Visit, number: i64, back: &str) -> Result<Self, Failure> {
        let (home, task) = tokio::try_join!(Home::load(visit), visit.api.task(number))?;
        Ok(Self::new(&home, &task.body, visit.flash, back))
    }

    pub(crate) fn new(home: &Home, task: &TaskBody, flash: Option<Flash>, back: &str) -> Self {
        let due = home.due(task);
        let created = task.created_at.0.to_zoned(home.now.time_zone().clone());
        Self {
            shell: Shell::new(home, &View::Task(task.number), flash, back),
            number: task.number,
            done: task.completed,
            fields: Fields::of(task, due.as_ref(), back),
            error: None,
            wrong: Vec::new(),
            created: created.strftime("%-d %B %Y, %H:%M").to_string(),
        }
    }
}

impl TaskPage {
    /// The form that was not saved, with the reasons beside the fields that they are about.
    pub(crate) fn refused(mut self, failure: &Failure) -> Self {
        let errors = match failure {
            Failure::Problem(problem) if problem.status == 422 => problem.errors.clone(),
            _ => Vec::new(),
        };
        let has_field = |error: &FieldError| FIELDS.contains(&error.field.as_str());
        let (wrong, others): (Vec<_>, Vec<_>) = errors.into_iter().partition(has_field);
        self.error = match (wrong.is_empty(), others.is_empty()) {
            (true, _) => Some(words::failure(failure)),
            (false, true) => None,
            (false, false) => Some(words::sentences(&others)),
        };
        self.wrong = wrong;
        self
    }

    /// What is wrong with a field.
    fn wrong(&self, field: &str) -> Option<String> {
        let text = words::sentences(self.wrong.iter().filter(|error| error.field == field));
        Some(text).filter(|text| !text.is_empty())
    }
}

impl Fields {
    /// The fields of a task; `due` is told in the user's zone.
    pub(crate) fn of(task: &TaskBody, due: Option<&Due>, back: &str) -> Self {
        let names: Vec<_> = task.tags.iter().map(|tag| tag.name.as_str()).collect();
        Self {
            title: task.title.clone(),
            description: task.description.clone().unwrap_or_default(),
            due_day: due.map(|due| due.day.to_string()).unwrap_or_default(),
            due_time: due.and_then(|due| due.time.clone()).unwrap_or_default(),
            priority: task.priority.map(|priority| priority.to_string()).unwrap_or_default(),
            tags: names.join(", "),
            version: task.version.to_string(),
            back: back.to_owned(),
        }
    }
}

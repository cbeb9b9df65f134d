//! The lists: today, all, and those of a tag.

use api::{Failure, TaskBody, TaskListQuery};
use askama::Template;
use axum::response::Response;
use http::StatusCode;

use super::{
    home::{self, Home},
    problem,
    row::Row,
    shell::Shell,
    show,
};
use crate::{
    due::When,
    flash::Flash,
    view::{Place, View},
    visit::{Visit, with_cookies},
    words,
};

/// A list with its surroundings.
#[derive(Template)]
#[template(path = "list.html")]
pub(crate) struct ListPage {
    pub shell: Shell,
    pub title: String,
    /// Today's date, beside the title.
    pub date: String,
    pub quick_add: QuickAdd,
    pub list: List,
}

/// The rows.
#[derive(Template)]
#[template(path = "groups.html")]
pub(crate) struct List {
    pub groups: Vec<Group>,
    /// What to say when there are none.
    pub empty: &'static str,
    /// On All: whether done tasks are shown too; none elsewhere.
    pub done: Option<bool>,
    /// The address of the rows that follow.
    pub more: Option<String>,
}

/// Rows under a heading.
pub(crate) struct Group {
    pub when: &'static str,
    pub title: &'static str,
    pub rows: Vec<Row>,
    /// Whether the next page may have more of them.
    pub more: bool,
}

/// The box on top.
#[derive(Template, Default)]
#[template(path = "quick_add.html")]
pub(crate) struct QuickAdd {
    /// What was typed and not taken.
    pub text: String,
    pub error: Option<String>,
    pub back: String,
    /// The words that the box begins with, such as `#home ` on the page of that tag.
    pub tag: Option<String>,
}

/// `GET /`, `/all` and `/tags/{name}`
pub(crate) async fn list(visit: Visit) -> Response {
    let Some(place) = Place::at(visit.address()) else { return problem::not_found().await };
    match ListPage::load(&visit, &place).await {
        Ok(page) => {
            let told = visit.flash.map(|_| Flash::clear());
            with_cookies(show(StatusCode::OK, &page), told)
        }
        // The cursor of an old or mistyped address: the list from its beginning.
        Err(failure) if words::is_about(&failure, "cursor") => visit.go(&place.view.address()),
        Err(failure) => visit.refuse(&failure, visit.address()),
    }
}

impl ListPage {
    pub(crate) async fn load(visit: &Visit, place: &Place) -> Result<Self, Failure> {
        let home = Home::load(visit).await?;
        let list = List::load(visit, &home, place).await?;
        Ok(Self::new(&home, place, list, visit.flash))
    }

    pub(crate) fn new(home: &Home, place: &Place, list: List, flash: Option<Flash>) -> Self {
        let back = place.address();
        let (title, tag) = match &place.view {
            View::All { .. } => ("All".to_owned(), None),
            View::Tag(name) => (format!("#{name}"), Some(name.clone())),
            _ => ("Today".to_owned(), None),
        };
        Self {
            shell: Shell::new(home, &place.view, flash, &back),
            title,
            date: home.now.strftime("%a %-d %B").to_string(),
            quick_add: QuickAdd { back, tag, ..QuickAdd::default() },
            list,
        }
    }
}

impl List {
    pub(crate) async fn load(visit: &Visit, home: &Home, place: &Place) -> Result<Self, Failure> {
        let mut list = match Self::query(home, place) {
            Some(query) => {
                let answer = visit.api.tasks(&query).await?;
                Self::new(home, place, &answer.body, answer.next)
            }
            None => Self::new(home, place, &home.open, home.next.clone()),
        };
        if place.view == (View::All { done: true }) {
            let done = visit.api.tasks(&done()).await?.body;
            let rows = done.iter().map(|task| Row::new(task, &home.now).from(place)).collect();
            list.groups.push(Group { when: "done", title: "Done", rows, more: false });
        }
        Ok(list)
    }

    /// What to ask for, unless the open tasks that every page loads hold all of it.
    fn query(home: &Home, place: &Place) -> Option<TaskListQuery> {
        let whole = home.next.is_none() && place.after.is_none();
        let query = match &place.view {
            _ if whole => return None,
            View::All { .. } if place.after.is_none() => return None,
            View::Today => {
                TaskListQuery { due_to: Some(home.now.date().to_string()), ..home::open() }
            }
            View::Tag(name) => TaskListQuery { tag: vec![name.clone()], ..home::open() },
            _ => home::open(),
        };
        Some(TaskListQuery { cursor: place.after.clone(), ..query })
    }

    /// The open ones of `tasks` that belong to the view, under headings; `next` is the cursor of those that follow.
    pub(crate) fn new(
        home: &Home,
        place: &Place,
        tasks: &[TaskBody],
        next: Option<String>,
    ) -> Self {
        let view = &place.view;
        let belongs = |task: &&TaskBody| match view {
            View::Tag(name) => {
                task.tags.iter().any(|tag| tag.name.to_lowercase() == name.to_lowercase())
            }
            View::Today => home.is_for_today(task),
            _ => true,
        };
        let mut groups: Vec<Group> = Vec::new();
        for (when, class, title) in [
            (When::Overdue, "overdue", "Overdue"),
            (When::Today, "today", "Today"),
            (When::Upcoming, "upcoming", "Upcoming"),
            (When::Someday, "someday", "No date"),
        ] {
            let mut rows: Vec<Row> = tasks
                .iter()
                .filter(belongs)
                .filter(|task| home.due(task).map_or(When::Someday, |due| due.when) == when)
                .map(|task| {
                    Row { day_is_known: when == When::Today, ..Row::new(task, &home.now) }
                        .from(place)
                })
                .collect();
            if when == When::Today {
                // Those with a time by their time, then the rest, what matters most first.
                rows.sort_by_key(|row| {
                    let time = row.due.as_ref().and_then(|due| due.time.clone());
                    (time.is_none(), time, row.priority.map_or(9, |priority| priority as u8))
                });
            }
            if !rows.is_empty() {
                groups.push(Group { when: class, title, rows, more: false });
            }
        }
        if let Some(last) = groups.last_mut() {
            last.more = next.is_some();
        }
        let empty = match view {
            _ if place.after.is_some() => "Nothing more here.",
            View::Today => "Nothing due today. Add a task, or ask the chat.",
            View::Tag(_) => "No open tasks with this tag.",
            _ => "Nothing to do. Add a task, or ask the chat.",
        };
        let done = match view {
            View::All { done } => Some(*done),
            _ => None,
        };
        let more = next.map(|next| Place { view: view.clone(), after: Some(next) }.address());
        Self { groups, empty, done, more }
    }
}

/// The tasks that were done last.
fn done() -> TaskListQuery {
    TaskListQuery {
        status: Some("completed".to_owned()),
        sort_by: Some("updated_at".to_owned()),
        limit: Some("50".to_owned()),
        ..TaskListQuery::default()
    }
}

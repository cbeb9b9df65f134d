//! The lists: today, all, and those of a tag.

use api::{Failure, TaskBody, TaskListQuery};
use askama::Template;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;

use super::{
    home::{self, Home},
    row::Row,
    shell::Shell,
    show,
};
use crate::{
    due::When,
    extract::{Name, Query},
    flash::Flash,
    view::View,
    visit::{Visit, with_cookies},
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

/// Where a long list goes on.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct After {
    after: Option<String>,
}

/// `GET /`
pub(crate) async fn today(visit: Visit) -> Response {
    page(&visit, View::Today, None).await
}

/// `GET /all`
pub(crate) async fn all(visit: Visit, Query(after): Query<After>) -> Response {
    let view = View::at(visit.address()).unwrap_or(View::All { done: false });
    page(&visit, view, after.after).await
}

/// `GET /tags/{name}`
pub(crate) async fn tag(visit: Visit, Name(name): Name, Query(after): Query<After>) -> Response {
    page(&visit, View::Tag(name), after.after).await
}

async fn page(visit: &Visit, view: View, after: Option<String>) -> Response {
    match ListPage::load(visit, &view, after).await {
        Ok(page) => {
            let told = visit.flash.map(|_| Flash::clear());
            with_cookies(show(StatusCode::OK, &page), told)
        }
        Err(failure) => visit.refuse(&failure, visit.address()),
    }
}

impl ListPage {
    pub(crate) async fn load(
        visit: &Visit,
        view: &View,
        after: Option<String>,
    ) -> Result<Self, Failure> {
        let home = Home::load(visit).await?;
        let list = List::load(visit, &home, view, after).await?;
        Ok(Self::new(&home, view, list, visit.flash))
    }

    pub(crate) fn new(home: &Home, view: &View, list: List, flash: Option<Flash>) -> Self {
        let back = view.address();
        let (title, tag) = match view {
            View::All { .. } => ("All".to_owned(), None),
            View::Tag(name) => (format!("#{name}"), Some(name.clone())),
            _ => ("Today".to_owned(), None),
        };
        Self {
            shell: Shell::new(home, view, flash, &back),
            title,
            date: home.now.strftime("%a %-d %B").to_string(),
            quick_add: QuickAdd { back, tag, ..QuickAdd::default() },
            list,
        }
    }
}

impl List {
    pub(crate) async fn load(
        visit: &Visit,
        home: &Home,
        view: &View,
        after: Option<String>,
    ) -> Result<Self, Failure> {
        let query = match view {
            View::Tag(name) if home.next.is_some() || after.is_some() => {
                Some(TaskListQuery { tag: vec![name.clone()], cursor: after, ..home::open() })
            }
            View::All { .. } if after.is_some() => {
                Some(TaskListQuery { cursor: after, ..home::open() })
            }
            _ => None,
        };
        let mut list = if let Some(query) = query {
            let answer = visit.api.tasks(&query).await?;
            Self::new(home, view, &answer.body, answer.next.as_deref())
        } else {
            let next = home.next.as_deref().filter(|_| matches!(view, View::All { .. }));
            Self::new(home, view, &home.open, next)
        };
        if *view == (View::All { done: true }) {
            let done = visit.api.tasks(&done()).await?.body;
            let rows = done.iter().map(|task| Row::new(task, &home.now).from(view)).collect();
            list.groups.push(Group { when: "done", title: "Done", rows });
        }
        Ok(list)
    }

    /// The open ones of `tasks` that belong to the view, under headings.
    pub(crate) fn new(home: &Home, view: &View, tasks: &[TaskBody], next: Option<&str>) -> Self {
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
                        .from(view)
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
                groups.push(Group { when: class, title, rows });
            }
        }
        let empty = match view {
            View::Today => "Nothing due today. Add a task, or ask the chat.",
            View::Tag(_) => "No open tasks with this tag.",
            _ => "Nothing to do. Add a task, or ask the chat.",
        };
        let done = match view {
            View::All { done } => Some(*done),
            _ => None,
        };
        let more = next.map(|next| {
            let address = view.address();
            let sign = if address.contains('?') { '&' } else { '?' };
            format!("{address}{sign}after={}", crate::view::encoded(next))
        });
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

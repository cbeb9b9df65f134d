//! What every page of a signed-in user needs from the backend.

use api::{AuthProblem, Failure, TagWithCount, TaskBody, TaskListQuery, User};
use jiff::Zoned;

use crate::{
    due::{Due, When},
    visit::Visit,
    zone::Offer,
};

/// How many rows a list shows at once.
const PAGE: &str = "200";

/// The user, the open tasks that come first, the tags.
pub(crate) struct Home {
    pub user: User,
    /// Open tasks by due date, those without one last.
    pub open: Vec<TaskBody>,
    /// Continues `open`.
    pub next: Option<String>,
    pub tags: Vec<TagWithCount>,
    pub now: Zoned,
    pub offer: Option<Offer>,
}

impl Home {
    pub(crate) async fn load(visit: &Visit) -> Result<Self, Failure> {
        let open = open();
        let (session, open, tags) =
            tokio::try_join!(visit.api.session(), visit.api.tasks(&open), visit.api.tags())?;
        let user = session.body.ok_or_else(nobody)?.user;
        let zone = visit.zone(open.zone.as_deref());
        Ok(Self {
            user,
            now: zone.at(visit.now),
            offer: zone.offer,
            open: open.body,
            next: open.next,
            tags: tags.body,
        })
    }

    /// When a task is due, told in the user's zone.
    pub(crate) fn due(&self, task: &TaskBody) -> Option<Due> {
        task.due_date.as_ref().map(|due| Due::new(due, &self.now))
    }

    /// Whether an open task stands on Today.
    pub(crate) fn is_for_today(&self, task: &TaskBody) -> bool {
        self.due(task).is_some_and(|due| due.when <= When::Today)
    }
}

/// Open tasks by due date.
pub(crate) fn open() -> TaskListQuery {
    TaskListQuery {
        status: Some("pending".to_owned()),
        sort_by: Some("due_date".to_owned()),
        sort_order: Some("asc".to_owned()),
        limit: Some(PAGE.to_owned()),
        ..TaskListQuery::default()
    }
}

/// Nobody is signed in.
fn nobody() -> Failure {
    Failure::Auth(AuthProblem { status: 401, message: "Unauthorized".to_owned(), code: None })
}

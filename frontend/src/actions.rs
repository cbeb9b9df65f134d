//! What forms do: one call to the backend, then back to where the user was, or the parts that changed.

pub(crate) mod account;
pub(crate) mod add;
pub(crate) mod change;
pub(crate) mod chat;
pub(crate) mod edit;
pub(crate) mod zone;

use api::Failure;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use crate::{
    flash::Flash,
    pages::{
        home::Home,
        list::{List, ListPage},
        shell::{Side, Toast},
        show,
        update::Update,
    },
    view::{Place, View},
    visit::{Visit, with_cookies},
    words,
};

/// After a change that was made: the page it came from says so.
async fn made(visit: &Visit, back: &str, flash: Flash, update: Update) -> Response {
    if !visit.htmx {
        return with_cookies(Redirect::to(back).into_response(), [flash.cookie()]);
    }
    let toast =
        Toast { flash: Some(flash), back: back.to_owned(), ..update.toast.unwrap_or_default() };
    redraw(visit, back, StatusCode::OK, Update { toast: Some(toast), ..update }).await
}

/// After a change that was refused: the list as it is now says why.
async fn refused(visit: &Visit, back: &str, failure: &Failure, update: Update) -> Response {
    let status = failure.status();
    if status == StatusCode::UNAUTHORIZED {
        return visit.sign_in(back);
    }
    let notice = Some(words::failure(failure));
    if visit.htmx {
        let toast = Toast { notice, back: back.to_owned(), ..Toast::default() };
        return redraw(visit, back, status, Update { toast: Some(toast), ..update }).await;
    }
    match ListPage::load(visit, &Place::list_at(back)).await {
        Ok(mut page) => {
            page.shell.toast = Toast { notice, back: back.to_owned(), ..Toast::default() };
            show(status, &page)
        }
        Err(_) => visit.refuse(failure, back),
    }
}

/// The parts of the page at `back` that a change of a task touches, and those of `update`.
async fn redraw(visit: &Visit, back: &str, status: StatusCode, mut update: Update) -> Response {
    let place = Place::at(back).unwrap_or(View::Today.into());
    if let Ok((home, list)) = parts(visit, &place).await {
        update.side = Some(Side::new(&home, &place.view));
        update.list = list;
    }
    show(status, &update)
}

async fn parts(visit: &Visit, place: &Place) -> Result<(Home, Option<List>), Failure> {
    let home = Home::load(visit).await?;
    if !place.view.is_list() {
        return Ok((home, None));
    }
    let list = List::load(visit, &home, place).await?;
    Ok((home, Some(list)))
}

//! The application in a browser that runs no scripts.

use anyhow::Result;

use crate::{
    app::App,
    browser::{Browser, Setting},
    find,
    pages::{ChatPanel, ListPage, Person, sign_out},
};

#[tokio::test]
async fn everything_works_by_forms_and_links() -> Result<()> {
    let app = App::start()?;
    let setting = Setting { scripts: false, ..Setting::default() };
    let browser = Browser::open_as(&app, setting).await?;

    Person::ADA.registers(&browser).await?;
    sign_out(&browser).await?;
    Person::ADA.signs_in(&browser).await?;

    let all = ListPage::all(&browser).await?;
    all.add("pay rent tomorrow 9am #home p1").await?;
    all.shows("pay rent").await?;
    all.press("Complete", "pay rent").await?;
    all.lacks("pay rent").await?;
    all.undo().await?;
    all.shows_as_open("pay rent").await?;

    browser.goto("/chat").await?;
    let chat = ChatPanel::of(&browser).await?;
    chat.say("Add buy groceries").await?;
    chat.shows_card("buy groceries").await?;
    ListPage::all(&browser).await?.shows("buy groceries").await?;

    browser.follow("pay rent").await?;
    browser.press("Delete").await?;
    // Where one came from. To go elsewhere before it is there would be undone by its arrival.
    browser.shows(find::heading("All")).await?;
    ListPage::all(&browser).await?.lacks("pay rent").await?;
    browser.shows(find::row("buy groceries")).await?;
    browser.no_complaints().await
}

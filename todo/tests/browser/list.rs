//! The list: completing, editing, deleting, and bringing back.

use anyhow::{Result, ensure};

use crate::{
    app::App,
    browser::Browser,
    find,
    pages::{ListPage, Person},
};

#[tokio::test]
async fn a_task_is_completed_and_brought_back_at_once() -> Result<()> {
    let app = App::start()?;
    let browser = Browser::open(&app).await?;
    let today = Person::ADA.registers(&browser).await?;

    today.type_and_enter("call the bank today").await?;
    today.shows_as_open("call the bank").await?;
    today.press("Complete", "call the bank").await?;
    today.lacks("call the bank").await?;
    today.undo().await?;
    today.shows_as_open("call the bank").await?;

    today.press("Delete", "call the bank").await?;
    today.lacks("call the bank").await?;
    today.undo().await?;
    today.shows_as_open("call the bank").await?;
    ensure!(browser.path().await? == "/", "the page was left");
    browser.no_complaints().await
}

#[tokio::test]
async fn a_task_is_edited_on_its_page() -> Result<()> {
    let app = App::start()?;
    let browser = Browser::open(&app).await?;
    let today = Person::ADA.registers(&browser).await?;
    today.add("buy milk today").await?;
    today.shows("buy milk").await?;

    browser.follow("buy milk").await?;
    browser.fill("Title", "buy oat milk").await?;
    browser.fill("Tags, separated by commas", "shop, home").await?;
    browser.press("Save").await?;
    // Where one came from. To go elsewhere before it is there would be undone by its arrival.
    today.shows("buy oat milk").await?;

    let all = ListPage::all(&browser).await?;
    all.shows("buy oat milk").await?;
    all.lacks("buy milk").await?;
    browser.follow("shop").await?;
    browser.shows(find::heading("#shop")).await?;
    all.shows("buy oat milk").await?;
    browser.no_complaints().await
}

#[tokio::test]
async fn a_title_is_text_whatever_it_holds() -> Result<()> {
    let app = App::start()?;
    let browser = Browser::open(&app).await?;
    let today = Person::ADA.registers(&browser).await?;
    let title = "<img src=x onerror=alert(1)> & \"so\" forth";

    today.add(&format!("{title} today")).await?;

    today.shows_text(title).await?;
    let script = "return document.querySelectorAll('main img').length";
    ensure!(browser.script::<u32>(script).await? == 0, "the title became an element");
    browser.no_complaints().await
}

//! The first plan's own test of the application.

use anyhow::{Result, ensure};
use thirtyfour::By;

use crate::{
    app::App,
    browser::Browser,
    pages::{ChatPanel, ListPage, Person, sign_out},
};

/// Step 8.2 of the plan, "Test Application", word for word; then what one does next. On a cluster `make e2e-cluster` has
/// it visit the deployed application.
#[tokio::test]
async fn the_application_works() -> Result<()> {
    let mut app = App::deployed_or_own()?;
    let ada = Person::newcomer()?;
    let browser = Browser::open(&app).await?;

    // 1. Open the URL in browser; 2. Register/login.
    ada.registers(&browser).await?;
    sign_out(&browser).await?;
    ada.signs_in(&browser).await?;

    // 3. Create a task manually.
    let all = ListPage::all(&browser).await?;
    let tomorrow = [tomorrow_at_nine(&browser).await?];
    all.add("pay rent tomorrow 9am #home p1").await?;
    all.shows("pay rent").await?;
    let around_midnight = [tomorrow_at_nine(&browser).await?];
    let due = due_of(&browser, "pay rent").await?;
    ensure!([tomorrow, around_midnight].concat().contains(&due), "due on {due}");
    let row = all.row("pay rent").await?.join(" ");
    for part in ["09:00", "High priority", "home"] {
        ensure!(row.contains(part), "no {part} in the row {row:?}");
    }

    app.keep_picture(&browser, "kubernetes-list").await?;

    // 4. Use chat to add a task: "Add buy groceries"; 5. Verify task appears in list.
    let chat = ChatPanel::of(&browser).await?;
    chat.say("Add buy groceries").await?;
    chat.shows_card("buy groceries").await?;
    all.shows_as_open("buy groceries").await?;
    app.keep_picture(&browser, "kubernetes-chat").await?;

    chat.say("mark it done").await?;
    all.lacks("buy groceries").await?;
    chat.say("undo").await?;
    all.shows_as_open("buy groceries").await?;

    // After a restart everything is there: who one is, the tasks, what was said.
    app.restart()?;
    let all = ListPage::all(&browser).await?;
    all.shows("pay rent").await?;
    all.shows("buy groceries").await?;
    ensure!(ChatPanel::of(&browser).await?.answers().await?.len() == 3, "the conversation is gone");
    browser.no_complaints().await
}

/// As a row tells it to who points at the date.
async fn due_of(browser: &Browser, title: &str) -> Result<String> {
    let time = By::XPath(format!("//main//li[.//a[normalize-space() = '{title}']]//time"));
    Ok(browser.element(time).await?.attr("title").await?.unwrap_or_default())
}

/// What the browser's own clock and zone make of it.
async fn tomorrow_at_nine(browser: &Browser) -> Result<String> {
    let script = "
        const tomorrow = new Date();
        tomorrow.setDate(tomorrow.getDate() + 1);
        const told = (parts) => tomorrow.toLocaleDateString('en-GB', parts);
        const day = told({ day: 'numeric', month: 'long', year: 'numeric' });
        return told({ weekday: 'long' }) + ', ' + day + ', 09:00';";
    browser.script(script).await
}

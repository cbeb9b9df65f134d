//! Two people on one application.

use anyhow::{Result, ensure};

use crate::{
    app::App,
    browser::Browser,
    find,
    pages::{ChatPanel, ListPage, Person},
};

#[tokio::test]
async fn nobody_sees_what_is_someone_elses() -> Result<()> {
    let app = App::start()?;
    let (ada, ben) = tokio::try_join!(Browser::open(&app), Browser::open(&app))?;
    Person::ADA.registers(&ada).await?;
    let hers = ListPage::all(&ada).await?;
    hers.add("see the dentist #private").await?;
    hers.shows("see the dentist").await?;

    Person::BEN.registers(&ben).await?;
    let his = ListPage::all(&ben).await?;
    his.lacks("see the dentist").await?;
    ben.hides(find::link("private")).await?;
    let answer = ChatPanel::of(&ben).await?.say("find dentist").await?;
    ensure!(!answer.contains("see the dentist"), "he was told {answer:?}");
    ben.no_complaints().await?;
    // Her first task has number 1; his does not exist.
    ben.goto("/tasks/1").await?;
    ben.hides(find::field("Title")).await?;

    hers.shows("see the dentist").await?;
    ada.no_complaints().await
}

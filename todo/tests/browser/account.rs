//! Registering and signing in, and what goes wrong there.

use anyhow::{Result, ensure};

use crate::{
    app::App,
    browser::Browser,
    find,
    pages::{ListPage, Person, sign_out},
};

#[tokio::test]
async fn a_wrong_password_is_told_and_keeps_what_was_typed() -> Result<()> {
    let app = App::start()?;
    let browser = Browser::open(&app).await?;
    Person::ADA.registers(&browser).await?;
    sign_out(&browser).await?;

    Person::ADA.tries_to_sign_in(&browser, "incorrect horse").await?;
    browser.shows(find::alert("do not match")).await?;
    let email = browser.element(find::field("Email address")).await?.value().await?;
    ensure!(email.as_deref() == Some(&*Person::ADA.email), "the address is lost: {email:?}");

    browser.forgive_refusals().await?;
    Person::ADA.signs_in(&browser).await?;
    browser.no_complaints().await
}

#[tokio::test]
async fn a_stranger_comes_back_to_where_he_wanted_to_go() -> Result<()> {
    let app = App::start()?;
    let browser = Browser::open(&app).await?;
    Person::ADA.registers(&browser).await?;
    sign_out(&browser).await?;

    browser.goto("/all").await?;
    Person::ADA.tries_to_sign_in(&browser, Person::ADA.password).await?;
    browser.shows(find::heading("All")).await?;
    browser.no_complaints().await
}

#[tokio::test]
async fn an_address_registers_once() -> Result<()> {
    let app = App::start()?;
    let browser = Browser::open(&app).await?;
    let today = Person::ADA.registers(&browser).await?;
    today.add("water the plants today").await?;
    today.shows("water the plants").await?;
    sign_out(&browser).await?;

    browser.goto("/register").await?;
    browser.fill("Email address", &Person::ADA.email).await?;
    browser.fill("Password", Person::BEN.password).await?;
    browser.press("Create account").await?;
    browser.shows(find::alert("There is an account with this email address already")).await?;

    browser.forgive_refusals().await?;
    browser.goto("/login").await?;
    Person::ADA.signs_in(&browser).await?;
    ListPage::today(&browser).await?.shows("water the plants").await?;
    browser.no_complaints().await
}

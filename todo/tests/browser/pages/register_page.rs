//! Registering, signing in, signing out.

use anyhow::Result;

use crate::{browser::Browser, find, pages::ListPage};

/// Somebody with an account, or about to have one.
#[derive(Clone, Copy)]
pub struct Person {
    pub name: &'static str,
    pub email: &'static str,
    pub password: &'static str,
}

impl Person {
    pub const ADA: Self =
        Self { name: "Ada", email: "ada@example.com", password: "correct horse battery" };
    pub const BEN: Self =
        Self { name: "Ben", email: "ben@example.com", password: "staple battery horse" };

    /// From the first page, which a stranger sees, to the list of today.
    pub async fn registers(self, browser: &Browser) -> Result<ListPage<'_>> {
        browser.goto("/").await?;
        browser.follow("Register").await?;
        browser.shows(find::heading("Create an account")).await?;
        browser.fill("Name", self.name).await?;
        browser.fill("Email address", self.email).await?;
        browser.fill("Password", self.password).await?;
        browser.press("Create account").await?;
        ListPage::today(browser).await
    }

    pub async fn signs_in(self, browser: &Browser) -> Result<ListPage<'_>> {
        self.tries_to_sign_in(browser, self.password).await?;
        ListPage::today(browser).await
    }

    pub async fn tries_to_sign_in(self, browser: &Browser, password: &str) -> Result<()> {
        browser.shows(find::heading("Sign in")).await?;
        browser.fill("Email address", self.email).await?;
        browser.fill("Password", password).await?;
        browser.press("Sign in").await
    }
}

/// Ends the session by the button that every page has.
pub async fn sign_out(browser: &Browser) -> Result<()> {
    browser.press("Sign out").await?;
    browser.shows(find::heading("Sign in")).await
}

//! Registering, signing in, signing out.

use std::{
    borrow::Cow,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::Result;

use crate::{browser::Browser, find, pages::ListPage};

/// Somebody with an account, or about to have one.
pub struct Person {
    pub name: &'static str,
    pub email: Cow<'static, str>,
    pub password: &'static str,
}

impl Person {
    pub const ADA: Self = Self {
        name: "Ada",
        email: Cow::Borrowed("ada@example.com"),
        password: "correct horse battery",
    };
    pub const BEN: Self = Self {
        name: "Ben",
        email: Cow::Borrowed("ben@example.com"),
        password: "staple battery horse",
    };

    /// Somebody whom no application has seen, also one that was deployed long ago.
    #[expect(clippy::disallowed_methods, reason = "a name that no run before this had; not tested")]
    pub fn newcomer() -> Result<Self> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_micros();
        Ok(Self { email: Cow::Owned(format!("ada-{now}@example.com")), ..Self::ADA })
    }

    /// From the first page, which a stranger sees, to the list of today.
    pub async fn registers<'a>(&self, browser: &'a Browser) -> Result<ListPage<'a>> {
        browser.goto("/").await?;
        browser.follow("Register").await?;
        browser.shows(find::heading("Create an account")).await?;
        browser.fill("Name", self.name).await?;
        browser.fill("Email address", &self.email).await?;
        browser.fill("Password", self.password).await?;
        browser.press("Create account").await?;
        ListPage::today(browser).await
    }

    pub async fn signs_in<'a>(&self, browser: &'a Browser) -> Result<ListPage<'a>> {
        self.tries_to_sign_in(browser, self.password).await?;
        ListPage::today(browser).await
    }

    pub async fn tries_to_sign_in(&self, browser: &Browser, password: &str) -> Result<()> {
        browser.shows(find::heading("Sign in")).await?;
        browser.fill("Email address", &self.email).await?;
        browser.fill("Password", password).await?;
        browser.press("Sign in").await
    }
}

/// Ends the session by the button that every page has.
pub async fn sign_out(browser: &Browser) -> Result<()> {
    browser.press("Sign out").await?;
    browser.shows(find::heading("Sign in")).await
}

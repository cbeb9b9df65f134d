//! A list of tasks with its box to add one.

use anyhow::Result;

use crate::{browser::Browser, find};

/// A list of tasks with the box to add one.
pub struct ListPage<'a> {
    browser: &'a Browser,
}

impl<'a> ListPage<'a> {
    /// Waits for the page on which one starts.
    pub async fn today(browser: &'a Browser) -> Result<Self> {
        browser.shows(find::heading("Today")).await?;
        Ok(Self { browser })
    }

    pub async fn all(browser: &'a Browser) -> Result<Self> {
        browser.goto("/all").await?;
        browser.shows(find::heading("All")).await?;
        Ok(Self { browser })
    }

    pub async fn add(&self, text: &str) -> Result<()> {
        self.browser.fill("Add a task", text).await?;
        self.browser.press("Add").await
    }

    /// Adds by the Enter key.
    pub async fn type_and_enter(&self, text: &str) -> Result<()> {
        self.browser.fill("Add a task", text).await?;
        let field = self.browser.element(find::field("Add a task")).await?;
        Ok(field.send_keys("\n").await?)
    }

    pub async fn shows(&self, title: &str) -> Result<()> {
        self.browser.shows(find::row(title)).await
    }

    /// A title with quotes, which a search by path could not name.
    pub async fn shows_text(&self, title: &str) -> Result<()> {
        let there =
            async || Ok(self.browser.texts(find::titles()).await?.iter().any(|t| t == title));
        self.browser.eventually(&format!("a task {title}"), there).await
    }

    pub async fn lacks(&self, title: &str) -> Result<()> {
        self.browser.hides(find::row(title)).await
    }

    /// What the row says, its title first.
    pub async fn row(&self, title: &str) -> Result<Vec<String>> {
        let text = self.browser.element(find::row(title)).await?.text().await?;
        Ok(text.lines().map(str::to_owned).collect())
    }

    /// Presses a button of a row: `Complete`, `Reopen`, `Delete`.
    pub async fn press(&self, verb: &str, title: &str) -> Result<()> {
        self.browser.click(find::button_of(title, verb)).await
    }

    pub async fn shows_as_open(&self, title: &str) -> Result<()> {
        self.browser.shows(find::button_of(title, "Complete")).await
    }

    /// Takes back what was done last, by the button that is offered for some seconds.
    pub async fn undo(&self) -> Result<()> {
        self.browser.click(find::undo_of_toast()).await
    }
}

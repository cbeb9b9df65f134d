//! The chat, beside the list or on its own page.

use anyhow::Result;
use thirtyfour::By;

use crate::{browser::Browser, find};

/// The conversation, beside a list or on a page of its own.
pub struct ChatPanel<'a> {
    browser: &'a Browser,
}

impl<'a> ChatPanel<'a> {
    /// Waits for the conversation: the page comes without it.
    pub async fn of(browser: &'a Browser) -> Result<Self> {
        browser.shows(By::Css("[role=log]")).await?;
        Ok(Self { browser })
    }

    /// Says something and waits for the answer, which it returns.
    pub async fn say(&self, text: &str) -> Result<String> {
        let before = self.answers().await?.len();
        self.browser.fill("Message", text).await?;
        self.browser.press("Send").await?;
        let answered = async || Ok(self.answers().await?.len() > before);
        self.browser.eventually(&format!("an answer to {text:?}"), answered).await?;
        Ok(self.answers().await?.pop().unwrap_or_default())
    }

    pub async fn shows_card(&self, title: &str) -> Result<()> {
        self.browser.shows(find::card(title)).await
    }

    /// What the chatbot said so far, with what it did.
    pub async fn answers(&self) -> Result<Vec<String>> {
        let by = "//*[@role = 'log']/div[starts-with(normalize-space(), 'Chatbot:')]";
        self.browser.texts(By::XPath(by)).await
    }
}

//! Every page in light and dark and on a phone; also takes the pictures of the documentation.

use anyhow::Result;

use crate::{
    app::App,
    browser::{Browser, Setting},
    pages::{ChatPanel, ListPage, Person},
};

/// Pages that a stranger sees, then those of a signed-in user: their picture's name and their address.
const DOORS: [(&str, &str); 2] = [("login", "/login"), ("register", "/register")];
const PAGES: [(&str, &str); 6] = [
    ("today", "/"),
    ("all", "/all"),
    ("done", "/all?done=1"),
    ("tag", "/tags/home"),
    ("task", "/tasks/1"),
    ("chat", "/chat"),
];

/// A laptop, a phone, and the narrowest screen that must do.
const SIZES: [(u32, u32); 3] = [LAPTOP, (390, 844), (320, 640)];
const LAPTOP: (u32, u32) = (1280, 800);

/// Looks at each page in light and dark on a laptop and on phones. Nothing may reach over the side.
#[tokio::test]
async fn looks_right_in_light_and_dark_and_on_a_phone() -> Result<()> {
    let app = App::start()?;
    let browser = Browser::open(&app).await?;
    visit(&browser, &DOORS).await?;
    browser.emulate(Setting::default()).await?;
    Person::ADA.registers(&browser).await?;
    fill(&browser).await?;
    visit(&browser, &PAGES).await?;
    browser.no_complaints().await
}

async fn visit(browser: &Browser, pages: &[(&str, &str)]) -> Result<()> {
    for size in SIZES {
        for dark in [false, true] {
            browser.emulate(Setting { size, dark, ..Setting::default() }).await?;
            for (name, path) in pages {
                browser.goto(path).await?;
                if size == LAPTOP && pages == PAGES {
                    ChatPanel::of(browser).await?;
                }
                browser.no_sideways_scrolling().await?;
                if size == LAPTOP {
                    let scheme = if dark { "-dark" } else { "" };
                    browser.keep_picture(&format!("{name}{scheme}")).await?;
                }
            }
        }
    }
    Ok(())
}

/// A day of somebody's.
async fn fill(browser: &Browser) -> Result<()> {
    let all = ListPage::all(browser).await?;
    for (text, title) in [
        ("pay rent today 11pm #home p1", "pay rent"),
        ("water the plants today #home", "water the plants"),
        ("prepare the talk today #work p2", "prepare the talk"),
        ("call the bank 2026-11-02 #money p1", "call the bank"),
        ("read the contract friday #work", "read the contract"),
        ("book a table for six on saturday 7pm", "book a table for six"),
        ("repair the bicycle", "repair the bicycle"),
    ] {
        all.add(text).await?;
        all.shows(title).await?;
    }
    all.press("Complete", "repair the bicycle").await?;
    all.lacks("repair the bicycle").await?;
    let chat = ChatPanel::of(browser).await?;
    chat.say("Add buy groceries today #home").await?;
    chat.say("what is due today?").await?;
    Ok(())
}
